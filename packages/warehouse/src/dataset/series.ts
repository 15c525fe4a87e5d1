import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import { lowerBound } from '../tables/read-facts';
import type { PublicTable } from './public-table';

/** One series of the public table: its rows `[start, end)`, ordered by time, legacy hours among them. */
export interface Series {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly measurement: Measurement;
  readonly start: number;
  readonly end: number;
}

/** The series of a table, in its order; a run ends where the origin changes, a series does not. */
export function tableSeries({ runs }: Pick<PublicTable, 'runs'>): Series[] {
  const series: Series[] = [];
  for (const { location, source, dataKey, measurement, start, end } of runs) {
    const last = series.at(-1);
    if (last?.location === location && last.source === source && last.dataKey === dataKey)
      series[series.length - 1] = { ...last, end };
    else series.push({ location, source, dataKey, measurement, start, end });
  }
  return series;
}

/** The part of each series within instants `[from, to)`; series without an hour there are left out. */
export function seriesWithin(
  { time }: Pick<PublicTable, 'time'>,
  series: readonly Series[],
  [from, to]: readonly [from: number, to: number],
): Series[] {
  return series.flatMap((one) => {
    const start = lowerBound(time, one.start, one.end, from);
    const end = lowerBound(time, start, one.end, to);
    return start === end ? [] : [{ ...one, start, end }];
  });
}

/** Whether a row is an hour of an earlier pipeline, whose readings are unknown. */
export function isLegacy({ n }: Pick<PublicTable, 'n'>, row: number): boolean {
  return n[row] === 0;
}
