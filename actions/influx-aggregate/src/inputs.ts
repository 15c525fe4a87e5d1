import { type EngineInputs, readEngineInputs } from '@sensor-warehouse/action-kit/engine-inputs';
import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs & EngineInputs {
  const reader = readInputs('influx-aggregate');
  const inputs = { ...readRemoteInputs(reader), now: reader.instant('now'), ...readEngineInputs(reader) };
  reader.done();
  return inputs;
}
