import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWholeTable } from '../src/read-whole-table';

describe('a table of another writer', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whole-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(select: string, options = ''): Promise<string> {
    const path = join(folder, `${Math.random()}.parquet`);
    const db = await (await DuckDBInstance.create()).connect();
    await db.run(`set timezone = 'UTC'`);
    await db.run(`copy (${select}) to '${path}' (format parquet${options})`);
    return path;
  }

  test('is read with all its columns, whatever their types, and with its gaps', async () => {
    const path = await written(
      `select * from (values
        (timestamptz '1969-12-31 23:00:00Z', date '2024-03-31', 'a', 1::int, 1.5::double, true, 7::bigint),
        (timestamptz '2024-10-27 01:00:00Z', null, null, null, null, null, null),
        (timestamptz '2024-10-27 02:00:00Z', date '1970-01-02', 'ž', -3, -0.25, false, 9))
        t(time, day, place, n, value, flag, big)`,
    );
    const { rows, columns } = await readWholeTable(path);
    const of = (name: string) => {
      const column = columns.get(name)!;
      return column.kind === 'text'
        ? [...column.codes].map((code) => column.dictionary[code])
        : [column.kind, ...column.values];
    };
    expect([rows, [...columns.keys()]]).toEqual([3, ['time', 'day', 'place', 'n', 'value', 'flag', 'big']]);
    expect(of('time')).toEqual(['instant', -3_600_000, Date.UTC(2024, 9, 27, 1), Date.UTC(2024, 9, 27, 2)]);
    expect(of('day')).toEqual(['date', Date.UTC(2024, 2, 31) / 86_400_000, Number.NaN, 1]);
    expect(of('place')).toEqual(['a', undefined, 'ž']);
    expect(of('n')).toEqual(['number', 1, Number.NaN, -3]);
    expect(of('value')).toEqual(['number', 1.5, Number.NaN, -0.25]);
    expect(of('flag')).toEqual(['number', 1, Number.NaN, 0]);
    expect(of('big')).toEqual(['number', 7, Number.NaN, 9]);
  });

  test('is read whole if it has many row groups', async () => {
    const path = await written(
      `select i::int as i, 'p' || (i % 7) as place from range(300000) t(i)`,
      ', row_group_size 40000',
    );
    const { rows, columns } = await readWholeTable(path);
    const [i, place] = [columns.get('i')!, columns.get('place')!];
    if (i.kind === 'text' || place.kind !== 'text') throw new Error('other kinds');
    expect(rows).toBe(300_000);
    for (const row of [0, 39_999, 40_000, 299_999])
      expect([i.values[row], place.dictionary[place.codes[row]!]]).toEqual([row, `p${row % 7}`]);
  });

  test('is refused if it is not one, or has lists', async () => {
    const none = join(folder, 'none.parquet');
    await writeFile(none, 'PAR1');
    await expect(readWholeTable(none)).rejects.toThrow(RangeError);
    await expect(written('select [1] as list').then(readWholeTable)).rejects.toThrow(/column list is List/);
  });
});
