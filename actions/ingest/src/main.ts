import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { ingest } from '@sensor-warehouse/warehouse/ingest/ingest';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { files, seen } = await ingest(await openStageContext(inputs));
  await tellStage(inputs.work, 'ingest', { files: files.length, seen: seen.length });
}
