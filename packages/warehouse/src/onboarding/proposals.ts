import { groupOf, leafOf } from '@sensor-warehouse/intake/drift/label-text';
import { likeness } from '@sensor-warehouse/intake/drift/similarity';
import { withoutUnit } from '@sensor-warehouse/intake/drift/units';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import type { DataKey } from '@sensor-warehouse/model/configuration';

/** A word of small letters, digits and low lines, as ids and data_keys are; '' if nothing of the text can be one. */
export function slugOf(text: string): string {
  return wordOf(text)
    .replace(/^[_0-9]+/, '')
    .slice(0, 40);
}

/** The same, but it may begin with a digit. */
export function wordOf(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Words of a file name that change from export to export: numbers, ids of four hex digits. */
const CHANGING = /^(?=.*\d)(\d+|[0-9A-Fa-f]{4,})$/;
/** What changes inside of a word: a date, a counter. */
const DIGITS = /\d{4,}/g;

/** A pattern for files named like the samples: what changes, or differs among them, is a star. */
export function patternFor(names: readonly string[]): string {
  const parts = names.map(partsOf);
  const [first] = parts as [string[]];
  const alike = (one: string[]) => one.length === first.length && one[0] === first[0] && one.at(-1) === first.at(-1);
  if (!parts.every(alike)) return [...new Set(names.map((name) => patternFor([name])))].join('|');
  const words = first.slice(0, -1).map((word, i) => {
    const changes = i > 0 && (CHANGING.test(word) || parts.some((one) => one[i] !== word));
    return changes ? '*' : word.replace(DIGITS, '*');
  });
  const stem = words.join('').replace(/\*([_\-. ]*\*)+/g, '*');
  return `${stem}${stem.includes('*') ? '' : '*'}${first.at(-1)}`;
}

/** The words of a name, what stands between them, and its ending. */
function partsOf(name: string): string[] {
  const dot = name.indexOf('.', 1);
  const stem = dot < 0 ? name : name.slice(0, dot);
  return [...stem.split(/([_\-. ]+)/), name.slice(stem.length)];
}

/** An id after the samples' name: its first words. */
export function idFor(names: readonly string[]): string {
  return slugOf(patternFor(names).replace(/[*|.].*$/, ''));
}

/** What a unit usually measures, and the range in which it is believed. */
const QUANTITIES: Readonly<Record<string, readonly [quantity: string, minimum: string, maximum: string]>> = {
  '°C': ['temperature', '-40', '80'],
  '°F': ['temperature', '-40', '176'],
  K: ['temperature', '233', '353'],
  hPa: ['pressure', '800', '1100'],
  mbar: ['pressure', '800', '1100'],
  Pa: ['pressure', '', ''],
  kPa: ['pressure', '', ''],
  bar: ['pressure', '', ''],
  psi: ['pressure', '', ''],
  kWh: ['energy', '', ''],
  Wh: ['energy', '', ''],
  MWh: ['energy', '', ''],
  MJ: ['energy', '', ''],
  GJ: ['energy', '', ''],
  W: ['power', '', ''],
  kW: ['power', '', ''],
  MW: ['power', '', ''],
  'm³': ['volume', '', ''],
  l: ['volume', '', ''],
  ppm: ['concentration', '0', '10000'],
  ppb: ['concentration', '0', ''],
};
const HUMIDITY = /hum|vlhk|feucht|\brh\b|r\.h\./i;

function quantityOf({
  label,
  unit,
}: Pick<SampleColumn, 'label' | 'unit'>): readonly [string, string, string] | undefined {
  if (unit === undefined) return undefined;
  if (unit === '%') return HUMIDITY.test(label) ? ['humidity', '0', '100'] : ['share', '0', '100'];
  return QUANTITIES[unit];
}

/**
 * The data_key that a column is probably of: a declared one of its unit whose name is alike, or one of its own. None for
 * a column without a known unit: nothing says what it measures.
 */
export function dataKeyFor(column: SampleColumn, declared: readonly DataKey[]): string | undefined {
  const quantity = quantityOf(column);
  if (quantity === undefined || column.mayBeId || column.strange.length > 0) return undefined;
  const base = slugOf(withoutUnit(leafOf(column.label)).base) || quantity[0];
  const alike = declared
    .filter((key) => key.unit === column.unit && key.quantity === quantity[0])
    .map((key) => ({ key: key.dataKey, alike: likeness(base, key.dataKey) }))
    .sort((a, b) => b.alike - a.alike);
  if (alike[0] !== undefined && alike[0].alike >= 0.75 && alike[0].alike > (alike[1]?.alike ?? 0)) return alike[0].key;
  const taken = declared.some(({ dataKey }) => dataKey === base);
  return taken ? `${base}_${quantity[0]}` : base;
}

/** Where a column's sensor probably is: the group that its label names, or the source itself. */
export function locationFor(label: string, id: string): string {
  const group = slugOf(groupOf(label).split('/').at(-1)!);
  return group === '' ? id : `${id}_${group}`;
}

/** `unit;quantity;measurement;minimum;maximum` of a new data_key; undefined without a known unit. */
export function newDataKeyFor(column: SampleColumn | undefined): string | undefined {
  const quantity = column && quantityOf(column);
  return quantity === undefined
    ? undefined
    : [column!.unit, quantity[0], 'nonadditive', quantity[1], quantity[2]].join(';');
}
