import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { asFailure, EXIT_CODES, Failure, type FailureClass } from '@sensor-warehouse/model/failure';
import { findingLine, quoted } from '@sensor-warehouse/model/finding';
import { requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import { influxAggregate } from '@sensor-warehouse/warehouse/aggregate/influx-aggregate';
import type { Context } from '@sensor-warehouse/warehouse/context';
import { publishFacts } from '@sensor-warehouse/warehouse/hand-over/publish-facts';
import { ingest } from '@sensor-warehouse/warehouse/ingest/ingest';
import { type Published, publishParquet } from '@sensor-warehouse/warehouse/publish/publish-parquet';
import { checkQuality } from '@sensor-warehouse/warehouse/quality/check-quality';
import { type RunRecord, readRunRecord } from '@sensor-warehouse/warehouse/run-record';
import { AGGREGATE_AND_PUBLISH, REFRESH, type StageName } from '@sensor-warehouse/warehouse/stages';
import { transform } from '@sensor-warehouse/warehouse/transform/transform';
import { validateSchema } from '@sensor-warehouse/warehouse/validate/validate-schema';
import { HELP, type Options, readOptions } from './options';
import { dbtPython } from './python';
import { stageTable } from './stage-table';
import { status } from './status';
import { validateFiles } from './validate-files';

const VERSION = '0.1.0';

/** Runs the command line; returns the exit code. Progress and findings go to standard error, results to standard output. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h') || argv.length === 0) {
    process.stdout.write(HELP);
    return argv.length === 0 ? EXIT_CODES.config : 0;
  }
  if (argv.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  try {
    const options = readOptions(argv);
    if (options.command === 'validate') return await validateFiles(options);
    return options.command === 'status'
      ? await status(await openContext(options, ''), options)
      : await runStages(options);
  } catch (error) {
    return report(asFailure(error, 'warehouse'));
  }
}

export async function openContext(options: Options, work: string): Promise<Context> {
  const configuration = await loadConfiguration(join(options.project, 'seeds'));
  const rclone =
    options.rcloneConfig === undefined ? undefined : { program: 'rclone', configFile: options.rcloneConfig };
  if (rclone !== undefined) await requireRcloneVersion(rclone);
  const remotes = openRemotes(parseBindings(options.remotes), rclone);
  return {
    configuration,
    project: options.project,
    work,
    remotes,
    warehouse: remotes.open(options.warehouse!),
    now: options.now,
    dryRun: options.dryRun,
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

const STAGES: Readonly<Record<StageName, (context: Context) => Promise<unknown>>> = {
  ingest,
  'validate-schema': validateSchema,
  transform: (context) => transform(context, dbtPython()),
  'publish-facts': publishFacts,
  'check-quality': checkQuality,
  'influx-aggregate': influxAggregate,
  'publish-parquet': publishParquet,
};

async function runStages(options: Options): Promise<number> {
  const work = options.work ?? (await mkdtemp(join(tmpdir(), 'warehouse-')));
  await mkdir(work, { recursive: true });
  await rm(join(work, 'run.json'), { force: true });
  try {
    const context = await openContext(options, work);
    const failures: Failure[] = [];
    let published: Published | undefined;
    if (options.command !== 'aggregate-publish') {
      await runAll(REFRESH, context).catch((error: unknown) => failures.push(onlyInput(error)));
    }
    // A refused upload never holds back what other sources have waiting.
    if (options.command !== 'refresh' && !(options.dryRun && options.command === 'run')) {
      published = (await runAll(AGGREGATE_AND_PUBLISH, context)) as Published;
    }
    const record = await readRunRecord(work);
    printFindings(record);
    if (options.json) process.stdout.write(`${JSON.stringify({ stages: record.stages, published }, null, 2)}\n`);
    else
      process.stdout.write(`${stageTable(record)}${published === undefined ? '' : `dataset: ${place(published)}\n`}`);
    if (published !== undefined && Object.keys(published.held).length > 0)
      failures.push(heldFailure(published, options.dryRun));
    return failures.map(report).at(-1) ?? 0;
  } catch (error) {
    printFindings(await readRunRecord(work));
    throw error;
  } finally {
    if (options.work === undefined) await rm(work, { recursive: true, force: true });
  }
}

export async function runAll(stages: readonly StageName[], context: Context): Promise<unknown> {
  let result: unknown;
  for (const stage of stages) {
    context.say(`${stage} …`);
    try {
      result = await STAGES[stage](context);
    } catch (error) {
      throw asFailure(error, stage);
    }
  }
  return result;
}

function place({ version, dataset }: Published): string {
  return version === '' ? 'nothing is published yet' : dataset;
}

function onlyInput(error: unknown): Failure {
  if (error instanceof Failure && error.details.class === 'input') return error;
  throw error;
}

function heldFailure({ held }: Published, dryRun: boolean): Failure {
  const names = Object.entries(held).map(([id, reasons]) => `${id} (${reasons.join(', ')})`);
  return new Failure({
    stage: 'publish-parquet',
    what: `sources are held: ${names.join('; ')}`,
    consequence: dryRun
      ? 'nothing was changed, this was a dry run'
      : `everything was published without ${Object.keys(held).map(quoted).join(', ')}`,
    fix: 'correct or replace what is named, then run again',
    class: 'input',
    code: 'source-held',
  });
}

function printFindings(record: RunRecord): void {
  for (const { findings } of record.stages)
    for (const finding of findings) process.stderr.write(`${findingLine(finding)}\n`);
}

function report(failure: Failure): number {
  process.stderr.write(`${failure.message}\n`);
  const failureClass: FailureClass = failure.details.class;
  if (failureClass === 'bug' && failure.cause instanceof Error) process.stderr.write(`${failure.cause.stack}\n`);
  return EXIT_CODES[failureClass];
}
