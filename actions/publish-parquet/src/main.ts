import { summariseRelease } from '@sensor-warehouse/action-kit/job-summary';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { requireNothingMissing, tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { publishParquetStage } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const context = await openStageContext(inputs);
  // Also where the release is stopped: then it says why.
  const published = await runStage(publishParquetStage, context).finally(() => summariseRelease(inputs.work));
  const { version, rows, changed, held, pointer } = published;
  await tellStage(inputs.work, 'publish-parquet', {
    version,
    rows,
    changed,
    held: Object.keys(held).join(','),
    pointer,
  });
  await requireNothingMissing('publish-parquet', published, inputs.dryRun);
}
