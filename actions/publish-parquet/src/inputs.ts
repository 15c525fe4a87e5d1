import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export function readActionInputs(): StageInputs {
  const reader = readInputs('publish-parquet');
  const inputs = {
    ...readRemoteInputs(reader),
    now: reader.instant('now'),
    dryRun: reader.flag('dry-run'),
    acceptsChurn: reader.flag('accept-churn'),
    publishTo: reader.optional('publish-to'),
  };
  reader.done();
  return inputs;
}
