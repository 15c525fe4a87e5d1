import { quoted } from '../findings/finding';
import type { Complain } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Stands for an id of four hex digits after an underscore, as ThermoPro names its exports. */
export const HEX_PATTERN = '';
const ID = '{id}';

/** The form of a sensor's id, for messages. */
export function idInWords(pattern: string): string {
  return pattern === HEX_PATTERN ? 'four hex digits (0-9, A-F; the letter O is not one)' : 'letters, digits and -';
}

/** Whether a text may be a sensor's id in a file name. */
export function isSensorId(text: string, pattern: string): boolean {
  return pattern === HEX_PATTERN ? /^[0-9A-Fa-f]{4}$/.test(text) : /^[\p{L}\p{N}-]+$/u.test(text);
}

/**
 * The sensor's id in a file name, in capitals: the first place where one may be, and the most letters there. Takes
 * time that grows with the name, however many `*` the pattern has.
 * @param pattern the whole file name with one `{id}`, and `*` for any text; case does not matter
 * @returns undefined if the name does not have the pattern
 */
export function sensorIdOf(name: string, pattern: string): string | undefined {
  if (pattern === HEX_PATTERN) return /_([0-9A-Fa-f]{4})(?=[_.])/.exec(name)?.[1]?.toUpperCase();
  const [before = '', after = ''] = pattern.split(ID);
  const letters = [...name];
  const mayStart = beginningsThatFit(glob(before), letters.map(folded));
  const mayEnd = beginningsThatFit(glob(after).reverse(), letters.map(folded).reverse()).reverse();
  // Of an id that begins at a letter, where it may end at the latest; 0 where none begins.
  const end = new Uint32Array(letters.length + 1);
  for (let at = letters.length - 1; at >= 0; at--) {
    if (ID_LETTER.test(letters[at]!)) end[at] = end[at + 1]! || (mayEnd[at + 1] ? at + 1 : 0);
  }
  const start = letters.findIndex((_, at) => mayStart[at] && end[at]! > 0);
  return start < 0 ? undefined : letters.slice(start, end[start]).join('').toUpperCase();
}

const ID_LETTER = /^[\p{L}\p{N}-]$/u;
const folded = (letter: string) => letter.toLowerCase();
const glob = (text: string) => [...text].map(folded);

/** Whether the first `i` letters have the pattern, for each `i` from 0 to all. */
function beginningsThatFit(pattern: readonly string[], letters: readonly string[]): boolean[] {
  let fits = [true, ...letters.map(() => false)];
  for (const one of pattern) {
    const first = fits.indexOf(true);
    fits = fits.map((_, i) =>
      one === '*' ? first >= 0 && i >= first : i > 0 && fits[i - 1]! && letters[i - 1] === one,
    );
  }
  return fits;
}

export function checkSensorPattern(row: SeedRow, complain: Complain): void {
  const pattern = String(row.sensor_pattern ?? '');
  const complainOf = (message: string, fix: string) =>
    complain({
      seed: 'datasources_config',
      line: row.line,
      column: 'sensor_pattern',
      found: quoted(pattern),
      expected: 'a file name with one {id}, such as sensor-{id}_*.csv',
      message,
      fix,
    });
  if (pattern === '') return;
  if (row.layout !== 'file-per-sensor')
    complainOf('sensor_pattern belongs to the layout file-per-sensor', 'remove it, or set layout to file-per-sensor');
  else if (pattern.split(ID).length !== 2)
    complainOf('the pattern does not have {id} exactly once', 'write {id} where the id is');
}
