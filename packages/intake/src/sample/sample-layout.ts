import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { FoundTable } from './find-table';
import type { SampleColumn } from './sample-columns';
import { open, type Told, told } from './told';

/** How rows and files of a source are arranged. */
export interface SampleLayout {
  readonly layout: Told<Datasource['layout'] | 'long'>;
  /** Of a long table: whose cells say which sensor, and which quantity, a row is of. */
  readonly keys: readonly string[];
}

/** Fewer different times than this share of the rows: a time has several rows. */
const FEW_TIMES = 0.6;
const SENSOR = /_([0-9A-Fa-f]{4})(?=[_.])/;

/** The sensor that a file of one sensor names, as its exports are read. */
export function sensorOf(name: string): string | undefined {
  return SENSOR.exec(name)?.[1]?.toUpperCase();
}

/** @param times the time of each row */
export function layoutOf(
  name: string,
  table: FoundTable,
  columns: readonly SampleColumn[],
  times: readonly string[],
): SampleLayout {
  const keys = keysOf(table, columns, times);
  if (keys.length > 0) return { layout: told('long'), keys };
  const sensor = sensorOf(name);
  if (sensor === undefined) return { layout: told('wide'), keys: [] };
  return {
    layout: open(['file-per-sensor', 'wide'], `the name may say that the file is of one sensor, ${sensor}`),
    keys: [],
  };
}

/** The columns of names by which rows of one time differ; none if a time has one row. */
function keysOf(table: FoundTable, columns: readonly SampleColumn[], times: readonly string[]): string[] {
  if (times.length !== table.rows.length || new Set(times).size > FEW_TIMES * times.length) return [];
  const names = columns.filter(({ kind, mayBeId, distinct }) => (kind === 'text' || mayBeId) && distinct.length > 1);
  for (const wanted of [...names.map((one) => [one]), ...pairsOf(names)]) {
    const at = wanted.map(({ label }) => table.labels.indexOf(label));
    const rows = new Set(times.map((time, i) => [time, ...at.map((one) => table.rows[i]!.cells[one])].join('\n')));
    if (rows.size >= 0.98 * times.length) return wanted.map(({ label }) => label);
  }
  return [];
}

function pairsOf<T>(list: readonly T[]): T[][] {
  return list.flatMap((one, i) => list.slice(i + 1).map((other) => [one, other]));
}
