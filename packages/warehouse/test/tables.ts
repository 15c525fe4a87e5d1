import { compareText } from '@sensor-warehouse/model/readings/readings';
import fc from 'fast-check';
import { compareKeys, type FactTable, type KeySegment, type ReadingTable } from '../src/tables/read-facts';

/** One delivered reading as an object: only tests may afford that. */
export interface Delivered {
  readonly location: string;
  readonly dataKey: string;
  readonly time: number;
  readonly sensor: string;
  readonly value: number;
  /** Order of the upload that it came in. */
  readonly ordinal: number;
  readonly line: number;
}

/** One reading of a table, without where it came from. */
export interface Kept {
  readonly location: string;
  readonly dataKey: string;
  readonly time: number;
  readonly sensor: string;
  readonly value: number;
}

const SOURCE = 'Made';
const MEASUREMENT = 'nonadditive';

/** The table that readFacts would give for these readings. */
export function factTable(delivered: readonly Delivered[]): FactTable {
  const rows = [...delivered].sort(
    (a, b) =>
      compareText(a.location, b.location) ||
      compareText(a.dataKey, b.dataKey) ||
      a.time - b.time ||
      a.ordinal - b.ordinal ||
      a.line - b.line,
  );
  const sensors = [...new Set(rows.map(({ sensor }) => sensor))];
  const segments: KeySegment[] = [];
  for (const [row, { location, dataKey }] of rows.entries()) {
    const last = segments.at(-1);
    if (last !== undefined && last.location === location && last.dataKey === dataKey) {
      segments[segments.length - 1] = { ...last, end: row + 1 };
    } else segments.push({ location, source: SOURCE, measurement: MEASUREMENT, dataKey, start: row, end: row + 1 });
  }
  return {
    time: Float64Array.from(rows, ({ time }) => time),
    value: Float64Array.from(rows, ({ value }) => value),
    sensor: Int32Array.from(rows, ({ sensor }) => sensors.indexOf(sensor)),
    sensors,
    ordinal: Int32Array.from(rows, ({ ordinal }) => ordinal),
    files: new Map(rows.map(({ ordinal }) => [ordinal, fileName(ordinal)])),
    line: Int32Array.from(rows, ({ line }) => line),
    segments: segments.sort(compareKeys),
  };
}

export function fileName(ordinal: number): string {
  return `export-${ordinal}.csv`;
}

/** The readings of a table, in its order. */
export function keptIn({ segments, time, value, sensor, sensors }: ReadingTable): Kept[] {
  return segments.flatMap(({ location, dataKey, start, end }) =>
    Array.from({ length: end - start }, (_, i) => ({
      location,
      dataKey,
      time: time[start + i]!,
      sensor: sensors[sensor[start + i]!]!,
      value: value[start + i]!,
    })),
  );
}

/** Few places, few instants and few values, so that keys meet often. Lines are unique within a file. */
export const deliveries = fc
  .array(
    fc.record({
      location: fc.constantFrom('a', 'b', 'ž'),
      dataKey: fc.constantFrom('temp_indoor', 'humidity_indoor'),
      time: fc.integer({ min: -5, max: 5 }).map((minute) => minute * 60_000),
      sensor: fc.constantFrom('493D', 'CCEA'),
      value: fc.constantFrom(1, 1.5, -2),
      ordinal: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 60 },
  )
  .map((rows) => rows.map((row, index): Delivered => ({ ...row, line: index + 2 })));
