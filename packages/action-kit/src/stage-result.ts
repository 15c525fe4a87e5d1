import { incompleteFailure } from '@sensor-warehouse/warehouse/layout/undelivered';
import type { Published } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { readRunRecord, type StageRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { annotate } from './annotations';
import { summarise } from './job-summary';
import { setOutput } from './outputs';

/** Reports what a stage did: annotations, summary, and the outputs, each as text. */
export async function tellStage(
  work: string,
  stage: string,
  outputs: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, String(value));
  const record = (await readRunRecord(work)).stages.findLast((one: StageRecord) => one.stage === stage);
  if (record === undefined) return;
  annotate(record.findings);
  await summarise(
    record,
    Object.entries(outputs).map(([name, value]) => [name, String(value)]),
  );
}

/** A run that published without a source, or with nothing new of an API, ends red and says so. */
export function requireNothingMissing(
  stage: string,
  { held, undelivered }: Pick<Published, 'held' | 'undelivered'>,
  dryRun: boolean,
): void {
  const failure = incompleteFailure(stage, held, undelivered, dryRun);
  if (failure !== undefined) throw failure;
}
