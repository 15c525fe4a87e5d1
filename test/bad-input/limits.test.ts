import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { driftPolicyOf } from '@sensor-warehouse/model/seeds/drift-policy';
import { DEFAULT_LIMITS, type Limits } from '@sensor-warehouse/model/seeds/limits';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HEADER, OUTDOOR, ventilation } from '../support/contracts';
import { exportOf, GOOD, lines } from './bad-input';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let runs = 0;
/** Reads an export with these limits: what it came to, and how many parts of a landing are left of it. */
async function read(bytes: string | Buffer, limits: Partial<Limits>, name = 'Graph_sm2_01.csv', source = ventilation) {
  const place = join(folder, String(runs++));
  await writeFile(`${place}.upload`, bytes);
  const file = { path: `${place}.upload`, name, ordinal: 1 };
  const room = newRoom({ ...DEFAULT_LIMITS, ...limits });
  const report = await readExport(file, source, `${place}.landing`, Date.UTC(2027, 5), room);
  const { verdict, findings, counts, holds } = report;
  const parts = (await readdir(folder)).filter((one) => one.startsWith(`${runs - 1}.landing`)).length;
  return {
    verdict,
    told: findings.map(({ code, line }) => [code, line].join(' ').trim()),
    counts,
    parts,
    findings,
    holds,
  };
}

const two = exportOf(...GOOD);
const widest = two
  .split('\r\n')
  .slice(0, -1)
  .reduce((most, line) => Math.max(most, Buffer.byteLength(line)), 0);
/** One more column that says nothing makes a third delimiter, and a fourth cell. */
const wide = lines(`${HEADER};`, ...GOOD.map((row) => `${row};`));

describe.each([
  ['bytes', two, { bytes: Buffer.byteLength(two) }, 'file-too-large', 3],
  ['bytes of what a gzip holds', gzipSync(two), { bytes: Buffer.byteLength(two) }, 'archive-too-large', 0],
  ['rows', two, { rows: 2 }, 'too-many-rows 3', 2],
  ['columns', wide, { columns: 4 }, 'too-many-columns 1', 3],
  ['bytes of a row', two, { rowBytes: widest }, 'line-too-long 1', 3],
] as const)('the limit of %s', (what, bytes, limit, finding, quarantined) => {
  const name = what.includes('gzip') ? 'Graph_sm2_01.csv.gz' : undefined;
  const [key, most] = Object.entries(limit)[0]!;

  test('takes an export that is just as large', async () => {
    const { verdict, counts, told } = await read(bytes, limit, name);
    expect({ verdict, landed: counts.landed, told: told.filter((one) => one !== 'trailing-delimiter') }).toEqual({
      verdict: 'accepted',
      landed: 2,
      told: [],
    });
  });

  test('refuses one that is larger by one, all of it, and says which limit it is', async () => {
    const { verdict, counts, told, parts, findings } = await read(bytes, { [key]: most - 1 }, name);
    expect({ verdict, told, parts, landed: counts.landed, quarantined: counts.quarantined }).toEqual({
      verdict: 'refused',
      told: [finding],
      parts: 0,
      landed: 0,
      quarantined,
    });
    expect(`${findings[0]!.found} ${findings[0]!.expected}`).toContain(String(most - 1));
  });
});

describe('the limit of findings', () => {
  const strange = lines(`${HEADER};a;b;c`, ...GOOD.map((row) => `${row};1;2;3`));

  test('keeps the number that it sets', async () => {
    expect((await read(strange, { findings: 3 })).told).toEqual(['extra-label 1', 'extra-label 1', 'extra-label 1']);
  });

  test('combines all others in one, which counts them and has their severity', async () => {
    const { verdict, told, findings } = await read(strange, { findings: 2 });
    expect({ verdict, told }).toEqual({
      verdict: 'refused',
      told: ['extra-label 1', 'extra-label 1', 'more-findings'],
    });
    expect(findings[2]).toMatchObject({ count: 1, severity: 'error', found: '3 findings' });
  });

  test('does not decide whether the source is held: a change that holds may be one that is not reported', async () => {
    const doubled = lines(`${HEADER};${OUTDOOR};a`, ...GOOD.map((row) => `${row};1;2`));
    const onDrift = driftPolicyOf('duplicate-label=quarantine|more-findings=quarantine|*=hold');
    const { told, holds } = await read(doubled, { findings: 1 }, undefined, { ...ventilation, onDrift });
    expect({ told, holds }).toEqual({ told: ['duplicate-label 1', 'more-findings'], holds: true });
  });
});
