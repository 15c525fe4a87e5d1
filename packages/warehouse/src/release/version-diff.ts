import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { readWholeTable, type WholeTable } from '@sensor-warehouse/storage/read-whole-table';
import { diffTables, type TableDiff, type ValueChange } from './table-diff';

/** A file of a version. */
export interface VersionFile {
  readonly name: string;
  readonly sha256: string;
  readonly rows: number;
}

export interface VersionFiles {
  /** Empty for the dataset before its first version. */
  readonly version: string;
  readonly files: readonly VersionFile[];
  /**
   * Has some of the files on this machine, complete.
   * @returns name → local path
   */
  readonly fetch: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

export interface NamedTableDiff extends TableDiff {
  readonly table: string;
}

/** What changed between two versions of the dataset. */
export interface VersionDiff {
  readonly from: string;
  readonly to: string;
  /** Tables that both have, in the order of their names. */
  readonly tables: readonly NamedTableDiff[];
  readonly tablesAdded: readonly string[];
  readonly tablesRemoved: readonly string[];
  /** The table that holds the hours; undefined before the first version. */
  readonly hours: NamedTableDiff | undefined;
  /** Public names that no longer have an hour. */
  readonly locationsGone: readonly string[];
}

/** Key columns of each table; unknown tables have the key of the hours. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  agg_daily: ['location', 'source', 'data_key', 'date'],
  agg_weekly: ['location', 'source', 'data_key', 'week_start'],
  dim_location: ['location'],
  dim_sensor: ['source', 'location', 'data_key'],
  dim_source: ['source'],
  dim_data_key: ['data_key'],
  dim_date: ['date'],
};

const HOUR_KEY = ['location', 'source', 'data_key', 'time'];
const FACTS = 'fact_hourly';
/** Rows of a table whose comparison takes a second or more. */
const SLOW = 1_000_000;

/**
 * Compares two versions table by table. Files with the same bytes are not read. The flat table is compared only if a
 * version has no `fact_hourly`, which has the same hours in one file per year.
 * @throws Failure (remote-permanent) if a file is not a table of a dataset
 */
export async function diffVersions(
  before: VersionFiles,
  after: VersionFiles,
  say: (line: string) => void = () => {},
): Promise<VersionDiff> {
  const [a, b] = [tablesOf(before), tablesOf(after)];
  const inBoth = a.has(FACTS) && b.has(FACTS);
  const hourly = inBoth ? FACTS : flatName(a, b);
  const isCompared = (table: string) => table === hourly || KEYS[table] !== undefined;
  const compared = [...a.keys()].filter((one) => b.has(one) && isCompared(one)).sort(compareText);
  const pairs = compared.map((table) => ({ table, files: pairsOf(a.get(table)!, b.get(table)!) }));
  const differing = pairs.flatMap(({ files }) => files.filter(differs));
  const [aHere, bHere] = [
    await before.fetch(differing.flatMap(([one]) => one?.name ?? [])),
    await after.fetch(differing.flatMap(([, one]) => one?.name ?? [])),
  ];
  const tables: NamedTableDiff[] = [];
  for (const { table, files } of pairs) {
    if (Math.max(rowsOf(a.get(table)!), rowsOf(b.get(table)!)) > SLOW) say(`diff: comparing ${table}`);
    const parts: TableDiff[] = [];
    for (const pair of files) {
      if (!differs(pair)) parts.push(unchanged(pair[0]!.rows));
      else parts.push(await diffFile(KEYS[table] ?? HOUR_KEY, pair, [aHere, bHere]));
    }
    tables.push({ table, ...together(parts) });
  }
  const only = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>) =>
    [...these.keys()].filter((one) => !those.has(one)).sort(compareText);
  return {
    from: before.version,
    to: after.version,
    tables,
    tablesAdded: only(b, a),
    tablesRemoved: only(a, b),
    hours: tables.find(({ table }) => table === hourly),
    locationsGone: (tables.find(({ table }) => table === 'dim_location')?.groups ?? [])
      .filter(({ removed }) => removed > 0)
      .map(({ location }) => location),
  };
}

const rowsOf = (files: readonly VersionFile[]) => files.reduce((sum, { rows }) => sum + rows, 0);

