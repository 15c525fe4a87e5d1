import { symbolOf } from '@sensor-warehouse/intake/header/label-units';
import type { SampleColumn } from '@sensor-warehouse/intake/sample/sample-columns';

/**
 * What the numbers of a column are: amounts of an interval, which are summed; readings of a counter, which only grow; or
 * levels, which have a mean.
 */
export const KINDS = ['interval', 'counter', 'level'] as const;
export type Kind = (typeof KINDS)[number];

/** Units of what flows or falls, in every spelling that is known by its symbol. */
const AMOUNTS: ReadonlySet<string> = new Set(
  ['Wh', 'kWh', 'MWh', 'GWh', 'VAh', 'kVAh', 'varh', 'kvarh', 'J', 'kJ', 'MJ', 'GJ', 'Ah', 'mAh'].concat([
    ...['l', 'ml', 'hl', 'm³', 'gal', 'ft³'],
    ...['imp', 'mm', 'in'],
  ]),
);
/** Units of what is at one moment: its mean has a meaning, whatever its label says. */
const LEVELS: ReadonlySet<string> = new Set(
  ['°C', '°F', 'K', '%', 'W', 'kW', 'MW', 'VA', 'var', 'hPa', 'mbar', 'Pa', 'kPa', 'bar', 'psi', 'inHg', 'mmHg'].concat(
    [
      ...['ppm', 'ppb', 'µg/m³', 'mg/m³', 'g/m³', 'Bq/m³', 'V', 'mV', 'A', 'mA', 'Hz', 'lx', 'dB', 'dBm', 'rpm', '°'],
      ...['m/s', 'km/h', 'mph', 'kn', 'W/m²', 'l/h', 'l/min', 'm³/h', 'mm/h'],
    ],
  ),
);
const AMOUNT_WORDS =
  /energ|consum|usage|\bimport\b|\bexport\b|\bverbrauch|ertrag|yield|produc|generat|\brain|precip|niederschlag|\bregen|volum|puls|impuls|\bcounts?\b|counter|meter ?reading|zähler|spotřeb|spotreb|sráž|sraz|výrob|vyrob|odběr|dodávk|objem|počet|stav (měřidla|elektroměru|vodoměru|plynoměru)/iu;
const DIRECTION =
  /direction|\bwind[ _.-]?dir|\bwdir\b|\bdir\b|bearing|azimut|heading|\bsměr|\bsmer\b|richtung|\bkurz? větru/iu;
const NOT_DIRECTIONS = /tilt|incl|slope|elevation|sklon|neigung|pitch|roll/iu;

/** Rises of a column that begins at nothing, after which it is taken for a counter. */
const MANY_RISES = 10;

/** Whether the numbers of a column may be amounts: its unit or its label says so. */
export function isAmount({ label }: Pick<SampleColumn, 'label'>, unit: string | undefined): boolean {
  const symbol = unit === undefined ? undefined : (symbolOf(unit) ?? unit);
  if (symbol !== undefined && LEVELS.has(symbol)) return false;
  // A length in mm or in is one of rain under such a name alone; of a cistern it is a level.
  if (symbol === 'mm' || symbol === 'in')
    return /rain|precip|regen|niederschlag|sráž|sraz|dážď|déšť|úhrn/iu.test(label);
  return (symbol !== undefined && AMOUNTS.has(symbol)) || AMOUNT_WORDS.test(label.replaceAll('_', ' '));
}

/** Whether the numbers are of a kind that has no total: temperatures may rise for days. */
export function isLevel(unit: string | undefined): boolean {
  return unit !== undefined && LEVELS.has(symbolOf(unit) ?? unit);
}

/** Whether numbers behave like those of a counter: they never fall, or only back to nothing, far above their steps. */
export function growsLikeCounter({ trend, least, most }: SampleColumn, amount: boolean): boolean {
  const { rises, falls, resets, step } = trend;
  if (least === undefined || most === undefined || rises < 2 || least < 0) return false;
  const isFar = least >= 5 * step;
  if (falls === 0) return isFar ? amount || rises >= MANY_RISES : amount && rises >= MANY_RISES && most >= 10 * step;
  return amount && resets === falls && rises >= MANY_RISES * falls && most >= MANY_RISES * step;
}

/** Why a column's numbers are thought to be what they are; in words. */
export function evidenceOf({ trend, least, most }: SampleColumn, looksLikeCounter: boolean): string {
  const { rises, falls, resets } = trend;
  const range = `${least} to ${most}`;
  if (looksLikeCounter && falls === 0) return `its numbers, ${range}, never fall: they look like readings of a meter`;
  if (looksLikeCounter)
    return `its numbers, ${range}, grow and start again from zero (${resets} times): they look like readings of a meter`;
  if (falls > 0) return `its numbers, ${range}, fall ${falls} times: they look like amounts, one per interval`;
  return rises === 0 ? `its numbers stay at ${range}` : `its numbers, ${range}, never fall in ${rises + 1} rows`;
}

/** Whether a column holds directions: degrees up to 360. */
export function isDirection({ heading: label, least, most }: SampleColumn, unit: string | undefined): boolean {
  const symbol = unit === undefined ? undefined : symbolOf(unit);
  if (symbol !== undefined && symbol !== '°') return false;
  if (least === undefined || most === undefined || least < -180 || most > 360) return false;
  if (DIRECTION.test(label.replaceAll('_', ' '))) return true;
  return symbol === '°' && !NOT_DIRECTIONS.test(label) && (most > 90 || least < -90);
}
