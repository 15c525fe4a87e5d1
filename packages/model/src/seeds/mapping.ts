import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../findings/finding';
import { quoted } from '../findings/finding';
import { isThere } from '../findings/io-failure';
import { readInstant } from '../time/instant-text';
import { requireDataKey } from './data-keys';
import { requirePublicName } from './public-names';
import { type Complain, complainTo, listOf, refuseRepeats } from './seed-findings';
import { type Named, readSeed, type SeedRow } from './seed-table';
import { idInWords, isSensorId } from './sensor-pattern';

/** The meaning of a datasource's columns and sensors. */
export interface Mapping {
  /** Label → location and data_key; the location is '' where the sensor says it. */
  readonly columns: ReadonlyMap<string, { readonly location: string; readonly dataKey: string }>;
  /** Ids in capitals. */
  readonly sensors: ReadonlySet<string>;
  /** The seeds that say so: dbt's models read them. */
  readonly seeds: readonly MappingSeed[];
}

/** A mapping seed, recognised by its header. */
export interface MappingSeed {
  readonly name: string;
  readonly kind: 'columns' | 'quantities' | 'sensors';
}

export interface MappingRows extends MappingSeed {
  readonly rows: readonly SeedRow[];
}

/**
 * Reads the seeds that a datasource's `mapping` names. A source that names none, and has none under its own id, has models of
 * its own: nothing is mapped.
 */
export async function readMapping(
  source: SeedRow,
  seedsFolder: string,
  declared: Named,
  listed: Named,
  findings: Finding[],
): Promise<Mapping> {
  const complain = complainTo(findings);
  const seeds = await readMappingSeeds(source, seedsFolder, findings);
  const columns = new Map<string, { location: string; dataKey: string }>();
  const sensors = new Set<string>();
  for (const { name, kind, rows } of seeds) {
    for (const row of rows) {
      if (kind !== 'quantities') requirePublicName(String(row.location), listed, name, row.line, complain);
      if (kind === 'sensors') {
        requireSensorId(String(row.sensor), source, name, row.line, complain);
        sensors.add(String(row.sensor).toUpperCase());
        continue;
      }
      const column = kind === 'columns' ? 'data_key_original' : 'column';
      const label = String(row[column]);
      const dataKey = String(row.data_key);
      requireDataKey(dataKey, declared, name, row.line, complain);
      refuseTimeColumn(label, source, { seed: name, line: row.line, column }, complain);
      columns.set(label, { location: kind === 'columns' ? String(row.location) : '', dataKey });
    }
  }
  return { columns, sensors, seeds: seeds.map(({ name, kind }) => ({ name, kind })) };
}

/** The mapping seeds of a source with their rows; mistakes in them are those of readMapping. */
export async function mappingRows(source: SeedRow, seedsFolder: string): Promise<MappingRows[]> {
  return readMappingSeeds(source, seedsFolder, []);
}

async function readMappingSeeds(source: SeedRow, seedsFolder: string, findings: Finding[]): Promise<MappingRows[]> {
  const complain = complainTo(findings);
  const given = listOf(source.mapping);
  const names = given.length > 0 ? given : [`mapping_${source.datasource_id}`];
  if (
    given.length === 0 &&
    source.layout !== 'file-per-sensor' &&
    !(await isThere(join(seedsFolder, `${names[0]}.csv`)))
  )
    return [];
  const seeds: MappingRows[] = [];
  for (const name of names) {
    const path = join(seedsFolder, `${name}.csv`);
    if (!(await isThere(path))) {
      complain({
        seed: 'datasources_config',
        line: source.line,
        column: 'mapping',
        found: quoted(name),
        expected: 'names of seeds',
        message: `seeds/${name}.csv does not exist`,
        fix: `create it, or name the right mapping`,
      });
      continue;
    }
    const kind = await kindOf(path);
    const { rows } = await readSeed(path, `mapping_${kind}`, findings);
    seeds.push({ name, kind, rows });
    if (kind === 'columns') refuseRepeats(rows, ['location', 'data_key'], name, complain);
    if (kind === 'sensors') refuseOverlaps(rows, name, complain);
  }
  refuseSharedLabels(seeds, complain);
  const missing = names.length === seeds.length ? missingKind(source, seeds) : undefined;
  if (missing !== undefined) {
    complain({
      seed: 'datasources_config',
      line: source.line,
      column: 'mapping',
      found: quoted(names.join(';')),
      expected: missing,
      message: `no mapping seed of the source is ${missing}`,
      fix: 'name such a seed in mapping',
    });
  }
  return seeds;
}

