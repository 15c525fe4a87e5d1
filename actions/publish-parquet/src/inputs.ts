import { readInputs } from '@sensor-warehouse/action-kit/inputs';
import { readRemoteInputs, type StageInputs } from '@sensor-warehouse/action-kit/stage-context';

export interface PublishInputs extends StageInputs {
  readonly python: string | undefined;
  readonly cache: boolean;
}

export function readActionInputs(): PublishInputs {
  const reader = readInputs('publish-parquet');
  const inputs = {
    ...readRemoteInputs(reader),
    now: reader.instant('now'),
    dryRun: reader.flag('dry-run'),
    python: reader.optional('python'),
    cache: reader.flag('cache'),
  };
  reader.done();
  return inputs;
}
