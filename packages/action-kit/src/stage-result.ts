import { setOutput } from '@actions/core';
import { Failure } from '@sensor-warehouse/model/failure';
import { readRunRecord, type StageRecord } from '@sensor-warehouse/warehouse/run-record';
import { annotate } from './annotations';
import { summarise } from './job-summary';

/** Tells what a stage did: annotations, summary, and the outputs, each as text. */
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

/** A run that published without a source ends red and says so. */
export function requireNothingHeld(
  stage: string,
  held: Readonly<Record<string, readonly string[]>>,
  dryRun: boolean,
): void {
  const ids = Object.keys(held);
  if (ids.length === 0) return;
  throw new Failure({
    stage,
    what: `sources are held: ${ids.map((id) => `${id} (${held[id]!.join(', ')})`).join('; ')}`,
    consequence: dryRun
      ? 'nothing was changed, this was a dry run'
      : `everything else is published, without ${ids.join(', ')}`,
    fix: 'correct or replace what is named, then run again',
    class: 'input',
    code: 'source-held',
  });
}