/** Mapping seeds are distinguished by their header. */
async function kindOf(path: string): Promise<MappingSeed['kind']> {
  const header = (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0]!;
  if (header.includes('data_key_original')) return 'columns';
  return header.includes('sensor') ? 'sensors' : 'quantities';
}

function missingKind(source: SeedRow, seeds: readonly MappingRows[]): string | undefined {
  const has = (kind: MappingSeed['kind']) => seeds.some((seed) => seed.kind === kind);
  if (source.layout === 'long') return has('quantities') ? undefined : 'a seed with the columns column,data_key';
  if (source.layout !== 'file-per-sensor') {
    return has('columns') ? undefined : 'a seed with the columns data_key_original,location,data_key';
  }
  if (!has('sensors')) return 'a seed with the columns sensor,location';
  return has('quantities') ? undefined : 'a seed with the columns column,data_key';
}

/** A label that is mapped twice, in one seed or in two, would have two targets. */
function refuseSharedLabels(seeds: readonly MappingRows[], complain: Complain): void {
  const first = new Map<string, string>();
  for (const { name, kind, rows } of seeds) {
    if (kind === 'sensors') continue;
    const column = kind === 'columns' ? 'data_key_original' : 'column';
    for (const row of rows) {
      const label = String(row[column]);
      const place = first.get(label);
      if (place === undefined) {
        first.set(label, `line ${row.line} of seeds/${name}.csv`);
        continue;
      }
      complain({
        seed: name,
        line: row.line,
        column,
        found: quoted(label),
        expected: `each ${column} once`,
        message: `the column is already mapped in ${place}`,
        fix: 'remove or correct one of the two rows',
      });
    }
  }
}

/** An id that no file name can hold would never be met; in a column it may be any text. */
function requireSensorId(id: string, source: SeedRow, seed: string, line: number, complain: Complain): void {
  const pattern = String(source.sensor_pattern ?? '');
  if (source.layout !== 'file-per-sensor' || isSensorId(id, pattern)) return;
  complain({
    seed,
    line,
    column: 'sensor',
    found: quoted(id),
    expected: `a sensor id of ${idInWords(pattern)}`,
    message: 'no file name can hold this id',
    fix: 'correct it, or declare sensor_pattern in seeds/datasources_config.csv',
  });
}

function refuseTimeColumn(
  label: string,
  source: SeedRow,
  place: { readonly seed: string; readonly line: number; readonly column: string },
  complain: Complain,
): void {
  if (!listOf(source.time_columns).includes(label)) return;
  complain({
    ...place,
    found: quoted(label),
    expected: 'a column of values',
    message: `the column holds the time of ${source.datasource_id}`,
    fix: 'remove the row, or correct time_columns in seeds/datasources_config.csv',
  });
}

/** One sensor may move: the same id twice is right when the periods do not meet. */
function refuseOverlaps(rows: readonly SeedRow[], seed: string, complain: Complain): void {
  // As instants: a date and its midnight are the same time, but not the same text.
  const instantOf = (text: string | number | undefined, open: number) => (text ? readInstant(String(text)) : open);
  const period = ({ valid_from, valid_to }: SeedRow) =>
    [instantOf(valid_from, Number.NEGATIVE_INFINITY), instantOf(valid_to, Number.POSITIVE_INFINITY)] as const;
  rows.forEach((row, index) => {
    const [from, to] = period(row);
    if (from >= to) {
      complain({
        seed,
        line: row.line,
        column: 'valid_to',
        found: quoted(String(row.valid_to)),
        expected: `a time after valid_from, ${row.valid_from}`,
        message: 'the sensor is never valid',
        fix: 'swap the two times, or remove the row',
      });
      return;
    }
    const other = rows.slice(0, index).find((one) => {
      const [otherFrom, otherTo] = period(one);
      return String(one.sensor).toUpperCase() === String(row.sensor).toUpperCase() && from < otherTo && otherFrom < to;
    });
    if (other === undefined) return;
    complain({
      seed,
      line: row.line,
      column: 'sensor',
      found: quoted(String(row.sensor)),
      expected: 'one location for a sensor at a time',
      message: `the sensor is already mapped in line ${other.line}`,
      fix: 'remove one row, or give them valid_from and valid_to that do not overlap',
    });
  });
}
