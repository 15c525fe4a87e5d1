import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sourceIds } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import type { Month } from '@sensor-warehouse/model/month';
import { numberText } from '@sensor-warehouse/model/number-text';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { ChangedPartition } from '../aggregate/make-partition';
import type { Context } from '../context';
import { inWork } from '../layout/in-work';
import { pathOf } from '../layout/names';
import { type Partition, requireHash } from '../pointer';
import { readJson } from '../run-record';
import { LEVEL_MODELS } from '../transform/level-models';
import { type DbtRun, lastLine, programFailure, requireBuilt, runDbt, runPython } from '../transform/run-dbt';
import { type ColumnKind, EXPORT_LEVELS } from './export-levels';
import type { MadeCsv } from './level-csvs';
import { PROVIDE_READINGS } from './level-relations';
import { csvText, instantTexts } from './levels';

/** The columns of a reading: a model that has them all is exported with these alone. */
const SIX = ['time', 'location', 'source', 'measurement', 'data_key', 'data_value'];

/**
 * Builds the models of `models/3_aggregations` over the whole archive, and writes their rows as a CSV for each month,
 * which is that of their time as it is written.
 * @param partitions those of the pointer to come
 * @param changed those of them whose files lie in the work folder
 * @throws Failure with dbt's own message when a model or a test fails
 */
export async function writeDbtLevels(
  context: Context,
  python: string,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
): Promise<MadeCsv[]> {
  if (partitions.length === 0) return [];
  const folder = inWork(context.work, 'levels');
  await rm(folder, { recursive: true, force: true });
  const archive = join(folder, 'archive');
  await layOutArchive(context, archive, partitions, changed);
  const database = join(folder, 'levels.duckdb');
  const sources = sourceIds(context.configuration);
  const dbt: DbtRun = { stage: 'publish-parquet', project: context.project, python, folder, sources };
  context.say('publish-parquet: dbt build of the levels in models/3_aggregations');
  const provided = await runPython(dbt, PROVIDE_READINGS, { database, archive });
  if (provided.code !== 0) {
    const refused = programFailure('reading the archive', provided, 'publish-parquet', folder);
    throw refused ?? new Error(`the archive cannot be read: ${printable(lastLine(provided.stderr))}`);
  }
  const selection = ['--select', LEVEL_MODELS, 'path:seeds', '--indirect-selection', 'cautious'];
  const environment = { WAREHOUSE_DATABASE: database, WAREHOUSE_ARCHIVE: archive };
  await requireBuilt(dbt, await runDbt(dbt, selection, environment));
  const models = (await builtModels(folder)).map((model) => ({ ...model, file: join(folder, `${model.name}.jsonl`) }));
  const exported = await runPython(dbt, EXPORT_LEVELS, { database, models });
  if (exported.code !== 0) {
    const refused = programFailure('the export of levels', exported, 'publish-parquet', folder);
    if (refused !== undefined) throw refused;
    throw new Failure({
      stage: 'publish-parquet',
      what: 'a model of models/3_aggregations cannot be exported as a level',
      found: printable(lastLine(exported.stderr)),
      expected: 'models with a column time, or a first column, that is a timestamp or a date, and finite numbers',
      fix: 'correct the SQL of the model',
      class: 'config',
      code: 'level-model',
    });
  }
  const made: MadeCsv[] = [];
  for (const { name, file } of models) made.push(...(await writeMonths(context, name, file)));
  return made;
}

/** The archive's files under one folder: new ones from the work folder, known ones from the warehouse. */
async function layOutArchive(
  context: Context,
  folder: string,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
): Promise<void> {
  const fresh = new Map(changed.map((one) => [one.archive.path, one.localArchive]));
  const wanted = new Map<string, string>();
  const placeOf = ({ datasource, month }: Partition) => join(folder, datasource, `${month}.parquet`);
  for (const one of partitions) {
    await mkdir(join(folder, one.datasource), { recursive: true });
    const local = fresh.get(one.archive.path);
    if (local === undefined) wanted.set(one.archive.path, placeOf(one));
    else await copyFile(local, placeOf(one));
  }
  if (wanted.size > 0) context.say(`publish-parquet: ${wanted.size} months of the archive for the dbt levels`);
  await context.warehouse.downloadAll(wanted);
  for (const one of partitions) await requireHash(placeOf(one), one.archive, context.warehouse.name);
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

type Cell = string | number | boolean | null;

async function writeMonths(context: Context, level: string, file: string): Promise<MadeCsv[]> {
  const made: MadeCsv[] = [];
  const lines = createInterface({ input: createReadStream(file, 'utf8') });
  let csv: Csv | undefined;
  let month: Month = '';
  let text: string[] = [];
  const close = async () => {
    if (text.length === 0) return;
    const path = pathOf({ kind: 'model csv', level, month });
    const bytes = Buffer.from(`${csv!.header}\n${text.join('\n')}\n`, 'utf8');
    const local = inWork(context.work, path);
    await writeFile(local, bytes);
    made.push({ path, local, sha256: sha256OfBytes(bytes), bytes: bytes.length, rows: text.length });
    text = [];
  };
  for await (const line of lines) {
    if (csv === undefined) {
      csv = csvOf(JSON.parse(line));
      continue;
    }
    const row = JSON.parse(line) as Cell[];
    const its = new Date(row[csv.time] as number).toISOString().slice(0, 7);
    if (its !== month) await close();
    month = its;
    text.push(csv.lineOf(row));
  }
  await close();
  return made;
}

interface Csv {
  readonly header: string;
  /** Index of the column that says the month. */
  readonly time: number;
  lineOf(row: readonly Cell[]): string;
}

function csvOf(columns: readonly (readonly [name: string, kind: ColumnKind])[]): Csv {
  const names = columns.map(([name]) => name);
  const kept = SIX.every((name) => names.includes(name)) ? SIX.map((name) => names.indexOf(name)) : [...names.keys()];
  const wholeSeconds = instantTexts();
  const textOf = (cell: Cell, kind: ColumnKind): string => {
    if (cell === null) return '';
    if (kind === 'text') return csvText(String(cell));
    if (kind === 'integer') return String(cell);
    if (kind === 'number') return numberText(cell as number);
    return (cell as number) % 1000 === 0 ? wholeSeconds(cell as number) : new Date(cell as number).toISOString();
  };
  return {
    header: kept.map((at) => csvText(names[at]!)).join(),
    time: Math.max(0, names.indexOf('time')),
    lineOf: (row) => kept.map((at) => textOf(row[at]!, columns[at]![1])).join(),
  };
}
