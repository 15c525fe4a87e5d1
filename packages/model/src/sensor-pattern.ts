import { quoted } from './finding';
import type { Complain } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Stands for an id of four hex digits after a low line, as ThermoPro names its exports. */
export const HEX_PATTERN = '';
const ID = '{id}';
const MOST_STARS = 4;

/** What a sensor's id looks like, for messages. */
export function idInWords(pattern: string): string {
  return pattern === HEX_PATTERN ? 'four hex digits (0-9, A-F; the letter O is not one)' : 'letters, digits and -';
}

/** Whether a text may be a sensor's id in a file name. */
export function isSensorId(text: string, pattern: string): boolean {
  return pattern === HEX_PATTERN ? /^[0-9A-Fa-f]{4}$/.test(text) : /^[\p{L}\p{N}-]+$/u.test(text);
}

/**
 * The sensor's id in a file name, in capitals; undefined if the name does not have the pattern.
 * @param pattern the whole file name with one `{id}`, and `*` for any text; case does not matter
 */
export function sensorIdOf(name: string, pattern: string): string | undefined {
  if (pattern === HEX_PATTERN) return /_([0-9A-Fa-f]{4})(?=[_.])/.exec(name)?.[1]?.toUpperCase();
  const [before = '', after = ''] = pattern.split(ID);
  const part = (glob: string) => glob.split('*').map(escaped).join('.*?');
  return new RegExp(`^${part(before)}([\\p{L}\\p{N}-]+)${part(after)}$`, 'iu').exec(name)?.[1]?.toUpperCase();
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
    complainOf('the pattern does not have {id} once', 'write {id} where the id stands');
  // Each star is a place to try again from: a few are quick, many are not.
  else if (pattern.split('*').length > MOST_STARS + 1)
    complainOf(`the pattern has more than ${MOST_STARS} *`, 'write it with fewer');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
