import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { warehouse } from '../support/command-line';

/** Four nights of version 0.1.0, the first of which was imported from an earlier pipeline. */
const KEPT = join(import.meta.dirname, '0.1.0', 'moved-in', 'drive');

describe('the versions of a kept warehouse', () => {
  let drive: string;
  let versions: readonly string[];
  beforeAll(async () => {
    drive = await mkdtemp(join(tmpdir(), 'diff-'));
    await cp(KEPT, drive, { recursive: true });
    versions = (await readdir(join(drive, 'Warehouse', 'public', 'versions'))).sort();
  });
  afterAll(() => rm(drive, { recursive: true }));

  const diff = (...words: readonly string[]) =>
    warehouse(['diff', ...words, '--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse'], {});

  /** What DuckDB counts between two versions, joined by key. */
  async function counted(from: string, to: string) {
    const table = (version: string) =>
      `read_parquet('${join(drive, 'Warehouse', 'public', 'versions', version, 'sm2_public_dataset.parquet')}')`;
    const db = await (await DuckDBInstance.create()).connect();
    const values = ['measurement', 'data_value', 'n', 'minimum', 'maximum'];
    const reader = await db.runAndReadAll(`
      select count(*) filter (a.time is null)::int as added, count(*) filter (b.time is null)::int as removed,
             count(*) filter (a.time is not null and b.time is not null
               and (${values.map((one) => `a.${one} is distinct from b.${one}`).join(' or ')}))::int as changed
      from ${table(from)} a full join ${table(to)} b
        on a.time = b.time and a.location = b.location and a.source = b.source and a.data_key = b.data_key`);
    return reader.getRowObjectsJS()[0]!;
  }

  test('differ by the hours that DuckDB counts', async () => {
    const pairs = versions.flatMap((from, at) => versions.slice(at).map((to) => [from, to] as const));
    for (const [from, to] of [...pairs, [versions.at(-1)!, versions[0]!] as const]) {
      const { stdout, code } = await diff(from, to, '--json');
      expect(code).toBe(0);
      const { added, removed, changed } = JSON.parse(stdout).hours;
      expect([from, to, { added, removed, changed }]).toEqual([from, to, await counted(from, to)]);
    }
  });

  test('are compared with the one before, if no version is named', async () => {
    const { stdout } = await diff();
    expect(stdout).toMatch(new RegExp(`^# ${versions.at(-2)} → ${versions.at(-1)}\n`));
    expect(stdout).toMatch(/Of \d+ hours \d+ changed and \d+ were removed; \d+ are new\./);
  });

  test('are listed where one is named that the warehouse does not have', async () => {
    const { stderr, code } = await diff('2031.01.1');
    expect(code).toBe(3);
    expect(stderr).toContain('code=version-absent');
    for (const version of versions) expect(stderr).toContain(version);
  });

  test('that are damaged are refused before a row is compared', async () => {
    const [first, second] = versions;
    const path = join(drive, 'Warehouse', 'public', 'versions', second!, 'sm2_public_dataset.parquet');
    await writeFile(path, 'PAR1 not a table PAR1');
    const { stderr, code } = await diff(first!, second!);
    expect([code, /code=hash-count/.test(stderr)]).toEqual([5, true]);
  });
});
