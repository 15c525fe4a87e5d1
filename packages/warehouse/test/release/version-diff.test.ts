import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffMarkdown } from '../../src/release/diff-text';
import { diffVersions, type VersionFile, type VersionFiles } from '../../src/release/version-diff';

const HOUR = 3_600_000;
const text = (name: string, values: readonly string[]) => ({
  name,
  kind: 'text' as const,
  codes: Int32Array.from(values.keys()),
  dictionary: values,
});

describe('two versions of a dataset', () => {
  let folder: string;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'versions-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Where each file lies. */
  const lies = new Map<VersionFile, string>();
  /** A version of these files. */
  const version = (name: string, files: readonly VersionFile[]): VersionFiles => ({
    version: name,
    files,
    fetch: async (names) =>
      new Map(files.filter((file) => names.includes(file.name)).map((file) => [file.name, lies.get(file)!])),
  });

  async function at(path: string, name: string, rows: number): Promise<VersionFile> {
    const file = { name, sha256: await sha256OfFile(path), rows };
    lies.set(file, path);
    return file;
  }

  /** A file of hours: [location, hour since 2024, value]. */
  async function hours(name: string, rows: readonly (readonly [string, number, number])[]): Promise<VersionFile> {
    const path = join(folder, `${made++}.parquet`);
    await writeParquetTable(
      path,
      rows.length,
      [
        { name: 'time', kind: 'instant', values: Float64Array.from(rows, ([, at]) => Date.UTC(2024, 0) + at * HOUR) },
        text(
          'location',
          rows.map(([place]) => place),
        ),
        text(
          'source',
          rows.map(() => 's'),
        ),
        text(
          'data_key',
          rows.map(() => 'temp'),
        ),
        { name: 'data_value', kind: 'number', values: Float64Array.from(rows, ([, , value]) => value) },
      ],
      { compression: 'small' },
    );
    return at(path, name, rows.length);
  }
  async function places(locations: readonly string[]): Promise<VersionFile> {
    const path = join(folder, `${made++}.parquet`);
    await writeParquetTable(path, locations.length, [text('location', locations)], { compression: 'small' });
    return at(path, 'dim_location.parquet', locations.length);
  }

  test('are compared year by year, and years with the same bytes are not fetched', async () => {
    const old = await hours('fact_hourly_2023.parquet', [['a', -9, 1]]);
    lies.delete(old);
    const before = version('1', [old, await hours('fact_hourly_2024.parquet', [['a', 0, 1]])]);
    const changed = await hours('fact_hourly_2024.parquet', [
      ['a', 0, 3],
      ['a', 1, 3],
    ]);
    const after = version('2', [old, changed]);
    const { hours: found } = await diffVersions(before, after);
    expect(found).toMatchObject({ table: 'fact_hourly', before: 2, after: 3, added: 1, changed: 1, same: 1 });
  });

  test('show a year that has come or gone with all its rows', async () => {
    const year = await hours('fact_hourly_2024.parquet', [['a', 0, 1]]);
    const next = await hours('fact_hourly_2025.parquet', [['a', 366 * 24, 1]]);
    const two = version('1', [year, next]);
    const one = version('2', [year]);
    expect((await diffVersions(two, one)).hours).toMatchObject({ removed: 1, same: 1, monthsGone: ['2025-01'] });
    expect((await diffVersions(one, two)).hours).toMatchObject({ added: 1, same: 1, monthsGone: [] });
  });

  test('are compared by the flat table if one of them has no other', async () => {
    const flat = await hours('building.parquet', [['a', 0, 1]]);
    const before = version('1', [flat]);
    const changed = await hours('building.parquet', [['a', 0, 2]]);
    const after = version('2', [changed, await hours('fact_hourly_2024.parquet', [['a', 0, 2]])]);
    const found = await diffVersions(before, after);
    expect(found.hours).toMatchObject({ table: 'building', changed: 1 });
    expect(found.tablesAdded).toEqual(['fact_hourly']);
  });

  test('name the locations that are gone, and show names as they are, never as Markdown', async () => {
    const hour = await hours('b.parquet', [['[x](http://x)', 0, 1]]);
    const before = version('1', [hour, await places(['[x](http://x)', 'b'])]);
    const after = version('2', [await hours('b.parquet', []), await places(['b'])]);
    const found = await diffVersions(before, after);
    expect(found.locationsGone).toEqual(['[x](http://x)']);
    expect(diffMarkdown(found)).not.toContain('[x](http');
  });

  test('cannot be compared if a table has a row twice', async () => {
    const twice = await hours('b.parquet', [
      ['a', 0, 1],
      ['a', 0, 2],
    ]);
    const once = await hours('b.parquet', [['a', 0, 1]]);
    await expect(diffVersions(version('1', [once]), version('2', [twice]))).rejects.toMatchObject({
      details: { code: 'version-unreadable', where: 'b.parquet' },
    });
  });
});
