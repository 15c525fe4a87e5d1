import { textInCell } from '@sensor-warehouse/influx/annotated-csv';
import type { ConnectedServer } from '@sensor-warehouse/influx/connect';
import type { Patience } from '@sensor-warehouse/influx/patience';
import { query } from '@sensor-warehouse/influx/query';
import { withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { numberOf } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { minutesOf } from '@sensor-warehouse/model/time/every';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { Hours } from '../tables/hours';
import type { MonthOfReadings } from './engine';
import { type FluxRow, fluxTable, fluxVariables, levelQueryFailure } from './flux-level';
import { namedKey, seriesOfWindow } from './influx-series';
import { requireStored } from './influx-stored';
import { windowTables } from './influx-windows';
import { levelDefinition } from './reading-levels';
import type { ServerInUse } from './server-in-use';

/**
 * Own levels that hours cannot give: windows under an hour, and those that a Flux query of the user's makes. Queries see
 * the points with their names, in another bucket than ours.
 * @returns by levelDefinition: one table a month, in order
 */
export async function levelsOnServer(
  inUse: ServerInUse,
  datasource: string,
  window: readonly MonthOfReadings[],
  levels: readonly AggregationLevel[],
): Promise<Map<string, readonly Hours[]>> {
  const { server, say, patience } = inUse;
  const made = new Map<string, readonly Hours[]>();
  const short = levels.filter(({ flux }) => flux === undefined);
  const lengths = [...new Set(short.map(({ every }) => minutesOf(every)!))];
  const tables = await windowTables(inUse, datasource, window, lengths);
  for (const level of short) made.set(levelDefinition(level), tables.get(minutesOf(level.every)!)!);
  const queries = levels.filter(({ flux }) => flux !== undefined);
  if (queries.length === 0 || window.length === 0) return made;
  await withScratchBucket(
    server,
    async ({ name: bucket }) => {
      const series = seriesOfWindow(window, namedKey);
      await writePoints(server, bucket, series, patience);
      const [from, to] = [monthStart(window[0]!.month), monthStart(shiftMonth(window.at(-1)!.month, 1))];
      for (const measurement of new Set(series.map(({ key }) => key.measurement))) {
        const its = series.filter(({ key }) => key.measurement === measurement);
        await requireStored(inUse, { bucket, measurement, tag: 'data_key', from, to }, its);
      }
      for (const level of queries) {
        const months: Hours[] = [];
        for (const month of window) {
          say(`influx-aggregate: ${datasource} ${month.month}: the query of the level ${level.name}`);
          months.push(fluxTable(level, month, await rowsOf(server, level, bucket, month.month, patience)));
        }
        made.set(levelDefinition(level), months);
      }
    },
    patience,
  );
  return made;
}

/**
 * Runs a level's query for one month.
 * @throws Failure (config) if the server rejects it, or its result is invalid
 */
async function rowsOf(
  server: ConnectedServer,
  level: AggregationLevel,
  bucket: string,
  month: Month,
  patience: Patience,
): Promise<FluxRow[]> {
  let rows: FluxRow[] = [];
  const asked = { flux: level.flux!.text, extern: fluxVariables(level, bucket, month) };
  const begin = () => {
    rows = [];
    return (header: readonly string[]) => {
      const [location, source, dataKey, time, value] = COLUMNS.map((name) => {
        const at = header.indexOf(name);
        if (at < 0) throw levelQueryFailure(level, `a table without ${name}`, header.join(', '), COLUMNS.join(', '));
        return at;
      });
      return (row: Parameters<typeof textInCell>[0]) => {
        const text = textInCell(row, value!);
        rows.push({
          location: textInCell(row, location!),
          source: textInCell(row, source!),
          dataKey: textInCell(row, dataKey!),
          time: Date.parse(textInCell(row, time!)),
          value: text === '' || Number.isNaN(Number(text)) ? Number.NaN : numberOf(row, value!),
        });
      };
    };
  };
  try {
    await query(server, `the query of the level ${level.name}`, asked, patience, begin);
  } catch (error) {
    // The query is the user's, so the user has to correct it.
    if (error instanceof Failure && error.details.code === 'influx-refused')
      throw levelQueryFailure(level, 'an error', error.details.found ?? '', 'a result');
    throw error;
  }
  return rows;
}

const COLUMNS = ['location', 'source', 'data_key', '_time', '_value'] as const;
