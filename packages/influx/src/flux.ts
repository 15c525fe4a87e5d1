import { flux, fluxDateTime, fluxDuration, fluxExpression, fluxString } from '@influxdata/influxdb-client';
import { HOUR, MINUTE } from '@sensor-warehouse/model/time/units';
import { FIELD } from './line-protocol';

/** The four that the storage engine computes itself, while it reads. */
export const AGGREGATES = ['count', 'sum', 'min', 'max'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Points of one measurement in a half-open span of time. */
export interface Selection {
  readonly bucket: string;
  readonly measurement: string;
  /** The tag that distinguishes its series. */
  readonly tag: string;
  /** Instants in milliseconds, on the hour: the server would cut windows at other bounds. */
  readonly from: number;
  readonly to: number;
}

/** Counts the points of each series. */
export function countQuery(selection: Selection): string {
  return flux`${pointsOf(selection)}
  |> count()
  |> keep(columns: [${fluxString(selection.tag)}, "_value"])`.toString();
}

/**
 * One aggregate for each series and window that has points, labelled with the window's start. Nothing comes between the
 * filter and the window, so the storage engine computes it, adding values one after another in the order of time. Flux
 * itself would add them in another order, and give other last digits.
 * @param every milliseconds: an hour, or whole minutes that divide it
 */
export function windowQuery(selection: Selection, aggregate: Aggregate, every: number): string {
  const length = fluxDuration(`${every / MINUTE}m`);
  return flux`${pointsOf(selection)}
  |> aggregateWindow(every: ${length}, fn: ${fluxExpression(aggregate)}, timeSrc: "_start", createEmpty: false)
  |> keep(columns: [${fluxString(selection.tag)}, "_time", "_value"])`.toString();
}

function pointsOf({ bucket, measurement, from, to }: Selection) {
  if (from % HOUR !== 0 || to % HOUR !== 0) throw new RangeError(`${from} to ${to} are not whole hours`);
  const [start, stop] = [from, to].map((instant) => fluxDateTime(new Date(instant).toISOString()));
  return flux`from(bucket: ${fluxString(bucket)})
  |> range(start: ${start}, stop: ${stop})
  |> filter(fn: (r) => r._measurement == ${fluxString(measurement)} and r._field == ${fluxString(FIELD)})`;
}
