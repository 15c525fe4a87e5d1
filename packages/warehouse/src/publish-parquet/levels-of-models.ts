import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type { Month } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { ChangedPartition } from '../layout/changed-partition';
import { isHash } from '../layout/fetch-whole';
import { pathOf } from '../layout/names';
import type { Partition } from '../layout/pointer';
import { DBT_LEVELS, type DbtLevels, type LevelTable } from '../levels/hand-overs';
import { layOutArchive, levelArchiveDigest } from '../levels/level-archive';
import type { MadeCsv } from '../levels/level-csvs';
import { tableFile } from '../levels/level-places';
import { csvText, instantTexts } from '../levels/levels';
import type { ModelBuild, OpenWarehouse, Project, Scratch } from '../run/context';
import { notLeft } from '../run/hand-over';
import { inWork } from '../run/in-work';
import { requireConservation } from '../run/law';
import { levelModels } from '../transform/level-models';

/** Has dbt build the tables of all models over the archive that is laid out. */
export type BuildLevels = (context: ModelBuild) => Promise<readonly LevelTable[]>;

/**
 * Where the rows of dbt models come from: dbt builds them now, or the stage dbt-levels did, and left this; undefined if it
 * did not run. A process that is given a secret never runs dbt: every child could read the secret in its environment.
 */
export type LevelTablesFrom = BuildLevels | { readonly left: DbtLevels | undefined };

/** What export_levels.py makes of the type of a column. */
type ColumnKind = 'instant' | 'integer' | 'number' | 'text';

/** The columns of a reading: a model that has them all is exported with these alone. */
const SIX = ['time', 'location', 'source', 'measurement', 'data_key', 'data_value'];

/**
 * The monthly CSVs of all models of `models/3_aggregations`, over the whole archive.
 * @param partitions those of the pointer to come
 * @param changed those of them whose files are in the work folder
 * @throws Failure with dbt's own message when a model or a test fails
 */
export async function levelsOfModels(
  context: OpenWarehouse & ModelBuild,
  dbt: LevelTablesFrom,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
): Promise<MadeCsv[]> {
  if (partitions.length === 0) return [];
  let tables: readonly LevelTable[];
  if ('left' in dbt) tables = await tablesMadeBefore(context, partitions, dbt.left);
  else {
    await layOutArchive(context, partitions, changed);
    tables = await dbt(context);
  }
  await mkdir(inWork(context.work, 'normalized'), { recursive: true });
  const made: MadeCsv[] = [];
  for (const { name, rows } of tables) {
    const months = await writeMonths(context.work, name, tableFile(context.work, name));
    const written = months.reduce((total, one) => total + one.rows, 0);
    const equation = `rows of ${name} ${rows} = rows of its months ${written}`;
    requireConservation('publish-parquet', { equation, left: rows, right: written });
    made.push(...months);
  }
  return made;
}

/** What the stage dbt-levels left, if it is of this archive and of these models. */
async function tablesMadeBefore(
  context: Scratch & Project,
  partitions: readonly Partition[],
  left: DbtLevels | undefined,
): Promise<readonly LevelTable[]> {
  if (left === undefined) throw notLeft(context.work, DBT_LEVELS, 'publish-parquet');
  const { of, tables } = left;
  const { names = [], digest = '' } = (await levelModels(context.project)) ?? {};
  if (of !== levelArchiveDigest(partitions, digest)) throw notOfThisRun('levels of other months or models');
  for (const { name, sha256 } of tables)
    if (!names.includes(name) || !(await isHash(tableFile(context.work, name), sha256)))
      throw notOfThisRun('a table that is not what dbt-levels wrote');
  return tables;
}

function notOfThisRun(found: string): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'the work folder does not hold the levels of this run',
    found,
    fix: 'run influx-aggregate and dbt-levels first, with the same work folder',
    class: 'config',
    code: 'stage-order',
  });
}

type Cell = string | number | boolean | null;

/** Writes the rows of a model as a CSV for each month, which is that of their time as it is written. */
async function writeMonths(work: string, level: string, file: string): Promise<MadeCsv[]> {
  const made: MadeCsv[] = [];
  const lines = createInterface({ input: createReadStream(file, 'utf8') });
  let csv: Csv | undefined;
  let month: Month = '';
  let text: string[] = [];
  const close = async () => {
    if (text.length === 0) return;
    const path = pathOf({ kind: 'model csv', level, month });
    const bytes = Buffer.from(`${csv!.header}\n${text.join('\n')}\n`, 'utf8');
    const local = inWork(work, path);
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
