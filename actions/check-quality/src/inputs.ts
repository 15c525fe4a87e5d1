import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs {
  const reader = readInputs('check-quality');
  const inputs = { ...readRemoteInputs(reader), now: reader.instant('now') };
  reader.done();
  return inputs;
}
