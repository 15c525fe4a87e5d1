import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NightWithMetadata, nightWithMetadata, python } from '../support/night-with-metadata';

const RUN_BLOCK = join(import.meta.dirname, 'run-block.py');
const RUN_SQL = join(import.meta.dirname, 'run-sql.py');

describe('the queries of a dataset’s README', () => {
  let night: NightWithMetadata;
  let server: Server;
  let address: string;
  let fetched: string[];
  const blocksOf = (readme: string) =>
    [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
      language: language!,
      code: code!,
    }));
  const local = () => blocksOf(night.files.get('README.md')!);
  const byAddress = () => blocksOf(metadataFiles({ ...night.described, address }).get('README.md')!);

  beforeAll(async () => {
    night = await nightWithMetadata();
    fetched = [];
    server = createServer(async ({ url, method, headers }, answer) => {
      const path = join(night.folder, url!);
      const { size } = await stat(path);
      const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
      const start = from === undefined ? 0 : from === '' ? Math.max(0, size - Number(to)) : Number(from);
      const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
      fetched.push(url!);
      answer.writeHead(headers.range === undefined ? 200 : 206, {
        'accept-ranges': 'bytes',
        'content-length': end - start + 1,
        ...(headers.range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
      });
      if (method === 'HEAD') answer.end();
      else createReadStream(path, { start, end }).pipe(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await night.remove();
  });

  test('begins with queries for DuckDB, pandas, polars and R', () => {
    expect(night.files.get('README.md')!.split('\n## ')[1]).toMatch(/^Reading it\n/);
    expect(local().map(({ language }) => language)).toEqual(['sql', 'python', 'python', 'r', 'python']);
    expect(night.files.get('README.md')).toMatch(/# pandas[\s\S]*# polars[\s\S]*# R, with arrow/);
  });

  test('asks by address what it asks in the folder: there is no other difference, so that R’s is the one nobody ran', () => {
    for (const [at, { code }] of byAddress().entries()) {
      expect(code).toContain(`'${address}/sm2_public_dataset.parquet'`);
      const here = code.replace(/^download\.file\(.*\n/m, '').replaceAll(`${address}/`, '');
      expect(here).toBe(local()[at]!.code);
    }
  });

  const expected = async (more: string) => {
    const month = /time >= '(\S+) [\s\S]*time < '(\S+) /.exec(local()[0]!.code)!;
    const { location, dataKey } = night.described.summary.example!;
    const series = more === '' ? '' : `and location = '${location}' and data_key = '${dataKey}'`;
    const sql = `select strftime(time at time zone 'UTC', '%Y-%m-%dT%H:%M:%S+00:00'), location, data_key, data_value
      from '${join(night.folder, 'sm2_public_dataset.parquet')}' where time >= '${month[1]} 00:00:00+00:00'
      and time < '${month[2]} 00:00:00+00:00' ${series}`;
    return night.rows(sql);
  };
  const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.join('|')).sort();

  test('asks DuckDB for hours that there are', async () => {
    const shown = await night.rows(local()[0]!.code);
    expect(shown.map(([, value]) => value).sort()).toEqual((await expected('one')).map((row) => row[3]).sort());
    expect(shown.length).toBeGreaterThan(0);
  });

  test.skipIf(!process.env.DUCKDB_PYTHON)('asks DuckDB by address for the same hours, by ranges', async () => {
    const before = fetched.length;
    const ran = execFile(process.env.DUCKDB_PYTHON!, [RUN_SQL]);
    ran.stdin!.end(byAddress()[0]!.code);
    const rows = JSON.parse(await text(ran.stdout!)) as [time: string, value: number][];
    expect(rows.map(([, value]) => value).sort()).toEqual((await expected('one')).map((row) => row[3]).sort());
    expect(rows.length).toBeGreaterThan(0);
    expect(fetched.length).toBeGreaterThan(before);
  });

  test.skipIf(!process.env.PANDAS_PYTHON).each([
    ['pandas', 1, ''],
    ['polars', 2, 'one'],
  ])('gives %s the rows that DuckDB has, from the folder and by address', async (_, at, more) => {
    const rows = await expected(more);
    expect(rows.length).toBeGreaterThan(0);
    for (const blocks of [local(), byAddress()]) {
      const before = fetched.length;
      const { code, out, err } = await python([RUN_BLOCK], night.folder, blocks[at]!.code);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(sorted(JSON.parse(out))).toEqual(sorted(rows));
      expect(fetched.length > before).toBe(blocks[at]!.code.includes('http'));
    }
  });
});
