import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { sourceIds } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { DBT_LEVELS, type DbtLevels, LEVEL_ARCHIVE, type LevelArchive, type LevelTable } from '../levels/hand-overs';
import { levelsFolder, tableFile } from '../levels/level-places';
import { EXPORT_LEVELS } from '../python/export-levels';
import { PROVIDE_READINGS } from '../python/provide-readings';
import { lastLine, programFailure, runPython } from '../python/run-python';
import type { Context, ModelBuild } from '../run/context';
import type { Law } from '../run/law';
import { readJson } from '../run/run-record';
import type { Stage, StageOutcome } from '../run/run-stage';
import { LEVEL_MODELS } from '../transform/level-models';
import { type DbtRun, type ProvideDbt, requireBuilt, runDbt } from '../transform/run-dbt';

/**
 * Builds the dbt models of `models/3_aggregations` over the archive that influx-aggregate laid out, and exports their rows.
 * It stays in the work folder, so that dbt runs where no secret is.
 * @throws Failure with dbt's own message when a model or a test fails
 */
async function dbtLevels(
  context: Context,
  { archive: { of } }: { readonly archive: LevelArchive },
  provideDbt: ProvideDbt,
): Promise<StageOutcome<{ readonly levels: DbtLevels }>> {
  const tables = of === '' ? [] : await buildLevels(context, await provideDbt());
  const law = await everyRowHandedOn(context.work, tables);
  const rows = law.left;
  return {
    output: { levels: { of, tables } },
    counts: { files: tables.length, in: rows, out: rows, quarantined: 0, repeated: 0 },
    laws: [law],
    findings: [],
  };
}

export function dbtLevelsStage(
  provideDbt: ProvideDbt,
): Stage<{ readonly archive: LevelArchive }, { readonly levels: DbtLevels }> {
  return {
    name: 'dbt-levels',
    reads: { archive: LEVEL_ARCHIVE },
    writes: { levels: DBT_LEVELS },
    run: (context, input) => dbtLevels(context, input, provideDbt),
  };
}

/** For a publication in one process: builds the models when their levels are needed. */
export const levelsBuilder = (provideDbt: ProvideDbt) => async (context: ModelBuild) =>
  buildLevels(context, await provideDbt());

/** Builds the models over the archive that is laid out, and exports each as a table. */
async function buildLevels(context: ModelBuild, python: string): Promise<LevelTable[]> {
  const folder = levelsFolder(context.work);
  const archive = join(folder, 'archive');
  const database = join(folder, 'levels.duckdb');
  for (const path of [database, join(folder, 'target')]) await rm(path, { recursive: true, force: true });
  const sources = sourceIds(context.configuration);
  const dbt: DbtRun = { stage: 'dbt-levels', project: context.project, python, folder, sources };
  context.say('dbt-levels: dbt build of models/3_aggregations');
  const provided = await runPython(dbt, PROVIDE_READINGS, { database, archive });
  if (provided.exit !== 0) {
    const refused = programFailure('reading the archive', provided, dbt);
    throw refused ?? new Error(`the archive cannot be read: ${printable(lastLine(provided.stderr))}`);
  }
  const selection = ['--select', LEVEL_MODELS, 'path:seeds', '--indirect-selection', 'cautious'];
  const environment = { WAREHOUSE_DATABASE: database, WAREHOUSE_ARCHIVE: archive };
  await requireBuilt(dbt, await runDbt(dbt, selection, environment));
  const models = (await builtModels(folder)).map((model) => ({ ...model, file: tableFile(context.work, model.name) }));
  const exported = await runPython(dbt, EXPORT_LEVELS, { database, models });
  if (exported.exit !== 0) {
    const refused = programFailure('the export of levels', exported, dbt);
    if (refused !== undefined) throw refused;
    throw new Failure({
      stage: 'dbt-levels',
      what: 'a model of models/3_aggregations cannot be exported as a level',
      found: printable(lastLine(exported.stderr)),
      expected: 'models with a column time, or a first column, that is a timestamp or a date, and finite numbers',
      fix: 'correct the SQL of the model',
      class: 'config',
      code: 'level-model',
    });
  }
  const counts = JSON.parse(exported.stdout) as Readonly<Record<string, number>>;
  const tables: LevelTable[] = [];
  for (const { name, file } of models) tables.push({ name, rows: counts[name]!, sha256: await sha256OfFile(file) });
  return tables;
}

/** Each row of the models is in the tables for publish-parquet. */
export async function everyRowHandedOn(work: string, tables: readonly LevelTable[]): Promise<Law> {
  const rows = tables.reduce((total, one) => total + one.rows, 0);
  let lines = 0;
  for (const { name } of tables) lines += await rowsIn(tableFile(work, name));
  const equation = `rows of the models ${rows} = rows for publish-parquet ${lines}`;
  return { equation, left: rows, right: lines };
}

/** The first line names the columns. */
async function rowsIn(file: string): Promise<number> {
  let lines = -1;
  for await (const _ of createInterface({ input: createReadStream(file, 'utf8') })) lines++;
  return lines;
}

interface Model {
  readonly name: string;
  readonly schema: string;
  readonly alias: string;
}

/** The models that dbt built as relations. */
async function builtModels(folder: string): Promise<Model[]> {
  const results = await readJson<{ readonly results: readonly { readonly unique_id: string }[] }>(
    join(folder, 'target', 'run_results.json'),
  );
  const manifest = await readJson<{
    readonly nodes: Readonly<Record<string, Model & { readonly resource_type: string }>>;
  }>(join(folder, 'target', 'manifest.json'));
  return (results?.results ?? [])
    .map(({ unique_id }) => manifest?.nodes[unique_id])
    .filter((node) => node?.resource_type === 'model')
    .map((node) => ({ name: node!.name, schema: node!.schema, alias: node!.alias }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