/** The file of each year is a part of its table. */
function tablesOf({ files }: VersionFiles): Map<string, VersionFile[]> {
  const tables = new Map<string, VersionFile[]>();
  for (const file of files) {
    const table = /^(.+?)(?:_\d{4})?\.parquet$/.exec(file.name)?.[1];
    if (table !== undefined) tables.set(table, [...(tables.get(table) ?? []), file]);
  }
  return tables;
}

/** The one table that is neither a dimension nor an aggregate. */
function flatName(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string | undefined {
  return [...b.keys(), ...a.keys()].find((one) => KEYS[one] === undefined && one !== FACTS);
}

/** A file of each version with one name; undefined where a version has none. */
type Pair = readonly [before: VersionFile | undefined, after: VersionFile | undefined];

function pairsOf(before: readonly VersionFile[], after: readonly VersionFile[]): Pair[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort(compareText);
  const named = (files: readonly VersionFile[], name: string) => files.find((one) => one.name === name);
  return names.map((name) => [named(before, name), named(after, name)]);
}

const differs = ([before, after]: Pair) => before?.sha256 !== after?.sha256;

const unchanged = (rows: number): TableDiff => ({
  before: rows,
  after: rows,
  added: 0,
  removed: 0,
  changed: 0,
  same: rows,
  legacy: { removed: 0, changed: 0 },
  groups: [],
  largest: [],
  monthsGone: [],
  columnsAdded: [],
  columnsRemoved: [],
});

type Here = ReadonlyMap<string, string>;

async function diffFile(
  key: readonly string[],
  [before, after]: Pair,
  [beforeHere, afterHere]: readonly [Here, Here],
): Promise<TableDiff> {
  const read = (file: VersionFile | undefined, here: Here) =>
    file === undefined ? undefined : readWholeTable(localOf(file, here));
  try {
    const [a, b] = [await read(before, beforeHere), await read(after, afterHere)];
    return diffTables(a ?? emptyLike(b!), b ?? emptyLike(a!), key);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure({
      stage: 'diff',
      what: 'a table of a version cannot be compared',
      where: (before ?? after)!.name,
      found: printable(error.message),
      expected: `a table whose rows ${key.join(', ')} name`,
      fix: 'run `warehouse verify --every-byte`, then `warehouse heal`',
      class: 'remote-permanent',
      code: 'version-unreadable',
    });
  }
}

/** A file that is not here is not an empty one. */
function localOf({ name }: VersionFile, here: Here): string {
  const local = here.get(name);
  if (local === undefined) throw new Error(`${name} was not fetched`);
  return local;
}

/** A table with the same columns and no row. */
function emptyLike({ columns }: WholeTable): WholeTable {
  return {
    rows: 0,
    columns: new Map(
      [...columns].map(([name, column]) => [
        name,
        column.kind === 'text'
          ? { kind: 'text', codes: new Int32Array(0), dictionary: [] }
          : { kind: column.kind, values: new Float64Array(0) },
      ]),
    ),
  };
}

function together(parts: readonly TableDiff[]): TableDiff {
  const sum = (of: (one: TableDiff) => number) => parts.reduce((total, one) => total + of(one), 0);
  const distinct = (of: (one: TableDiff) => readonly string[]) => [...new Set(parts.flatMap((one) => [...of(one)]))];
  return {
    before: sum((one) => one.before),
    after: sum((one) => one.after),
    added: sum((one) => one.added),
    removed: sum((one) => one.removed),
    changed: sum((one) => one.changed),
    same: sum((one) => one.same),
    legacy: { removed: sum((one) => one.legacy.removed), changed: sum((one) => one.legacy.changed) },
    groups: parts.flatMap(({ groups }) => groups),
    largest: parts
      .flatMap(({ largest }) => largest)
      .sort((a, b) => sizeOf(b) - sizeOf(a))
      .slice(0, 10),
    monthsGone: distinct((one) => one.monthsGone),
    columnsAdded: distinct((one) => one.columnsAdded),
    columnsRemoved: distinct((one) => one.columnsRemoved),
  };
}

const sizeOf = ({ before, after }: ValueChange) => Math.abs(after - before);
