import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs {
  const reader = readInputs('publish-parquet');
  const inputs = readRemoteInputs(reader);
  reader.done();
  return inputs;
}
