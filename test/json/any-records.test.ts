import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readShape } from '../support/configured-source';
import { readParquet } from '../support/published';

/** What is asked for of each record, and what is not. */
interface Asked {
  readonly at: unknown;
  readonly station: string;
  readonly temp: unknown;
  readonly rest: fc.JsonValue;
}

const TIME = 1733043600;
const temperature = fc.integer({ min: -300, max: 300 }).map((tenths) => tenths / 10);
const odd = fc.constantFrom<unknown>(
  null,
  '',
  '12.5',
  ' 3 ',
  'warm',
  true,
  [1],
  {},
  -0,
  1e-7,
  1e21,
  '1e2',
  '0x10',
  '1,5',
);
const asked = fc.array(
  fc.record({
    at: fc.oneof({ weight: 8, arbitrary: fc.constant('in turn') }, fc.constantFrom<unknown>(null, 'x', true)),
    station: fc.constantFrom('Prague', 'Brno'),
    temp: fc.oneof({ weight: 2, arbitrary: temperature }, odd),
    rest: fc.jsonValue({ maxDepth: 1 }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** The same records as a list, as lines, and inside of a document. */
const FORMS = {
  list: {
    fileName: 'shape.json',
    pointers: 'at;station;temp',
    write: (records: readonly Asked[]) => JSON.stringify(records),
  },
  lines: {
    fileName: 'shape.ndjson',
    pointers: 'at;station;temp',
    write: (records: readonly Asked[]) => records.map((record) => JSON.stringify(record)).join('\n'),
  },
  document: {
    fileName: 'shape.json',
    pointers: 'at=a.list[].t;station=a.list[].s.n;temp=a.list[].m[1].v',
    write: (records: readonly Asked[]) => {
      const list = records.map(({ at, station, temp, rest }) => ({ t: at, s: { n: station }, m: [rest, { v: temp }] }));
      return JSON.stringify({ a: { list } }, undefined, 1);
    },
  },
} as const;

/** What a cell means: undefined if it is not a reading, null if it is empty. */
function meaning(value: unknown): number | null | undefined {
  if (value === null || value === '') return null;
  if (typeof value === 'string') return /^ ?-?[0-9]+(\.[0-9]+)?(e[0-9]+)? ?$/.test(value) ? Number(value) : undefined;
  return typeof value === 'number' && Math.abs(value) < 1e21 ? value : undefined;
}

test('any records land as JSON.parse reads them, or are counted as quarantined, in each form of JSON', async () => {
  const form = fc.constantFrom(...(Object.keys(FORMS) as (keyof typeof FORMS)[]));
  const check = async (given: readonly Asked[], kind: keyof typeof FORMS) => {
    const folder = await mkdtemp(join(tmpdir(), 'records-'));
    try {
      const { fileName, pointers, write } = FORMS[kind];
      const records = given.map((one, i) => ({ ...one, at: one.at === 'in turn' ? TIME + 60 * i : one.at }));
      const row = {
        type: 'json',
        layout: 'long',
        required_columns: pointers,
        time_columns: 'at',
        datetime_format: '%s',
      };
      const shape = {
        fileName,
        row: { ...row, sensor_column: 'station', reject_limit: '100' },
        mapping: 'column,data_key\ntemp,temp_ambient\n',
        sensors: 'sensor,location\nPrague,SM2_01_L1_01\nBrno,SM2_02_L1_01\n',
      };
      const { verdict, counts } = await readShape(folder, shape, Buffer.from(write(records)));
      const parts = (await readdir(folder)).filter((name) => name.startsWith('landing'));
      const landed = (await Promise.all(parts.map((part) => readParquet(join(folder, part))))).flat();
      const expected = records.flatMap(({ at, station, temp }, i) => {
        const value = meaning(temp);
        // What is minus nothing is nothing.
        return typeof at === 'number' && value !== undefined ? [[i + 1, station, value === 0 ? 0 : value]] : [];
      });
      expect(verdict).toBe('accepted');
      expect(landed.map(({ _line, station, temp }) => [_line, station, temp === 0 ? 0 : temp])).toEqual(expected);
      expect([counts.lines, counts.landed, counts.quarantined]).toEqual([
        records.length,
        expected.length,
        records.length - expected.length,
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  await fc.assert(fc.asyncProperty(asked, form, check), { numRuns: 40 });
}, 60_000);
