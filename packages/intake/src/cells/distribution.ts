import { type ColumnProfile, QUANTILES } from '@sensor-warehouse/model/seeds/contract';

/** A column with fewer numbers has no usable profile. */
const LEAST = 48;
const MOST_KEPT = 4096;

/** Numbers of columns, evenly spread over the rows of a file of any length. */
export interface Samples {
  /** Counts a row; returns whether its numbers are kept. */
  row(): boolean;
  /** Adds a number of the row counted last. */
  keep(column: number, value: number): void;
  valuesOf(column: number): number[];
}

/** Keeps the numbers of every row, then of every second, fourth … one: the same file gives the same numbers. */
export function sampleColumns(columns: number): Samples {
  // NaN where a row that is kept has no number.
  const kept = Array.from({ length: columns }, () => new Float64Array(MOST_KEPT));
  let count = 0;
  let stride = 1;
  let until = 0;
  const dropEverySecond = () => {
    count = MOST_KEPT / 2;
    for (const values of kept) for (let i = 1; i < count; i++) values[i] = values[2 * i]!;
    stride *= 2;
  };
  return {
    // Runs for every row of every export, and usually ends at this comparison.
    row() {
      if (until-- > 0) return false;
      if (count === MOST_KEPT) dropEverySecond();
      until = stride - 1;
      for (const values of kept) values[count] = Number.NaN;
      count++;
      return true;
    },
    keep(column, value) {
      kept[column]![count - 1] = value;
    },
    valuesOf: (column) => Array.from(kept[column]!.subarray(0, count)).filter((value) => !Number.isNaN(value)),
  };
}

/** The values at the shares of `QUANTILES`, each a value that occurs; undefined for too few numbers. */
export function profileOf(values: readonly number[]): ColumnProfile | undefined {
  if (values.length < LEAST) return undefined;
  const sorted = new Float64Array(values).sort();
  return QUANTILES.map((share) => sorted[Math.round(share * (sorted.length - 1))]!);
}

/** The spread of the middle nine tenths, never 0: a constant value is compared by its size. */
export function spreadOf(profile: ColumnProfile): number {
  return Math.max(profile[5]! - profile[1]!, Math.abs(profile[3]!) * 0.05, 1e-6);
}

/** The largest distance between the middle quantiles of two columns, in units of `scale`; 0 for the same. */
export function distance(one: ColumnProfile, other: ColumnProfile, scale: number): number {
  let most = 0;
  for (let i = 1; i <= 5; i++) most = Math.max(most, Math.abs(one[i]! - other[i]!));
  return most / scale;
}

/** `18.2–23.9`: the middle nine tenths. */
export function rangeText(profile: ColumnProfile): string {
  return `${shown(profile[1]!)} to ${shown(profile[5]!)}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
