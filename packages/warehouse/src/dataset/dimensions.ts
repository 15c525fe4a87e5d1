import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration, DataKey, PublicColumn } from '@sensor-warehouse/model/seeds/configuration';
import {
  type MappedSensor,
  PLACE_FIELDS,
  type PublicFields,
  SOURCE_FIELDS,
} from '@sensor-warehouse/model/seeds/published-details';
import { DAY } from '@sensor-warehouse/model/time/units';
import { openZone, type Zone } from '@sensor-warehouse/model/time/zone';
import { lastInterval } from './expected-interval';
import { dayStart, isoWeek, localDay, weekdayOf } from './local-days';
import type { PublicTable } from './public-table';
import type { Series } from './series';
import { unitNames } from './units';
import { type ColumnValues, integerValues, numberValues, textValues } from './write-table';

/** Values of a small table, ready to write. */
export interface Dimension {
  readonly rows: number;
  readonly values: Readonly<Record<string, ColumnValues>>;
}

/** Input for the dimensions besides the hours. */
export type DimensionSeeds = Pick<Configuration, 'dataKeys' | 'publicNames' | 'published' | 'localZone'>;

/** Locations that have an hour, ordered by name. */
export function dimLocation(table: PublicTable, series: readonly Series[], seeds: DimensionSeeds): Dimension {
  const locations = distinct(series.map(({ location }) => location));
  const internal = new Map([...seeds.publicNames].map(([from, to]) => [to, from]));
  const fields = locations.map((location) => seeds.published.places.get(internal.get(location) ?? ''));
  const own = (location: string) => series.filter((one) => one.location === location);
  const times = locations.map((location) => timesOf(table, own(location)));
  const given = PLACE_FIELDS.map((name) => {
    const type = name === 'latitude' || name === 'longitude' ? 'number' : 'text';
    return [name, fieldValues(type, name, fields)] as const;
  });
  return {
    rows: locations.length,
    values: {
      location: textValues(locations),
      ...Object.fromEntries(given),
      data_keys: textValues(locations.map((one) => distinct(own(one).map(({ dataKey }) => dataKey)).join(';'))),
      first_time: numberValues(times.map(([first]) => first)),
      last_time: numberValues(times.map(([, last]) => last)),
      ...furtherValues('dim_location', seeds.published.columns, fields),
    },
  };
}

/** Series that have an hour. Nothing in it names a sensor: several may have measured one series, one after the other. */
export function dimSensor(table: PublicTable, series: readonly Series[], seeds: DimensionSeeds): Dimension {
  const { dataKeys, published, localZone } = seeds;
  const intervalOf = lastInterval(table, openZone(localZone), declaredIntervals(seeds));
  const ordered = [...series].sort(
    (a, b) =>
      compareText(a.source, b.source) || compareText(a.location, b.location) || compareText(a.dataKey, b.dataKey),
  );
  const sensors = ordered.map((one) => sensorsOf(one, seeds));
  const newest = sensors.map((ones) => ones.at(-1)?.fields);
  const seconds = (interval: number | undefined) => (interval === undefined ? undefined : interval / 1000);
  return {
    rows: ordered.length,
    values: {
      source: textValues(ordered.map(({ source }) => source)),
      location: textValues(ordered.map(({ location }) => location)),
      data_key: textValues(ordered.map(({ dataKey }) => dataKey)),
      unit: textValues(ordered.map(({ dataKey }) => dataKeys.get(dataKey)?.unit)),
      quantity: textValues(ordered.map(({ dataKey }) => dataKeys.get(dataKey)?.quantity)),
      expected_interval_s: numberValues(ordered.map((one) => seconds(intervalOf(one)))),
      valid_from: numberValues(sensors.map((ones) => edge(ones, 'validFrom', Math.min))),
      valid_to: numberValues(sensors.map((ones) => edge(ones, 'validTo', Math.max))),
      first_time: numberValues(ordered.map((one) => timesOf(table, [one])[0])),
      last_time: numberValues(ordered.map((one) => timesOf(table, [one])[1])),
      ...furtherValues('dim_sensor', published.columns, newest),
    },
  };
}

/** Sources that have an hour, those of an earlier pipeline too. */
export function dimSource(series: readonly Series[], { published }: DimensionSeeds): Dimension {
  const sources = distinct(series.map(({ source }) => source)).sort(compareText);
  const fields = sources.map((source) => published.sources.get(source)?.fields);
  return {
    rows: sources.length,
    values: {
      source: textValues(sources),
      ...Object.fromEntries(SOURCE_FIELDS.map((name) => [name, fieldValues('text', name, fields)])),
    },
  };
}

