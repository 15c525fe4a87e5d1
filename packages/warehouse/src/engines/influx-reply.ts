import { countDiffers } from '@sensor-warehouse/influx/failures';
import type { Aggregate } from '@sensor-warehouse/influx/flux';
import type { Connection } from '@sensor-warehouse/influx/transport';
import type { TakeWindow } from '@sensor-warehouse/influx/window-aggregates';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import { type HourLayout, layOutHours } from '../tables/hour-layout';
import type { Hours } from '../tables/hours';
import { lowerBound } from '../tables/read-facts';
import type { MonthOfReadings } from './engine';
import { keyName } from './influx-series';

/** The server's answers, put in place as they arrive. */
export interface WindowReply {
  readonly take: TakeWindow;
  /** @throws Failure unless every hour has its four aggregates, and n is what was sent */
  hours(): Hours[];
}

interface Table extends Omit<Hours, 'segments'> {
  readonly layout: HourLayout;
  readonly month: Month;
  /** Which aggregates of a row have arrived, one bit each. */
  readonly come: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Rows of one series in one month, and the next one that is expected. */
interface Place {
  readonly table: Table;
  readonly start: number;
  readonly end: number;
  next: number;
}

const BIT: Readonly<Record<Aggregate, number>> = { count: 1, sum: 2, min: 4, max: 8 };
const ALL = 15;

/**
 * @param names key → name of its series on the server
 * @param every length of the windows that are asked for, milliseconds
 */
export function startReply(
  server: Pick<Connection, 'url'>,
  window: readonly MonthOfReadings[],
  names: ReadonlyMap<string, string>,
  every: number,
): WindowReply {
  const places = new Map<string, Place[]>();
  const tables = window.map(({ month, readings, flags }): Table => {
    const layout = layOutHours(readings, flags, every);
    const { count, hour, flagged, segments } = layout;
    const numbers = () => new Float64Array(count);
    const table: Table = {
      layout,
      month,
      ...{ count, hour, flagged },
      ...{ n: new Int32Array(count), sum: numbers(), min: numbers(), max: numbers() },
      come: new Uint8Array(count),
      from: monthStart(month),
      to: monthStart(shiftMonth(month, 1)),
    };
    for (const segment of segments) {
      const name = names.get(keyName(segment))!;
      if (!places.has(name)) places.set(name, []);
      places.get(name)!.push({ table, start: segment.start, end: segment.end, next: segment.start });
    }
    return table;
  });
  return {
    take: (aggregate, series, hour, value) => {
      const place = places.get(series)?.find(({ table }) => hour >= table.from && hour < table.to);
      const row = place && rowOf(place, hour);
      if (place === undefined || row === undefined)
        throw countDiffers(
          server,
          'InfluxDB returned an hour that was not requested',
          when(hour),
          'hours with readings',
        );
      place.table[aggregate === 'count' ? 'n' : aggregate][row] = value;
      place.table.come[row]! |= BIT[aggregate];
    },
    hours: () => tables.map((table) => finished(server, table)),
  };
}

/** Rows come in the order of time, so the next one is nearly always the one that is expected. */
function rowOf(place: Place, hour: number): number | undefined {
  const hours = place.table.hour;
  // The row after its last one is another key's, which may well be of the same hour.
  const expected = place.next < place.end && hours[place.next] === hour;
  const row = expected ? place.next : lowerBound(hours, place.start, place.end, hour);
  if (row < place.start || row >= place.end || hours[row] !== hour) return undefined;
  place.next = row + 1;
  return row;
}

function finished(server: Pick<Connection, 'url'>, { layout, come, ...table }: Table): Hours {
  for (let row = 0; row < layout.count; row++) {
    if (come[row] !== ALL)
      throw countDiffers(server, 'InfluxDB left out an hour', `none at ${when(layout.hour[row]!)}`, 'n, sum, min, max');
    if (table.n[row] !== layout.good[row])
      throw countDiffers(
        server,
        `InfluxDB’s count differs from the points it was sent, at ${when(layout.hour[row]!)}`,
        `${table.n[row]}`,
        `${layout.good[row]}`,
      );
  }
  const { count, hour, n, sum, min, max, flagged } = table;
  return { count, hour, n, sum, min, max, flagged, segments: layout.segments };
}

const when = (hour: number) => new Date(hour).toISOString();
