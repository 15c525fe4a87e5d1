/** The names that make a series, as a file writes them. */
export interface SeriesNames {
  readonly location: string;
  readonly source: string;
  readonly measurement: string;
  readonly dataKey: string;
}

/** The rows of one series in the order of their file; arrays may be longer than `count`. */
export interface TimedSeries extends SeriesNames {
  readonly count: number;
  /** As written, in milliseconds as if it were UTC. */
  readonly time: Float64Array;
  readonly value: Float64Array;
}

/** Rows of a dataset, by series; rows that say nothing are counted. */
export interface SeriesTable {
  readonly rows: number;
  readonly series: readonly TimedSeries[];
  /** Rows without a time or a value that can be read. */
  readonly unreadable: number;
}

/** Takes rows one after the other. */
export interface OpenSeries extends SeriesNames {
  count: number;
  time: Float64Array;
  value: Float64Array;
}

export function openSeries(names: SeriesNames): OpenSeries {
  return { ...names, count: 0, time: new Float64Array(64), value: new Float64Array(64) };
}

export function addReading(series: OpenSeries, time: number, value: number): void {
  if (series.count === series.time.length) {
    series.time = longer(series.time);
    series.value = longer(series.value);
  }
  series.time[series.count] = time;
  series.value[series.count++] = value;
}

function longer(values: Float64Array): Float64Array {
  const room = new Float64Array(values.length * 2);
  room.set(values);
  return room;
}
