import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readPublishInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs {
  const reader = readInputs('publish-parquet');
  const inputs = readPublishInputs(reader);
  reader.done();
  return inputs;
}
