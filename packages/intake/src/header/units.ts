/** A unit that labels name, and how it follows from the first unit of its dimension: `first × factor + offset`. */
export interface Unit {
  readonly symbol: string;
  readonly dimension: string;
  readonly factor: number;
  readonly offset: number;
}

const unit = (dimension: string, symbol: string, factor: number, offset = 0): Unit => ({
  symbol,
  dimension,
  factor,
  offset,
});

/** Every way to write a unit that is known; symbols are as they are written, words in lower case. */
const UNITS: Readonly<Record<string, Unit>> = (() => {
  const celsius = unit('temperature', '°C', 1);
  const fahrenheit = unit('temperature', '°F', 1.8, 32);
  const kelvin = unit('temperature', 'K', 1, 273.15);
  const percent = unit('share', '%', 1);
  return {
    '°C': celsius,
    '℃': celsius,
    C: celsius,
    degC: celsius,
    celsius,
    '°F': fahrenheit,
    '℉': fahrenheit,
    F: fahrenheit,
    degF: fahrenheit,
    fahrenheit,
    K: kelvin,
    kelvin,
    '%': percent,
    percent,
    percents: percent,
    pct: percent,
    prozent: percent,
    procent: percent,
    procenta: percent,
    kWh: unit('energy', 'kWh', 1),
    Wh: unit('energy', 'Wh', 1000),
    MWh: unit('energy', 'MWh', 0.001),
    MJ: unit('energy', 'MJ', 3.6),
    GJ: unit('energy', 'GJ', 0.0036),
    kW: unit('power', 'kW', 1),
    W: unit('power', 'W', 1000),
    MW: unit('power', 'MW', 0.001),
    hPa: unit('pressure', 'hPa', 1),
    mbar: unit('pressure', 'mbar', 1),
    Pa: unit('pressure', 'Pa', 100),
    kPa: unit('pressure', 'kPa', 0.1),
    bar: unit('pressure', 'bar', 0.001),
    psi: unit('pressure', 'psi', 0.0145037738),
    'm³': unit('volume', 'm³', 1),
    m3: unit('volume', 'm³', 1),
    l: unit('volume', 'l', 1000),
    L: unit('volume', 'l', 1000),
    ppm: unit('concentration', 'ppm', 1),
    ppb: unit('concentration', 'ppb', 1000),
  };
})();

/** A unit by any way to write it; undefined for one that is not known. */
export function unitOf(text: string): Unit | undefined {
  const known = (one: string) => (Object.hasOwn(UNITS, one) ? UNITS[one] : undefined);
  return known(text) ?? known(text.toLowerCase()) ?? (/^%\s?r\.?h\.?$/i.test(text) ? UNITS['%'] : undefined);
}

export interface LabelWithUnit {
  /** The label without its unit. */
  readonly base: string;
  readonly unit: Unit | undefined;
}

/** Takes a label apart: its unit is in brackets at its end, or is one of its words, such as Celsius. */
export function withoutUnit(label: string): LabelWithUnit {
  const bracketed = /^(.*?)\s*[([]\s*([^()[\]]{1,12})\s*[)\]]\s*$/su.exec(label);
  const known = (text: string) => (Object.hasOwn(UNITS, text) ? UNITS[text] : undefined);
  const inBrackets = bracketed === null ? undefined : known(bracketed[2]!);
  const text = inBrackets === undefined ? label : bracketed![1]!;
  // A single letter is a unit in brackets alone.
  const word = text
    .split(/[^\p{L}\p{N}°%]+/u)
    .filter((one) => one.length > 1 && !/^(?:m3|bar)$/.test(one))
    .find((one) => known(one) !== undefined || known(one.toLowerCase()) !== undefined);
  const named = word === undefined ? undefined : (known(word) ?? known(word.toLowerCase()));
  const base = word === undefined ? text : text.replace(word, '').replace(/[\s_.-]+$/u, '');
  return { base, unit: inBrackets ?? named };
}

/** How numbers change: `old × factor + offset`, with a description. */
export interface Conversion {
  readonly factor: number;
  readonly offset: number;
  readonly text: string;
}

/** Factors that result from a lost decimal mark, a unit prefix, or a share instead of a percentage. */
const FACTORS = [10, 100, 1000, 0.1, 0.01, 0.001];

/** The known ways in which numbers of a column with this label may turn into others. */
export function conversionsOf(label: string): Conversion[] {
  const { unit: from } = withoutUnit(label);
  const sameDimension = from === undefined ? [] : Object.values(UNITS).filter((to) => to.dimension === from.dimension);
  const others = [...new Map(sameDimension.map((to) => [to.symbol, to])).values()].filter(
    (to) => to.symbol !== from!.symbol,
  );
  return [
    ...others.map((to): Conversion => {
      const factor = to.factor / from!.factor;
      return { factor, offset: to.offset - from!.offset * factor, text: `${from!.symbol} to ${to.symbol}` };
    }),
    ...FACTORS.map((factor) => ({ factor, offset: 0, text: factor > 1 ? `×${factor}` : `÷${1 / factor}` })),
  ].filter(({ factor, offset }) => factor !== 1 || offset !== 0);
}
