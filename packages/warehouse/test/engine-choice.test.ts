import { describe, expect, test } from 'vitest';
import { EMBEDDED } from '../src/engines/engine';
import { readEngine } from '../src/engines/engines';

type Words = Readonly<Record<string, string>>;

/** Reads what is said as a command line has it, or as the inputs and variables of a workflow. */
function read(words: Words, mayBeUnused = false) {
  const mistakes: string[] = [];
  const hidden: string[] = [];
  const secret = (name: string) => {
    if (words[name] !== undefined) hidden.push(words[name]);
    return words[name];
  };
  const open = readEngine({
    optional: (name) => words[name],
    secret,
    hide: (part) => hidden.push(part),
    called: (name) => `--${name}`,
    mistake: (what) => mistakes.push(what),
    windowMonths: 2,
    mayBeUnused,
  });
  return { open, mistakes, hidden };
}

const SERVER = { 'influx-url': 'https://influx.example.org', 'influx-org': 'home', 'influx-token': 'canary' };
const SHELL = { say: () => {}, warn: () => {} };

describe('the settings of the engine', () => {
  test('are only embedded: it needs no server', async () => {
    const { open, mistakes } = read({ engine: 'embedded' });
    expect(mistakes).toEqual([]);
    expect(await open(SHELL)).toBe(EMBEDDED);
  });

  test.each([
    [{ engine: 'influxdb' }],
    [{ engine: 'influxdb', ...SERVER }],
    [{ engine: 'influxdb', ...SERVER, 'monitoring-bucket': 'live' }],
  ] as [Words][])('may be %j', (words) => {
    expect(read(words).mistakes).toEqual([]);
  });

  test.each([
    [{}, ['--engine is missing']],
    [{ engine: 'spark' }, ['--engine is "spark", expected embedded or influxdb']],
    [{ engine: 'constructor' }, ['--engine is "constructor", expected embedded or influxdb']],
    [
      { engine: 'influxdb', 'influx-url': 'https://influx.example.org' },
      ['--influx-org is missing', '--influx-token is missing'],
    ],
    [
      { engine: 'influxdb', 'monitoring-bucket': 'live' },
      ['--monitoring-bucket needs the engine influxdb, and the influx-url of a permanent server'],
    ],
    [
      { engine: 'embedded', ...SERVER, 'monitoring-bucket': 'live' },
      ['--monitoring-bucket needs the engine influxdb, and the influx-url of a permanent server'],
    ],
  ] as [Words, string[]][])('cannot be %j, wherever they are given', (words, expected) => {
    expect(read(words, true).mistakes).toEqual(expected);
  });

  test.each([
    [{ engine: 'embedded', ...SERVER }, '--influx-url and --influx-org need --engine influxdb'],
    [{ engine: 'influxdb', 'influx-org': 'home' }, '--influx-org needs --influx-url'],
  ] as [Words, string][])(
    'may be %j in the variables of a workflow, which stay; on a command line it is a mistake',
    (words, mistake) => {
      expect(read(words, true).mistakes).toEqual([]);
      expect(read(words).mistakes).toEqual([mistake]);
    },
  );

  test.each(['embedded', 'influxdb', 'spark'])(
    'have their secrets hidden, whichever engine is chosen: %s',
    (engine) => {
      const words = { engine, ...SERVER, 'influx-url': 'https://me:canary-2@influx.example.org' };
      expect(read(words).hidden).toEqual(expect.arrayContaining(['canary', 'canary-2']));
    },
  );

  test('give a warning about an unencrypted address only if it is used', async () => {
    const { open } = read({ engine: 'influxdb', ...SERVER, 'influx-url': 'http://127.0.0.1.example:9' });
    const warned: string[] = [];
    const warn = (_: string, name: string) => {
      warned.push(name);
      throw new Error('enough');
    };
    await expect(async () => open({ ...SHELL, warn })).rejects.toThrow('enough');
    expect(warned).toEqual(['influx-url']);
  });
});
