import { copyFile, mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { type Configuration, checkConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { openRemotes } from '@sensor-warehouse/storage/remotes';
import { checkQualityStage } from '../check-quality/check-quality';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import { EMBEDDED } from '../engines/engine';
import { influxAggregateStage } from '../influx-aggregate/influx-aggregate';
import { ingestStage } from '../ingest/ingest';
import { publishFactsStage } from '../publish-facts/publish-facts';
import { publishParquetWith } from '../publish-parquet/publish-parquet';
import { type Clock, type Context, type Progress, WINDOW_MONTHS } from '../run/context';
import type { StageRecord } from '../run/run-record';
import { carryOut, type Stage } from '../run/run-stage';
import { transformStage } from '../transform/transform';
import { validateSchemaStage } from '../validate-schema/validate-schema';
import type { Validated } from '../validate-schema/validated';
import { firstHours, type PublishedHours } from './first-hours';

/** A sample: where it lies, and the name by which it is uploaded. */
export interface Sample {
  readonly path: string;
  readonly name: string;
}

/** What would be published from the samples. */
export interface TriedSource {
  readonly stages: readonly StageRecord[];
  readonly findings: readonly Finding[];
  /** Why a delivery like the samples would wait for a person. */
  readonly held: readonly string[];
  readonly hours: PublishedHours;
}

/** Arrival of the first sample; the others come a minute after each other. */
const ARRIVAL = Date.UTC(2024, 0, 1) / 1000;

function withoutThresholds({ configuration, ...context }: Context): Context {
  const threshold = () => ({ warn: undefined, error: undefined });
  return { ...context, configuration: { ...configuration, threshold } };
}

/** @throws Failure (config) that names every mistake of the seeds in a copy of the project */
export async function requireSound(copy: string): Promise<Configuration> {
  const { configuration, findings } = await checkConfiguration(join(copy, 'seeds'));
  if (configuration !== undefined) return configuration;
  throw new Failure({
    stage: 'add-datasource',
    what: `the new seeds would be invalid:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    consequence: 'nothing was changed',
    fix: 'change the options that these rows come from',
    class: 'config',
    code: 'seed-error',
    findings,
  });
}

/** The source under trial, and its place. */
export interface Trial {
  /** The project with the new source. */
  readonly copy: string;
  readonly scratch: string;
  readonly id: string;
  readonly samples: readonly Sample[];
  /** As the copy has it. */
  readonly configuration: Configuration;
}

/**
 * Takes samples through all stages, from a folder that stands in for the remote to a dataset in a scratch warehouse. Only
 * the new source is read; the models of all are built.
 * @param python the interpreter of the environment that has dbt
 * @throws Failure (input) if a sample is refused; what a stage throws
 */
export async function trySource(
  { copy, scratch, id, samples, configuration }: Trial,
  { python, now, say }: Clock & Progress & { readonly python: string },
): Promise<TriedSource> {
  const source = configuration.datasources.find((one) => one.id === id)!;
  // The sample is an answer already: nobody is asked for another one.
  const only = source.type === 'api' ? { ...source, type: 'json' as const, location: 'sample:answers' } : source;
  const others = [...configuration.datasources, ...configuration.disabled].filter((one) => one !== source);
  const [remote, folder] = only.location.split(':') as [string, string];
  const uploads = join(scratch, 'drive', folder);
  await mkdir(uploads, { recursive: true });
  for (const [i, { path, name }] of samples.entries()) {
    await copyFile(path, join(uploads, name));
    await utimes(join(uploads, name), ARRIVAL + 60 * i, ARRIVAL + 60 * i);
  }
  const remotes = openRemotes(new Map([[remote, join(scratch, 'drive')]]), undefined);
  const context: Context = {
    configuration: { ...configuration, datasources: [only], disabled: others },
    project: copy,
    program: process.argv[1]!,
    work: join(scratch, 'work'),
    remotes,
    warehouse: remotes.open(join(scratch, 'warehouse')),
    now,
    apis: { secretOf: () => undefined, loopback: false },
    windowMonths: WINDOW_MONTHS,
    dryRun: false,
    say,
  };
  await mkdir(context.work, { recursive: true });
  const stages: StageRecord[] = [];
  const take = async <Input, Output>(stage: Stage<Input, Output>, input: Input, own = context): Promise<Output> => {
    const { output, record } = await carryOut(stage, own, input);
    stages.push(record);
    return output;
  };
  const provideDbt = async () => python;
  const { ingested } = await take(ingestStage, {});
  const { validated } = await take(validateSchemaStage, { ingested });
  requireAccepted(validated);
  const { transformed } = await take(transformStage(provideDbt), { validated });
  await take(publishFactsStage, { validated, transformed });
  let { checked } = await take(checkQualityStage(), {});
  const { held } = checked;
  // A short sample may have more gaps than a night: it is reported that it would wait, and shown what would be published then.
  if (id in held) ({ checked } = await take(checkQualityStage(), {}, withoutThresholds(context)));
  const { aggregated } = await take(influxAggregateStage(EMBEDDED), { checked });
  await take(publishParquetWith(levelsBuilder(provideDbt)), { checked, aggregated });
  const findings = stages.flatMap((stage) => stage.findings);
  return { stages, findings, held: held[id] ?? [], hours: await firstHours(context) };
}

function requireAccepted({ files, findings }: Validated): void {
  const refused = files.filter(({ verdict }) => verdict === 'refused');
  if (refused.length === 0) return;
  throw new Failure({
    stage: 'add-datasource',
    what: `the sample would be refused:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    consequence: 'nothing was changed',
    fix: findings.some(({ code }) => code === 'clock-without-dst')
      ? 'give the zone that the finding names with --timezone'
      : 'change what the findings name: the option that declares it, or the sample',
    class: 'input',
    code: 'sample-refused',
    findings,
  });
}
