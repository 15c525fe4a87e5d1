import type { Configuration, PublicColumn } from '@sensor-warehouse/model/seeds/configuration';

/*
 * Descriptions of the public tables. The writers take names, types and nulls from here, and so do README, schema.json and all other metadata: each table is described once.
 */

/** `date` is a local day, `instant` a moment (milliseconds, UTC), `flag` true or false. */
export type ColumnType = 'instant' | 'date' | 'text' | 'number' | 'integer' | 'flag';

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Unit of every value; a column whose unit depends on the row has none, and its meaning says where to find it. */
  readonly unit?: string;
  readonly meaning: string;
  readonly nullable: boolean;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  /** Name of another public table. */
  readonly table: string;
  /** Its columns, in the same order. */
  readonly references: readonly string[];
}

export interface TableDescription {
  /** Begins the names of its files. */
  readonly name: string;
  readonly title: string;
  /** The meaning of one row. */
  readonly grain: string;
  /** The kind of year in a file of the table; a table without one is a single file, `<name>.parquet`. */
  readonly perYear?: 'UTC year' | 'local year' | 'ISO year';
  readonly columns: readonly TableColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** Names of the tables besides the flat one, which has the dataset's name. */
export const TABLE_NAMES = [
  'fact_hourly',
  'agg_daily',
  'agg_weekly',
  'dim_location',
  'dim_sensor',
  'dim_source',
  'dim_data_key',
  'dim_date',
] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** Input to the descriptions. */
export type DescribedBy = Pick<Configuration, 'dataset' | 'localZone' | 'published'>;

const column = (name: string, type: ColumnType, meaning: string, unit?: string): TableColumn => ({
  name,
  type,
  ...(unit === undefined ? {} : { unit }),
  meaning,
  nullable: false,
});

const orNull = (one: TableColumn): TableColumn => ({ ...one, nullable: true });

const LOCATION = column('location', 'text', 'public name of the place');
const SOURCE = column('source', 'text', 'system that measured it');
const DATA_KEY = column('data_key', 'text', 'what was measured; dim_data_key has its unit and meaning');
const TIME = column('time', 'instant', 'start of the UTC hour that the row covers');
const SERIES = [LOCATION, SOURCE, DATA_KEY];

const references = (columns: readonly string[], table: TableName, names = columns): ForeignKey => ({
  columns,
  table,
  references: names,
});

const TO_DIMENSIONS: readonly ForeignKey[] = [
  references(['location'], 'dim_location'),
  references(['source'], 'dim_source'),
  references(['data_key'], 'dim_data_key'),
  references(['source', 'location', 'data_key'], 'dim_sensor'),
];

/**
 * The flat table, which most readers use.
 * @param withOrigin whether it has hours of an earlier pipeline, and so a column with the origin of each row
 */
export function flatTable({ dataset }: DescribedBy, withOrigin: boolean): TableDescription {
  const readings = [
    column('n', 'integer', 'number of good readings in the hour'),
    column('minimum', 'number', 'smallest good reading'),
    column('maximum', 'number', 'largest good reading'),
  ];
  return {
    name: dataset.name,
    title: 'All hours in one flat table',
    grain: 'one row per series and UTC hour that has a value',
    columns: [
      TIME,
      LOCATION,
      SOURCE,
      column('measurement', 'text', 'nonadditive: data_value is the mean of the hour; additive: the sum'),
      column('data_key', 'text', 'what was measured; unit and meaning below'),
      column('data_value', 'number', 'mean or sum of the hour’s good readings'),
      ...(withOrigin ? [...readings.map(orNull), ORIGIN] : readings),
    ],
    primaryKey: ['time', 'location', 'source', 'data_key'],
    foreignKeys: TO_DIMENSIONS,
  };
}

const ORIGIN = column(
  'origin',
  'text',
  'readings: computed from readings; legacy: an hour of an earlier pipeline, whose n, minimum and maximum are unknown',
);

function factHourly(): TableDescription {
  return {
    name: 'fact_hourly',
    title: 'Hours, as keys to the dimensions',
    grain: 'one row per series and UTC hour that has a value',
    perYear: 'UTC year',
    columns: [
      TIME,
      column('date', 'date', 'local day in which the hour begins'),
      ...SERIES,
      column('data_value', 'number', 'mean or sum of the hour’s good readings, in the unit of the data_key'),
      orNull(column('n', 'integer', 'number of good readings in the hour; null for a legacy hour')),
      orNull(column('minimum', 'number', 'smallest good reading; null for a legacy hour')),
      orNull(column('maximum', 'number', 'largest good reading; null for a legacy hour')),
      ORIGIN,
    ],
    primaryKey: ['time', 'location', 'source', 'data_key'],
    foreignKeys: [...TO_DIMENSIONS, references(['date'], 'dim_date')],
  };
}

function aggregate(window: 'day' | 'week', labels: readonly TableColumn[]): readonly TableColumn[] {
  return [
    ...labels,
    ...SERIES,
    column('data_value', 'number', `mean or sum of the ${window}’s good readings, in the unit of the data_key`),
    column('n', 'integer', `number of good readings in the ${window}`),
    column(
      'n_expected',
      'integer',
      `number of readings that a whole ${window} has at the series’ expected interval, with the hours that a clock change adds or removes`,
    ),
    column('coverage', 'number', `n / n_expected, at most 1: how complete the ${window} is`),
    column('minimum', 'number', 'smallest good reading'),
    column('maximum', 'number', 'largest good reading'),
  ];
}

function aggDaily(zone: string): TableDescription {
  return {
    name: 'agg_daily',
    title: 'Local days',
    grain: `one row per series and day of ${zone} with a good reading; legacy hours are not included`,
    perYear: 'local year',
    columns: aggregate('day', [column('date', 'date', `day of ${zone}`)]),
    primaryKey: ['date', 'location', 'source', 'data_key'],
    foreignKeys: [...TO_DIMENSIONS, references(['date'], 'dim_date')],
  };
}

function aggWeekly(zone: string): TableDescription {
  return {
    name: 'agg_weekly',
    title: 'ISO weeks',
    grain: `one row per series and ISO week of ${zone} with a good reading; legacy hours are not included`,
    perYear: 'ISO year',
    columns: aggregate('week', [
      column('week', 'text', 'ISO week such as 2024-W05'),
      column('week_start', 'date', `its Monday, a day of ${zone}`),
    ]),
    primaryKey: ['week', 'location', 'source', 'data_key'],
    foreignKeys: [...TO_DIMENSIONS, references(['week_start'], 'dim_date', ['date'])],
  };
}

/** The columns of a dimension, with the further ones that columns.csv lists; these replace columns of the same name. */
function withFurther(
  columns: readonly TableColumn[],
  table: PublicColumn['table'],
  { published }: DescribedBy,
): readonly TableColumn[] {
  const further = published.columns
    .filter((one) => one.table === table)
    .map(({ name, type, meaning, unit }) => orNull(column(name, type, meaning, unit === '' ? undefined : unit)));
  const named = (name: string) => further.find((one) => one.name === name);
  const own = columns.map((one) => named(one.name) ?? one);
  return [...own, ...further.filter(({ name }) => !columns.some((one) => one.name === name))];
}

function dimLocation(described: DescribedBy): TableDescription {
  const columns = [
    LOCATION,
    orNull(column('building', 'text', 'building, if given')),
    orNull(column('floor', 'text', 'floor, if given')),
    orNull(column('kind', 'text', 'kind of place, such as room or duct, if given')),
    orNull(column('latitude', 'number', 'latitude in WGS 84, if given', '°')),
    orNull(column('longitude', 'number', 'longitude in WGS 84, if given', '°')),
    column('data_keys', 'text', 'what is measured there, separated by ;'),
    column('first_time', 'instant', 'start of its first hour'),
    column('last_time', 'instant', 'start of its last hour'),
  ];
  return {
    name: 'dim_location',
    title: 'Places',
    grain: 'one row per public location that has an hour',
    columns: withFurther(columns, 'dim_location', described),
    primaryKey: ['location'],
    foreignKeys: [],
  };
}

function dimSensor(described: DescribedBy): TableDescription {
  const columns = [
    SOURCE,
    LOCATION,
    DATA_KEY,
    orNull(column('unit', 'text', 'unit of its values')),
    orNull(column('quantity', 'text', 'quantity that it measures')),
    orNull(
      column(
        'expected_interval_s',
        'number',
        'time from one reading to the next, as the source declares it, or else the most common one in its last month; null if it has only legacy hours',
        's',
      ),
    ),
    orNull(column('valid_from', 'instant', 'when its first sensor was installed, if given')),
    orNull(column('valid_to', 'instant', 'when its last sensor was removed; null if it still is, or if not given')),
    column('first_time', 'instant', 'start of its first hour'),
    column('last_time', 'instant', 'start of its last hour'),
  ];
  return {
    name: 'dim_sensor',
    title: 'Series: what is measured where, by which source',
    grain: 'one row per series (source, location, data_key) that has an hour',
    columns: withFurther(columns, 'dim_sensor', described),
    primaryKey: ['source', 'location', 'data_key'],
    foreignKeys: TO_DIMENSIONS.slice(0, 3),
  };
}

function dimSource(): TableDescription {
  return {
    name: 'dim_source',
    title: 'Sources: the systems that measure',
    grain: 'one row per source that has an hour',
    columns: [
      SOURCE,
      orNull(column('provider', 'text', 'who runs it')),
      orNull(column('contact', 'text', 'whom to ask')),
      orNull(column('licence', 'text', 'licence of its readings, if it is not the dataset’s')),
      orNull(column('terms', 'text', 'terms of third parties')),
    ],
    primaryKey: ['source'],
    foreignKeys: [],
  };
}

function dimDataKey(): TableDescription {
  return {
    name: 'dim_data_key',
    title: 'Quantities: what a data_key means',
    grain: 'one row per data_key',
    columns: [
      column('data_key', 'text', 'what was measured'),
      column('measurement', 'text', 'nonadditive: longer windows hold the mean; additive: the sum'),
      orNull(column('quantity', 'text', 'quantity, such as temperature')),
      orNull(column('unit', 'text', 'unit as people write it')),
      orNull(column('ucum', 'text', 'unit as UCUM writes it')),
      orNull(column('qudt', 'text', 'name of the unit in http://qudt.org/vocab/unit/')),
      column('kind', 'text', 'mean or sum: what data_value is'),
      orNull(column('plausible_minimum', 'number', 'lower readings are left out of the hours; null: no limit')),
      orNull(column('plausible_maximum', 'number', 'higher readings are left out of the hours; null: no limit')),
      orNull(column('description', 'text', 'what it means here')),
    ],
    primaryKey: ['data_key'],
    foreignKeys: [],
  };
}

function dimDate(zone: string): TableDescription {
  return {
    name: 'dim_date',
    title: 'Local days',
    grain: `one row per day of ${zone}, from the Monday before the first hour to the Sunday after the last`,
    columns: [
      column('date', 'date', `day of ${zone}`),
      column('iso_week', 'text', 'ISO week such as 2024-W05'),
      column('weekday', 'integer', '1 for Monday to 7 for Sunday'),
      column('dst_day', 'flag', 'whether the clock changes on that day'),
      column('hours', 'number', 'length of the day: 24, or 23 or 25 if the clock changes', 'h'),
    ],
    primaryKey: ['date'],
    foreignKeys: [],
  };
}

/**
 * All public tables, the flat one first.
 * @param withOrigin see flatTable
 */
export function publicTables(described: DescribedBy, withOrigin: boolean): readonly TableDescription[] {
  const { localZone } = described;
  return [
    flatTable(described, withOrigin),
    factHourly(),
    aggDaily(localZone),
    aggWeekly(localZone),
    dimLocation(described),
    dimSensor(described),
    dimSource(),
    dimDataKey(),
    dimDate(localZone),
  ];
}

const STAR_FILE = new RegExp(`^(?:${TABLE_NAMES.join('|')})(?:_[0-9]{4})?\\.parquet$`);

/** Whether a file holds a table besides the flat one, or a part of it. */
export function isStarFile(name: string): boolean {
  return STAR_FILE.test(name);
}

/**
 * Name of a file of a table.
 * @param year of a table that has one for each
 */
export function tableFileName({ name }: Pick<TableDescription, 'name'>, year?: number): string {
  return year === undefined ? `${name}.parquet` : `${name}_${year}.parquet`;
}
