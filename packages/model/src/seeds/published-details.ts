import { quoted } from '../findings/finding';
import { readInstant } from '../time/instant-text';
import { type MappingRows, mappingRows } from './mapping';
import type { Complain } from './seed-findings';
import { refuseRepeats } from './seed-findings';
import { columnsOf, type SeedRow } from './seed-table';
import { intervalOfText, writingHabitsOf } from './source-fields';

/** A further column of location_map.csv or of a mapping seed that columns.csv lists: it is published in a dimension. */
export interface PublicColumn {
  readonly table: 'dim_location' | 'dim_sensor';
  readonly name: string;
  readonly type: 'text' | 'number' | 'integer' | 'date';
  readonly meaning: string;
  readonly unit: string;
}

/** Fields of a row of a seed by the names of their columns; those that are left empty are not there. */
export type PublicFields = ReadonlyMap<string, string>;

/** A row of a mapping seed, without the name of the sensor, which is internal. */
export interface MappedSensor {
  /** Name of its source. */
  readonly source: string;
  readonly location: string;
  /** Undefined where one sensor measures several. */
  readonly dataKey: string | undefined;
  /** Milliseconds; undefined where it is open. */
  readonly validFrom: number | undefined;
  readonly validTo: number | undefined;
  /** Of further columns that are listed. */
  readonly fields: PublicFields;
}

/** Public details of a source from datasources_config.csv. */
export interface PublicSource {
  /** provider, contact, licence, terms. */
  readonly fields: PublicFields;
  /** Time from one reading of a sensor to the next, in milliseconds, if it is declared. */
  readonly expectedInterval: number | undefined;
}

/** Public details from the seeds, besides the names of places. */
export interface PublishedDetails {
  readonly columns: readonly PublicColumn[];
  /** By internal location: building, floor, kind, latitude, longitude, and further columns that are listed. */
  readonly places: ReadonlyMap<string, PublicFields>;
  readonly sensors: readonly MappedSensor[];
  /** By the source's name. */
  readonly sources: ReadonlyMap<string, PublicSource>;
}

export const PLACE_FIELDS = ['building', 'floor', 'kind', 'latitude', 'longitude'] as const;
export const SOURCE_FIELDS = ['provider', 'contact', 'licence', 'terms'] as const;

/** Columns of a dimension that no seed gives: a further column cannot be called so. */
const TAKEN: Readonly<Record<PublicColumn['table'], readonly string[]>> = {
  dim_location: ['location', 'data_keys', 'first_time', 'last_time'],
  dim_sensor: ['source', 'unit', 'quantity', 'expected_interval_s', 'first_time', 'last_time'],
};

/** Columns of the seeds that are never published as they stand. */
const OWN_COLUMNS: Readonly<Record<PublicColumn['table'], readonly string[]>> = {
  dim_location: ['from', 'to'],
  dim_sensor: [...columnsOf('mapping_sensors'), ...columnsOf('mapping_columns'), 'column'],
};

interface Rows {
  readonly sources: readonly SeedRow[];
  readonly locations: readonly SeedRow[];
  /** Of columns.csv. */
  readonly columns: readonly SeedRow[];
}

/** A seed that may have further columns. */
interface OpenSeed {
  readonly name: string;
  readonly rows: readonly SeedRow[];
}

/** Reads the public details of places, sensors and sources; of further columns, only those that columns.csv lists. */
export async function publishedDetails(rows: Rows, seedsFolder: string, complain: Complain): Promise<PublishedDetails> {
  const mapped = new Map<SeedRow, readonly MappingRows[]>();
  for (const source of rows.sources) mapped.set(source, await mappingRows(source, seedsFolder));
  const ofSensors = [...mapped.values()].flat().filter(({ kind }) => kind !== 'quantities');
  const seedsOf: Readonly<Record<PublicColumn['table'], readonly OpenSeed[]>> = {
    dim_location: [{ name: 'location_map', rows: rows.locations }],
    dim_sensor: [...new Map(ofSensors.map((seed) => [seed.name, seed])).values()],
  };
  const columns = publicColumnsOf(rows.columns, seedsOf, complain);
  for (const column of columns) for (const seed of seedsOf[column.table]) checkFields(column, seed, complain);
  const namesOf = (table: PublicColumn['table']) =>
    columns.filter((one) => one.table === table).map(({ name }) => name);
  const ofPlaces = [...new Set([...PLACE_FIELDS, ...namesOf('dim_location')])];
  return {
    columns,
    places: new Map(rows.locations.map((row) => [String(row.from), fieldsOf(row, ofPlaces)])),
    sensors: [...mapped].flatMap(([source, seeds]) => mappedSensors(source, seeds, namesOf('dim_sensor'))),
    sources: new Map(rows.sources.map((row) => [String(row.name), publicSource(row)])),
  };
}

