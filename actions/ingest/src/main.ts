import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { ingestStage } from '@sensor-warehouse/warehouse/ingest/ingest';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { files, seen } = (await runStage(ingestStage, await openStageContext(inputs))).ingested;
  await tellStage(inputs.work, 'ingest', { files: files.length, seen: seen.length });
}
