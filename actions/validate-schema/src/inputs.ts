import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readWorkInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs {
  const reader = readInputs('validate-schema');
  const inputs = { ...readWorkInputs(reader), now: reader.instant('now') };
  reader.done();
  return inputs;
}
