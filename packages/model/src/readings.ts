/** What aggregation a quantity allows: an additive one is summed, a nonadditive one is averaged. */
export type Measurement = 'additive' | 'nonadditive';

/** The key of a reading without its time. `sensor` is provenance and no part of the key. */
export interface Series {
  readonly datasource: string;
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly sensor: string;
}

/**
 * Readings of one datasource in columns, never an object each.
 * All arrays have the same length; rows are ordered by (series, time), and, for one key, by arrival.
 */
export interface Readings {
  /** Instants, milliseconds since the epoch, UTC. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** Index into `seriesList`. */
  readonly series: Int32Array;
  readonly seriesList: readonly Series[];
}

/** Bytewise order of UTF-8, which is the order of code points and not that of UTF-16 units. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const one = a.charCodeAt(i);
    const two = b.charCodeAt(i);
    if (one !== two) {
      const surrogates = one >= 0xd800 && two >= 0xd800;
      if (surrogates) return a.codePointAt(i)! - b.codePointAt(i)!;
      return one - two;
    }
  }
  return a.length - b.length;
}

/** The order of series in every file we write: location, source, data_key, then sensor. */
export function compareSeries(a: Series, b: Series): number {
  return (
    compareText(a.location, b.location) ||
    compareText(a.source, b.source) ||
    compareText(a.dataKey, b.dataKey) ||
    compareText(a.sensor, b.sensor)
  );
}