/** Every data_key that is declared or has an hour, ordered by name. */
export function dimDataKey(series: readonly Series[], { dataKeys }: DimensionSeeds): Dimension {
  const measurements = new Map<string, DataKey['measurement']>([
    ...series.map(({ dataKey, measurement }) => [dataKey, measurement] as const),
    ...[...dataKeys.values()].map(({ dataKey, measurement }) => [dataKey, measurement] as const),
  ]);
  const names = [...measurements.keys()].sort(compareText);
  const declared = names.map((name) => dataKeys.get(name));
  const measured = names.map((name) => measurements.get(name)!);
  const text = (of: (one: DataKey) => string | undefined) =>
    textValues(declared.map((one) => (one === undefined ? undefined : of(one) || undefined)));
  const bound = (of: (one: DataKey) => number) =>
    numberValues(declared.map((one) => (one !== undefined && Number.isFinite(of(one)) ? of(one) : undefined)));
  return {
    rows: names.length,
    values: {
      data_key: textValues(names),
      measurement: textValues(measured),
      quantity: text(({ quantity }) => quantity),
      unit: text(({ unit }) => unit),
      ucum: text((one) => unitNames(one).ucum),
      qudt: text((one) => unitNames(one).qudt),
      kind: textValues(measured.map((measurement) => (measurement === 'additive' ? 'sum' : 'mean'))),
      plausible_minimum: bound(({ minimum }) => minimum),
      plausible_maximum: bound(({ maximum }) => maximum),
      description: text(({ description }) => description),
    },
  };
}

/** The local days of all hours, in whole ISO weeks. */
export function dimDate(table: PublicTable, series: readonly Series[], zone: Zone): Dimension {
  const [first, last] = timesOf(table, series);
  const days: number[] = [];
  if (series.length > 0) {
    const [from, to] = [localDay(first, zone), localDay(last, zone)];
    for (let day = from - weekdayOf(from) + 1; day <= to + 7 - weekdayOf(to); day++) days.push(day);
  }
  const length = days.map((day) => dayStart(day + 1, zone) - dayStart(day, zone));
  return {
    rows: days.length,
    values: {
      date: Int32Array.from(days),
      iso_week: textValues(days.map((day) => isoWeek(day).name)),
      weekday: Int32Array.from(days, weekdayOf),
      dst_day: Uint8Array.from(length, (one) => (one === DAY ? 0 : 1)),
      hours: Float64Array.from(length, (one) => (one / DAY) * 24),
    },
  };
}

/** Intervals that sources declare. */
export function declaredIntervals({ published }: Pick<Configuration, 'published'>): ReadonlyMap<string, number> {
  return new Map(
    [...published.sources].flatMap(([name, { expectedInterval }]) =>
      expectedInterval === undefined ? [] : [[name, expectedInterval] as const],
    ),
  );
}

/** Start of the first and of the last hour of some series. */
function timesOf({ time }: PublicTable, series: readonly Series[]): readonly [first: number, last: number] {
  return series.reduce<readonly [number, number]>(
    ([first, last], { start, end }) => [Math.min(first, time[start]!), Math.max(last, time[end - 1]!)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** The sensors that measured a series, in order of time; the one that stays longest comes last. */
function sensorsOf({ source, location, dataKey }: Series, { published, publicNames }: DimensionSeeds): MappedSensor[] {
  const until = ({ validTo }: MappedSensor) => validTo ?? Number.POSITIVE_INFINITY;
  const since = ({ validFrom }: MappedSensor) => validFrom ?? Number.NEGATIVE_INFINITY;
  const order = (one: number, other: number) => (one === other ? 0 : one < other ? -1 : 1);
  return published.sensors
    .filter((one) => one.source === source && publicNames.get(one.location) === location)
    .filter((one) => one.dataKey === undefined || one.dataKey === dataKey)
    .sort((a, b) => order(until(a), until(b)) || order(since(a), since(b)));
}

/** The outermost instant of some periods; undefined if one is open, or there is none. */
function edge(
  sensors: readonly MappedSensor[],
  end: 'validFrom' | 'validTo',
  outermost: (...instants: number[]) => number,
): number | undefined {
  const instants = sensors.map((one) => one[end]);
  if (instants.length === 0 || instants.includes(undefined)) return undefined;
  return outermost(...(instants as number[]));
}

function furtherValues(
  table: PublicColumn['table'],
  columns: readonly PublicColumn[],
  fields: readonly (PublicFields | undefined)[],
): Readonly<Record<string, ColumnValues>> {
  const own = columns.filter((one) => one.table === table);
  return Object.fromEntries(own.map(({ name, type }) => [name, fieldValues(type, name, fields)]));
}

/** Texts of seeds as values of a column; an empty text is null. */
function fieldValues(
  type: PublicColumn['type'],
  name: string,
  fields: readonly (PublicFields | undefined)[],
): ColumnValues {
  const texts = fields.map((one) => one?.get(name));
  const as = (number: (text: string) => number) => texts.map((one) => (one === undefined ? undefined : number(one)));
  switch (type) {
    case 'text':
      return textValues(texts);
    case 'number':
      return numberValues(as(Number));
    case 'integer':
      return integerValues(as(Number));
    case 'date':
      return integerValues(as((text) => Date.parse(text) / DAY));
  }
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
