import { groupOf, leafOf } from '@sensor-warehouse/intake/header/label-text';
import { takeUnit } from '@sensor-warehouse/intake/header/label-units';
import { likeness } from '@sensor-warehouse/intake/header/similarity';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';
import type { DataKey } from '@sensor-warehouse/model/seeds/configuration';

/** A word of lower-case letters, digits and underscores, as ids and data_keys are; '' if nothing of the text can be one. */
export function slugOf(text: string): string {
  return wordOf(text)
    .replace(/^[_0-9]+/, '')
    .slice(0, 40);
}

/** The same, but it may begin with a digit. Signs are taken for the letters and digits that they stand for: CO₂ is co2. */
export function wordOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('μ', 'u')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Words of a file name that change from export to export: numbers, ids of four hex digits. */
const CHANGING = /^(?=.*\d)(\d+|[0-9A-Fa-f]{4,})$/;
/** The changing part of a name: a date, a counter. */
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

/** The usual quantity of a unit, and its plausible range. */
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
  ...measuring('energy', ['kWh', 'Wh', 'MWh', 'GWh', 'J', 'kJ', 'MJ', 'GJ'], '', ''),
  ...measuring('power', ['W', 'kW', 'MW'], '', ''),
  ...measuring('volume', ['m³', 'l', 'ml', 'hl', 'gal', 'ft³'], '', ''),
  ...measuring('pulses', ['imp'], '0', ''),
  ...measuring('direction', ['°'], '0', '360'),
  ...measuring('speed', ['m/s', 'km/h', 'mph', 'kn'], '0', ''),
  ...measuring('irradiance', ['W/m²'], '', ''),
  ...measuring('illuminance', ['lx'], '0', ''),
  ...measuring('voltage', ['V', 'mV'], '', ''),
  ...measuring('current', ['A', 'mA'], '', ''),
  ...measuring('flow', ['l/h', 'l/min', 'm³/h'], '', ''),
  ...measuring('concentration', ['ppb', 'µg/m³', 'mg/m³', 'Bq/m³'], '0', ''),
  ppm: ['concentration', '0', '10000'],
};

function measuring(quantity: string, units: readonly string[], minimum: string, maximum: string) {
  return Object.fromEntries(units.map((unit) => [unit, [quantity, minimum, maximum] as const]));
}

const RAIN = /rain|precip|regen|niederschlag|sráž|sraz|dážď|déšť|úhrn/iu;
const HUMIDITY = /hum|vlhk|feucht|\brh\b|r\.h\./i;

function quantityOf({
  heading: label,
  unit,
}: Pick<SampleColumn, 'heading' | 'unit'>): readonly [string, string, string] | undefined {
  if (unit === undefined) return undefined;
  if (unit === '%') return HUMIDITY.test(label) ? ['humidity', '0', '100'] : ['share', '0', '100'];
  if ((unit === 'mm' || unit === 'in') && RAIN.test(label)) return ['rain', '0', ''];
  return QUANTITIES[unit];
}

/**
 * The data_key that a column is probably of: a declared one of its unit whose name is alike, or one of its own. None for
 * a column without a known unit: nothing says what it measures.
 */
export function dataKeyFor(column: SampleColumn, declared: readonly DataKey[]): string | undefined {
  const quantity = quantityOf(column);
  if (quantity === undefined || column.mayBeId || column.strange.length > 0) return undefined;
  const base = slugOf(leafOf(takeUnit(column.heading).base)) || quantity[0];
  const alike = declared
    .filter((key) => key.unit === column.unit && key.quantity === quantity[0] && holds(key, column))
    .map((key) => ({ key: key.dataKey, alike: likeness(base, key.dataKey) }))
    .sort((a, b) => b.alike - a.alike);
  if (alike[0] !== undefined && alike[0].alike >= 0.75 && alike[0].alike > (alike[1]?.alike ?? 0)) return alike[0].key;
  const taken = declared.some(({ dataKey }) => dataKey === base);
  return taken ? `${base}_${quantity[0]}` : base;
}

/** Where a column's sensor probably is: the group that its label names, or the source itself. */
export function locationFor(label: string, id: string): string {
  const group = slugOf(groupOf(takeUnit(label).base).split('/').at(-1)!);
  return group === '' ? id : `${id}_${group}`;
}

/** Whether every number of the sample is within the range in which a data_key is believed. */
function holds({ minimum, maximum }: Pick<DataKey, 'minimum' | 'maximum'>, { least, most }: SampleColumn): boolean {
  return (least ?? minimum) >= minimum && (most ?? maximum) <= maximum;
}

/** Numbers that stand for a fault in many programs. */
const FAULTS = new Set(
  [-127, -273.15, 850, 998, 999, 999.9, 9999, 9999.9, 99999, 327.67, 3276.7, 32767, 655.35, 6553.5, 65535]
    .concat([-99, -99.9, -999, -999.9, -9999, -99999, -327.68, -3276.8, -32768])
    .map(String),
);

/**
 * `unit;quantity;measurement;minimum;maximum` of a new data_key, with a range that holds the numbers of its columns;
 * undefined without a known unit, or where a number may stand for a fault.
 */
export function newDataKeyFor(
  columns: readonly SampleColumn[],
  measurement: DataKey['measurement'],
): string | undefined {
  const [column] = columns;
  const quantity = column && quantityOf(column);
  if (quantity === undefined || doubtOfRange(columns) !== '') return undefined;
  const least = Math.min(...columns.flatMap((one) => one.least ?? []));
  const most = Math.max(...columns.flatMap((one) => one.most ?? []));
  const room = (most - least) / 4;
  const minimum = quantity[1] === '' || least >= Number(quantity[1]) ? quantity[1] : rounded(least - room, Math.floor);
  const maximum = quantity[2] === '' || most <= Number(quantity[2]) ? quantity[2] : rounded(most + room, Math.ceil);
  return [column!.unit, quantity[0], measurement, minimum, maximum].join(';');
}

/** Why no range can be proposed; '' if one can. */
export function doubtOfRange(columns: readonly SampleColumn[]): string {
  const faults = columns.flatMap((column) => {
    const quantity = quantityOf(column);
    if (quantity === undefined || (quantity[1] === '' && quantity[2] === '')) return [];
    const [minimum, maximum] = [
      Number(quantity[1] || Number.NEGATIVE_INFINITY),
      Number(quantity[2] || Number.POSITIVE_INFINITY),
    ];
    return [column.least, column.most].filter(
      (one) => one !== undefined && (one < minimum || one > maximum) && FAULTS.has(String(one)),
    );
  });
  if (faults.length === 0) return '';
  return `; ${[...new Set(faults)].join(' and ')} may mean a fault: give a range without it, or --null-value`;
}

/** To two digits, away from what it has to hold. */
function rounded(value: number, to: (value: number) => number): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)) - 1);
  return String(to(value / unit) * unit);
}