function publicColumnsOf(
  rows: readonly SeedRow[],
  seedsOf: Readonly<Record<PublicColumn['table'], readonly OpenSeed[]>>,
  complain: Complain,
): PublicColumn[] {
  refuseRepeats(rows, ['table', 'column'], 'columns', complain);
  return rows.flatMap((row) => {
    const table = row.table as PublicColumn['table'];
    const name = String(row.column);
    const mistake = mistakeIn(table, name, seedsOf[table]);
    if (mistake !== undefined) {
      complain({ seed: 'columns', line: row.line, column: 'column', found: quoted(name), ...mistake });
      return [];
    }
    const type = row.type as PublicColumn['type'];
    return [{ table, name, type, meaning: String(row.meaning), unit: String(row.unit) }];
  });
}

function mistakeIn(table: PublicColumn['table'], name: string, seeds: readonly OpenSeed[]) {
  if (OWN_COLUMNS[table].includes(name)) {
    return {
      expected: 'a further column',
      message: `the column ${quoted(name)} has a fixed meaning and cannot be published as a further column`,
      fix: 'remove the row, or name a further column',
    };
  }
  if (TAKEN[table].includes(name)) {
    return {
      expected: `a name that ${table} does not have yet`,
      message: `${table} has a column ${quoted(name)} already`,
      fix: 'give the further column another name, here and in its seed',
    };
  }
  if (seeds.some(({ rows }) => rows.some((row) => row[name] !== undefined))) return undefined;
  const where = seeds.map((seed) => `seeds/${seed.name}.csv`).join(', ');
  return {
    expected: `a column of ${where === '' ? 'a mapping seed' : where}`,
    message: `no row has the column ${quoted(name)}`,
    fix: `add the column to ${where === '' ? 'a mapping seed' : where}, or correct its name`,
  };
}

const FORMS: Readonly<
  Record<PublicColumn['type'], { readonly accepts: (text: string) => boolean; readonly expected: string }>
> = {
  text: { accepts: () => true, expected: 'text' },
  number: { accepts: (text) => /^-?[0-9]+(\.[0-9]+)?$/.test(text), expected: 'a number such as 21.5, or nothing' },
  integer: {
    accepts: (text) => /^-?[0-9]{1,9}$/.test(text),
    expected: 'a whole number of at most nine digits, or nothing',
  },
  date: {
    accepts: (text) => text.length === 10 && !Number.isNaN(readInstant(text)),
    expected: 'a date such as 2024-10-31, or nothing',
  },
};

function checkFields({ name, type }: PublicColumn, seed: OpenSeed, complain: Complain): void {
  const { accepts, expected } = FORMS[type];
  for (const row of seed.rows) {
    const text = String(row[name] ?? '');
    if (text === '' || accepts(text)) continue;
    complain({
      seed: seed.name,
      line: row.line,
      column: name,
      found: quoted(text),
      expected,
      message: `seeds/columns.csv says that ${name} is of the type ${type}`,
      fix: 'correct the field, or the type in seeds/columns.csv',
    });
  }
}

function fieldsOf(row: SeedRow, names: readonly string[]): PublicFields {
  return new Map(names.flatMap((name) => (row[name] ? [[name, String(row[name])] as const] : [])));
}

function mappedSensors(source: SeedRow, seeds: readonly MappingRows[], names: readonly string[]): MappedSensor[] {
  const instant = (text: string | number | undefined) => (text ? readInstant(String(text)) : undefined);
  return seeds.flatMap(({ kind, rows }) =>
    kind === 'quantities'
      ? []
      : rows.map((row) => ({
          source: String(source.name),
          location: String(row.location),
          dataKey: kind === 'columns' ? String(row.data_key) : undefined,
          validFrom: instant(row.valid_from),
          validTo: instant(row.valid_to),
          fields: fieldsOf(row, names),
        })),
  );
}

function publicSource(row: SeedRow): PublicSource {
  const declared = intervalOfText(String(row.expected_interval ?? ''));
  return { fields: fieldsOf(row, SOURCE_FIELDS), expectedInterval: declared ?? writingHabitsOf(row).interval };
}
