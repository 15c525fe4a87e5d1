import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted, seedLine } from '@sensor-warehouse/model/findings/finding';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';
import { windowValue } from '../levels/levels';
import type { Hours } from '../tables/hours';
import type { LegacyHours } from './legacy-hours';

/** The origin of an hour: computed here from readings, or published by an earlier pipeline. */
export type Origin = 'readings' | 'legacy';

/** The flat public table in columns, ordered by location, source, data_key, time. */
export interface PublicTable {
  readonly rows: number;
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** The amount that longer windows add up: the sum of the good readings, or a legacy hour's value. */
  readonly sum: Float64Array;
  /** 0 for a legacy hour, whose readings are unknown. */
  readonly n: Int32Array;
  /** NaN for a legacy hour, like `max`. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly runs: readonly PublicRun[];
}

export interface PublicRun {
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly origin: Origin;
  readonly start: number;
  readonly end: number;
}

/** All hours in the order of the public table; the times of one series overlap nowhere. */
export function publicTable(
  parts: readonly Hours[],
  legacy: readonly LegacyHours[],
  publicNames: ReadonlyMap<string, string>,
): PublicTable {
  const pieces = [...parts.map(computedPieces), ...legacy.map(legacyPieces)]
    .flat()
    .map((piece) => ({ ...piece, location: publicName(publicNames, piece.location) }));
  pieces.sort(
    (a, b) =>
      compareText(a.location, b.location) ||
      compareText(a.source, b.source) ||
      compareText(a.dataKey, b.dataKey) ||
      a.hour[a.start]! - b.hour[b.start]!,
  );
  const rows = pieces.reduce((total, { start, end }) => total + end - start, 0);
  const table = {
    rows,
    time: new Float64Array(rows),
    value: new Float64Array(rows),
    sum: new Float64Array(rows),
    n: new Int32Array(rows),
    min: new Float64Array(rows),
    max: new Float64Array(rows),
  };
  const runs: PublicRun[] = [];
  let out = 0;
  for (const { hour, fill, start, end, ...key } of pieces) {
    const first = out;
    for (let row = start; row < end; row++, out++) {
      table.time[out] = hour[row]!;
      fill(table, out, row);
    }
    const last = runs.at(-1);
    if (last !== undefined && sameKey(last, key)) runs[runs.length - 1] = { ...last, end: out };
    else runs.push({ ...key, start: first, end: out });
  }
  return { ...table, runs };
}

interface Piece extends PublicRun {
  readonly hour: Float64Array;
  /** Writes value, sum, n, minimum and maximum of one of its rows. */
  readonly fill: (table: Omit<PublicTable, 'runs'>, out: number, row: number) => void;
}

function computedPieces({ hour, n, sum, min, max, segments }: Hours): Piece[] {
  return segments.map((segment) => ({
    ...segment,
    origin: 'readings',
    hour,
    fill: (table, out, row) => {
      table.value[out] = windowValue(segment.measurement, sum[row]!, n[row]!);
      table.sum[out] = sum[row]!;
      table.n[out] = n[row]!;
      table.min[out] = min[row]!;
      table.max[out] = max[row]!;
    },
  }));
}

function legacyPieces({ hour, value, segments }: LegacyHours): Piece[] {
  return segments.map((segment) => ({
    ...segment,
    origin: 'legacy',
    hour,
    fill: (table, out, row) => {
      table.value[out] = value[row]!;
      table.sum[out] = value[row]!;
      table.min[out] = Number.NaN;
      table.max[out] = Number.NaN;
    },
  }));
}

type RunKey = Pick<PublicRun, 'location' | 'source' | 'dataKey' | 'origin'>;

function sameKey(a: RunKey, b: RunKey): boolean {
  return a.location === b.location && a.source === b.source && a.dataKey === b.dataKey && a.origin === b.origin;
}

/** @throws Failure (config) if the seed does not list the location: an internal name must not be published */
function publicName(publicNames: ReadonlyMap<string, string>, location: string): string {
  const name = publicNames.get(location);
  if (name !== undefined) return name;
  throw new Failure({
    stage: 'publish-parquet',
    what: 'an archived location has no public name',
    found: quoted(location),
    expected: 'every location in seeds/location_map.csv, also those of sensors that are gone',
    fix: `add the line ${seedLine(location, '<public name>')} to seeds/location_map.csv`,
    class: 'config',
    code: 'seed-error',
  });
}
