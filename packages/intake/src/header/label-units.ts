import { unitOf, withoutUnit } from './units';

/** A label, and the symbol of the unit that it names. */
export interface UnitOfLabel {
  /** The label without its unit. */
  readonly base: string;
  readonly symbol: string | undefined;
}

/**
 * Units that samples name and that nothing is converted from: how people write them, in lower case, and the symbol that
 * is in the seeds.
 */
const SYMBOLS: Readonly<Record<string, string>> = {
  ...spelled('°', ['deg', 'degree', 'degrees', 'stupňů', 'grad']),
  ...spelled('hPa', []),
  ...spelled('kWh', []),
  ...spelled('kW', []),
  ...spelled('mm', []),
  ...spelled('in', ['inch', 'inches']),
  ...spelled('J', ['joule', 'joules']),
  ...spelled('kJ', []),
  ...spelled('GWh', []),
  ...spelled('VAh', []),
  ...spelled('kVAh', []),
  ...spelled('varh', []),
  ...spelled('kvarh', []),
  ...spelled('Ah', []),
  ...spelled('mAh', []),
  ...spelled('gal', ['gallon', 'gallons']),
  ...spelled('ft³', ['ft3', 'cf', 'ccf']),
  ...spelled('ml', []),
  ...spelled('hl', []),
  ...spelled('imp', ['imp.', 'impulse', 'impulses', 'impulsů', 'impuls', 'pulse', 'pulses', 'pls', 'ticks', 'pulzů']),
  ...spelled('m/s', ['m.s-1', 'm s-1']),
  ...spelled('km/h', ['kmh', 'kph']),
  ...spelled('mph', []),
  ...spelled('kn', ['kt', 'kts', 'knots']),
  ...spelled('W/m²', ['w/m2', 'w/m^2']),
  ...spelled('V', ['volt', 'volts']),
  ...spelled('mV', []),
  ...spelled('A', ['amp', 'amps', 'ampere']),
  ...spelled('mA', []),
  ...spelled('VA', []),
  ...spelled('var', []),
  ...spelled('Hz', []),
  ...spelled('lx', ['lux']),
  ...spelled('dB', ['dba', 'db(a)']),
  ...spelled('dBm', []),
  ...spelled('rpm', []),
  ...spelled('µg/m³', ['ug/m3', 'µg/m3', 'ug/m³', 'µg/m^3', 'ug/m^3']),
  ...spelled('mg/m³', ['mg/m3']),
  ...spelled('Bq/m³', ['bq/m3']),
  ...spelled('g/m³', ['g/m3']),
  ...spelled('l/h', []),
  ...spelled('l/min', ['lpm']),
  ...spelled('m³/h', ['m3/h']),
  ...spelled('mm/h', ['mm/hr']),
  ...spelled('inHg', ['in hg']),
  ...spelled('mmHg', ['mm hg']),
};

/** Units by bracketed names alone: at the end of a label these are words, or letters of a name. */
const NEVER_BARE = new Set(['in', 'A', 'V', 'J', 'var', 'kn', 'mm', 'grad', 'amp', 'volt', 'cf', 'hl', 'ml']);

/** What loggers say of themselves after a label, such as their serial numbers: it is not part of the name. */
const ASIDE = /\s*\([^()]*[^()\s]: [^()]*\)\s*$/u;

/** Whether a unit is half of another one that is not known, such as kWh/m² or m³/s. */
function isPartOfRatio(label: string, symbol: string): boolean {
  const ratios = label.match(/[^\s()[\],;]+\/[^\s()[\],;]+/gu) ?? [];
  return ratios.some((ratio) => {
    const [over, under] = ratio.split('/') as [string, string];
    const other = unitOf(over)?.symbol === symbol ? under : unitOf(under)?.symbol === symbol ? over : undefined;
    // Longer words are the path of a column, such as Import/kWh.
    return other !== undefined && other.length <= 4;
  });
}

function spelled(symbol: string, others: readonly string[]): Record<string, string> {
  return Object.fromEntries([symbol, ...others].map((one) => [one.toLowerCase(), symbol]));
}

/** The symbol of a unit in any spelling that is known; undefined for one that is not. */
export function symbolOf(text: string): string | undefined {
  const plain = text
    .trim()
    .replaceAll('\u03bc', 'µ')
    .replace(/^˚$|^º$/u, '°');
  if (/^%\s?r\.?[hf]\.?$/i.test(plain)) return '%';
  return unitOf(plain)?.symbol ?? unitOf(plain.replace(/^[˚º]/u, '°'))?.symbol ?? ownSymbol(plain);
}

function ownSymbol(text: string): string | undefined {
  const key = text.toLowerCase();
  return Object.hasOwn(SYMBOLS, key) ? SYMBOLS[key] : undefined;
}

/** Takes the unit from a label: it is in brackets, after a comma or an underscore at the end, or is one of its words. */
export function takeUnit(heading: string): UnitOfLabel {
  const label = heading.replaceAll('\u2103', '°C').replaceAll('\u2109', '°F').replace(ASIDE, '');
  const bracketed = /^(.*?)\s*[([]\s*([^()[\]]{1,16}(?:\(A\))?)\s*[)\]]\s*$/su.exec(label);
  const inBrackets = bracketed === null ? undefined : symbolOf(bracketed[2]!);
  if (inBrackets !== undefined) return { base: withoutUnit(bracketed![1]!).base, symbol: inBrackets };
  const [, before, inside, behind] = /^(.*?)\s*[([]\s*([^()[\]]{1,16})\s*[)\]](\s*\p{L}.*)$/su.exec(label) ?? [];
  // A letter in brackets amid a label is the name of something: of a room, of a phase.
  const amid = inside === undefined || /^\p{L}$/u.test(inside) ? undefined : symbolOf(inside);
  if (amid !== undefined) return { base: `${before}${behind}`, symbol: amid };
  const known = withoutUnit(label);
  if (known.unit !== undefined && !isPartOfRatio(label, known.unit.symbol))
    return { base: known.base, symbol: known.unit.symbol };
  const share = /^(.*\p{L}[^%]*?)[\s,-]*%(?:\s?r\.?[hf]\.?)?$/isu.exec(label);
  if (share !== null) return { base: share[1]!, symbol: '%' };
  const [, base, last] = /^(.+?)[\s_,/.-]+([^\s_,]{1,12})$/su.exec(label) ?? [];
  const symbol = last === undefined ? undefined : ownSymbol(last);
  if (symbol !== undefined && !NEVER_BARE.has(symbol) && !NEVER_BARE.has(last!.toLowerCase()))
    return { base: base!, symbol };
  return { base: label, symbol: undefined };
}
