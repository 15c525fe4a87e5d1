import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { windowStart, windowsOfLevel } from '@sensor-warehouse/model/seeds/level-windows';
import type { Every } from '@sensor-warehouse/model/time/every';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { Hours } from '../tables/hours';
import type { KeySegment } from '../tables/read-facts';
import type { MonthOfReadings } from './engine';

/** A row that a level's query gave: one value of one series. */
export interface FluxRow {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  /** Milliseconds. */
  readonly time: number;
  readonly value: number;
}

const UNITS: Readonly<Record<Every['unit'], string>> = {
  minute: 'm',
  hour: 'h',
  day: 'd',
  week: 'w',
  month: 'mo',
  year: 'y',
};

/**
 * `option v = {bucket, timeRangeStart, timeRangeStop, windowPeriod}` as the syntax tree that InfluxDB takes beside a query
 * as `extern`, as its own pages send it: no value becomes a part of the query's text.
 */
export function fluxVariables({ every }: AggregationLevel, bucket: string, month: Month): object {
  const id = (name: string) => ({ type: 'Identifier', name });
  const instant = (time: number) => ({ type: 'DateTimeLiteral', value: new Date(time).toISOString() });
  const properties = {
    bucket: { type: 'StringLiteral', value: bucket },
    timeRangeStart: instant(monthStart(month)),
    timeRangeStop: instant(monthStart(shiftMonth(month, 1))),
    windowPeriod: { type: 'DurationLiteral', values: [{ magnitude: every.count, unit: UNITS[every.unit] }] },
  };
  const init = {
    type: 'ObjectExpression',
    properties: Object.entries(properties).map(([name, value]) => ({ type: 'Property', key: id(name), value })),
  };
  const assignment = { type: 'VariableAssignment', id: id('v'), init };
  return { type: 'File', package: null, imports: null, body: [{ type: 'OptionStatement', assignment }] };
}

/**
 * The result of a level's query for a month, as a table: a value is its window's sum, min and max, with n = 1.
 * @throws Failure (config) if a row belongs to an unknown series, does not begin a window of the month, has no finite
 *   value, or occurs twice
 */
export function fluxTable(
  level: AggregationLevel,
  { month, readings }: Pick<MonthOfReadings, 'month' | 'readings'>,
  rows: readonly FluxRow[],
): Hours {
  const key = ({ location, source, dataKey }: Pick<FluxRow, 'location' | 'source' | 'dataKey'>) =>
    JSON.stringify([location, source, dataKey]);
  const windows = windowsOfLevel(level);
  const [from, to] = [monthStart(month), monthStart(shiftMonth(month, 1))];
  const series = new Map<string, Map<number, number>>(readings.segments.map((segment) => [key(segment), new Map()]));
  for (const row of rows) {
    const its = series.get(key(row));
    const wrong = (what: string, found: string, expected: string) => levelQueryFailure(level, what, found, expected);
    if (its === undefined) throw wrong('another series', quoted(key(row)), 'location, source and data_key of readings');
    if (!(row.time >= from && row.time < to && windowStart(row.time, windows) === row.time))
      throw wrong(
        'a time that is not the start of a window',
        timeText(row.time),
        `starts of windows in ${month} (timeSrc: "_start")`,
      );
    if (!Number.isFinite(row.value)) throw wrong('not a number', String(row.value), 'a finite _value');
    if (its.has(row.time)) throw wrong('two values for one window', timeText(row.time), 'one value');
    its.set(row.time, row.value);
  }
  const segments: KeySegment[] = [];
  const times: number[] = [];
  const values: number[] = [];
  for (const segment of readings.segments) {
    const start = times.length;
    for (const [time, value] of [...series.get(key(segment))!].sort(([a], [b]) => a - b)) {
      times.push(time);
      values.push(value);
    }
    if (times.length > start) segments.push({ ...segment, start, end: times.length });
  }
  const value = Float64Array.from(values);
  return {
    count: times.length,
    hour: Float64Array.from(times),
    n: new Int32Array(times.length).fill(1),
    sum: value,
    min: value,
    max: value,
    flagged: new Int32Array(times.length),
    segments,
  };
}

const timeText = (time: number) => (Number.isNaN(time) ? 'none' : new Date(time).toISOString());

export function levelQueryFailure(
  { name, flux }: AggregationLevel,
  what: string,
  found: string,
  expected: string,
): Failure {
  return new Failure({
    stage: 'influx-aggregate',
    what: `the query of the level ${name} returns ${what}`,
    where: `seeds/${flux?.file}`,
    found,
    expected,
    fix: 'correct the query',
    class: 'config',
    code: 'level-query',
  });
}
