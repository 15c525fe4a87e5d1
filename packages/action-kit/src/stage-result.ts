import { incompleteFailure } from '@sensor-warehouse/warehouse/layout/undelivered';
import type { Published } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { readRunRecord, type StageRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { annotate } from './annotations';
import { summarise } from './job-summary';
import { setOutput } from './outputs';
import { reportFailure } from './report-failure';

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

/**
 * A run that published without a source, without news from an API, or not to the readers' place ends red and says so.
 * @throws Failure: the last of these; any other is reported here
 */
export async function requireNothingMissing(
  stage: string,
  { held, undelivered, readersFailure }: Pick<Published, 'held' | 'undelivered' | 'readersFailure'>,
  dryRun: boolean,
): Promise<void> {
  const incomplete = incompleteFailure(stage, held, undelivered, dryRun);
  if (readersFailure !== undefined && incomplete !== undefined) await reportFailure(readersFailure);
  const failure = incomplete ?? readersFailure;
  if (failure !== undefined) throw failure;
}
