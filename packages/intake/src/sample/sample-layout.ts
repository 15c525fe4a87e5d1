import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { HEX_PATTERN, sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import type { FoundTable } from './find-table';
import type { SampleColumn } from './sample-columns';
import { open, type Told, told } from './told';

/** How rows and files of a source are arranged, and what says which sensor they belong to. */
export interface SampleLayout {
  readonly layout: Told<Datasource['layout']>;
  /** For a long table: the column that names the sensor of a row. */
  readonly sensorColumn: Told<string>;
  /** For a long table with a row for each reading: the columns of its quantity and its value; '' where columns are quantities. */
  readonly quantityColumn: Told<string>;
  readonly valueColumn: Told<string>;
}

/** What a person said of the arrangement. */
export interface DeclaredLayout {
  readonly layout?: Datasource['layout'];
  readonly sensorPattern?: string;
  readonly sensorColumn?: string;
  readonly quantityColumn?: string;
  readonly valueColumn?: string;
}

/** Fewer different times than this share of the rows: a time has several rows. */
const FEW_TIMES = 0.6;
const QUANTITY = /quantity|type|kind|measure|param|metric|variable|property|channel|veličina|größe/iu;
/** Four digits that are more probably a year than one of 65536 ids. */
const YEAR = /^(19|20)\d\d$/;
const NONE = told('');

/** @param times the time of each row */
export function layoutOf(
  name: string,
  table: FoundTable,
  columns: readonly SampleColumn[],
  times: readonly string[],
  declared: DeclaredLayout,
): SampleLayout {
  const keys = keysOf(table, columns, times);
  const layout = declared.layout === undefined ? arrangement(name, keys, declared) : told(declared.layout);
  if (layout.value !== 'long') return { layout, sensorColumn: NONE, quantityColumn: NONE, valueColumn: NONE };
  return { layout, ...rolesOf(keys, columns, declared) };
}

function arrangement(
  name: string,
  keys: readonly string[],
  { sensorPattern = HEX_PATTERN, sensorColumn }: DeclaredLayout,
): Told<Datasource['layout']> {
  if (sensorColumn !== undefined || keys.length > 0) return told('long');
  if (sensorPattern !== HEX_PATTERN) return told('file-per-sensor');
  const sensor = sensorIdOf(name, sensorPattern);
  if (sensor === undefined || YEAR.test(sensor)) return told('wide');
  return open(['file-per-sensor', 'wide'], `the name suggests that the file is from one sensor, ${sensor}`);
}

/** Which column is what. That times have several rows does not say whether another sensor or another quantity is the cause. */
function rolesOf(
  keys: readonly string[],
  columns: readonly SampleColumn[],
  declared: DeclaredLayout,
): Omit<SampleLayout, 'layout'> {
  const names = columns.filter(isName).map(({ label }) => label);
  const quantityColumn =
    declared.quantityColumn === undefined ? quantityAmong(keys, declared) : told(declared.quantityColumn);
  return {
    sensorColumn:
      declared.sensorColumn === undefined ? sensorAmong(keys, names, quantityColumn) : told(declared.sensorColumn),
    quantityColumn,
    valueColumn:
      declared.valueColumn === undefined ? valueAmong(keys, columns, quantityColumn) : told(declared.valueColumn),
  };
}

const KEYS = 'columns that distinguish rows of the same time';

function quantityAmong(keys: readonly string[], { sensorColumn }: DeclaredLayout): Told<string> {
  const others = keys.filter((label) => label !== sensorColumn);
  const [likely, ...more] = others.filter((label) => QUANTITY.test(label));
  if (sensorColumn !== undefined) return told(others[0] ?? '');
  if (likely !== undefined && more.length === 0) return told(likely);
  return keys.length < 2 ? NONE : open(keys, KEYS);
}

function sensorAmong(keys: readonly string[], names: readonly string[], quantity: Told<string>): Told<string> {
  const sensors = keys.filter((label) => label !== quantity.value);
  if (quantity.value !== undefined && sensors.length === 1) return told(sensors[0]!);
  const possible = (keys.length > 1 ? keys : names).filter((label) => label !== quantity.value);
  return open(possible.length > 0 ? possible : names, KEYS);
}

function valueAmong(keys: readonly string[], columns: readonly SampleColumn[], quantity: Told<string>): Told<string> {
  if (quantity.value === '') return NONE;
  const numbers = columns.filter((one) => one.kind === 'number' && !keys.includes(one.label)).map(({ label }) => label);
  return numbers.length === 1 ? told(numbers[0]!) : open(numbers, 'columns of numbers');
}

/** A time of day names nothing. */
function isName({ kind, mayBeId, likeClock, distinct }: SampleColumn): boolean {
  return ((kind === 'text' && !likeClock) || mayBeId) && distinct.length > 1;
}

/** The columns of names by which rows of one time differ; none if a time has one row. */
function keysOf(table: FoundTable, columns: readonly SampleColumn[], times: readonly string[]): string[] {
  if (times.length !== table.rows.length || new Set(times).size > FEW_TIMES * times.length) return [];
  const names = columns.filter(isName);
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
