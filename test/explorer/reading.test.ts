import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { explorerAssets } from '@sensor-warehouse/explorer/assets';
import { byteRanges } from '@sensor-warehouse/explorer/dataset/byte-ranges';
import { servedDataset } from '@sensor-warehouse/explorer/serve/served-dataset';
import { parquetMetadata } from 'hyparquet';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  chosen,
  drawn,
  listen,
  madeFolder,
  openBrowser,
  openPage,
  serveMade,
  type TestServer,
} from '../support/explorer';

const WEEK = 'q=temperature&from=2024-11-22T00:00&to=2024-11-29T00:00&lang=en&outdoor=0';
const MOST_OF_SCRIPT = 80_000;

describe.skipIf(!process.env.CHROMIUM)('how the explorer reads', () => {
  let browser: Browser;
  let building: TestServer;

  beforeAll(async () => {
    [browser, building] = await Promise.all([openBrowser(), serveMade('building')]);
  });
  afterAll(async () => {
    await browser?.close();
    await building?.close();
  });

  const readoutAt = async (address: string) => {
    const { page, complaints } = await openPage(browser, `${address}#${WEEK}&${chosen('1NP-S2')}`);
    await drawn(page);
    const text = await page.locator('.readout').innerText();
    await page.context().close();
    expect(complaints).toEqual([]);
    return text;
  };

  it('takes a script of at most 80 kB, as it travels', async () => {
    const { 'explorer.js': script } = await explorerAssets();
    expect(gzipSync(script, { level: 9 }).length).toBeLessThan(MOST_OF_SCRIPT);
  });

  it('loads nothing from elsewhere', async () => {
    const { page } = await openPage(browser, building.address);
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(building.address) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    await page.reload();
    await drawn(page);
    await page.context().close();
    expect(foreign).toEqual([]);
  });

  it('reads of the hours at most three times what the chosen series weigh', async () => {
    building.forget();
    await readoutAt(building.address);
    const weight = await weightOf(join(await madeFolder('building'), 'fact_hourly_2024.parquet'), '1NP-S2');
    const read = building.sent.get('fact_hourly_2024.parquet')!;
    expect(read).toBeGreaterThan(weight / 2);
    expect(read).toBeLessThan(3 * weight);
    expect([...building.sent.keys()].filter((name) => name.endsWith('.parquet'))).toEqual(['fact_hourly_2024.parquet']);
  });

  // A place's days of a year weigh less than the directory of a file: all places together come in one request.
  it.each([
    ['day', 'agg_daily_2024.parquet'],
    ['week', 'agg_weekly_2024.parquet'],
  ])('reads every %s of a year once, however many places are shown', async (step, file) => {
    building.forget();
    const link = WEEK.replace('2024-11-22', '2024-02-01');
    const places = chosen('1NP-S2', '5NP-S1', '7NP-S1');
    const { page } = await openPage(browser, `${building.address}#${link}&step=${step}&${places}`);
    await drawn(page);
    await page.context().close();
    expect(building.sent.get(file)).toBe((await stat(join(await madeFolder('building'), file))).size);
  });

  it('asks for no range twice, and once more for one that failed', async () => {
    const asked: (string | undefined)[] = [];
    const server = await listen(
      createServer((request, response) => {
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range!)!;
        if (asked.push(request.headers.range) === 1) return response.writeHead(503).end();
        response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/1000000` });
        return response.end(Buffer.alloc(Number(to) - Number(from) + 1));
      }),
    );
    const file = byteRanges(`${server.address}a.parquet`, 1_000_000);
    await expect(file.slice(10, 20)).rejects.toThrow('503');
    const [one, other] = await Promise.all([file.slice(10, 20), file.slice(10, 20)]);
    await server.close();
    expect([one.byteLength, other.byteLength, asked]).toEqual([10, 10, ['bytes=10-19', 'bytes=10-19']]);
  });

  it('reads nothing twice: a week more of the same year costs no byte', async () => {
    const { page } = await openPage(browser, `${building.address}#${WEEK}&${chosen('1NP-S2')}`);
    await drawn(page);
    building.forget();
    await page.getByRole('button', { name: 'earlier' }).click();
    await page.getByRole('button', { name: 'month' }).click();
    await drawn(page);
    await page.context().close();
    expect([...building.sent]).toEqual([]);
  });

  it.each([
    ['compresses what it sends and says the compressed length', gzippingServer],
    ['knows no ranges', rangelessServer],
  ])('reads the same from a server that %s', async (_, make) => {
    const other = await listen(await make());
    try {
      expect(await readoutAt(other.address)).toBe(await readoutAt(building.address));
    } finally {
      await other.close();
    }
  });
});

/** Bytes of a series in the columns that a chart needs: its share of the rows. */
async function weightOf(file: string, location: string): Promise<number> {
  const bytes = await readFile(file);
  const { row_groups, num_rows } = parquetMetadata(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const needed = ['time', 'data_value', 'n', 'minimum', 'maximum'];
  const chunks = row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data!));
  const total = chunks
    .filter(({ path_in_schema }) => needed.includes(path_in_schema[0]!))
    .reduce((sum, { total_compressed_size }) => sum + Number(total_compressed_size), 0);
  // The year of a series that misses nothing, up to the end of the dataset.
  const hours = (Date.parse('2024-11-29') - Date.parse('2024-01-01')) / 3_600_000;
  expect(location).toBe('1NP-S2');
  return (total * hours) / Number(num_rows);
}

/** GitHub Pages: what is not asked for by range travels compressed, and HEAD gives the length of that. */
async function gzippingServer(): Promise<Server> {
  const find = await servedDataset(await madeFolder('building'));
  return createServer(async (request, response) => {
    const bytes = await bytesOf(await find(request.url!.slice(1) || 'index.html'));
    if (bytes === undefined) return response.writeHead(404).end();
    const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const whole = gzip ? gzipSync(bytes) : bytes;
    const headers = { ...(gzip ? { 'Content-Encoding': 'gzip' } : {}), 'Content-Type': typeOf(request.url!) };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined) {
      response.writeHead(200, { ...headers, 'Content-Length': whole.length });
      return request.method === 'HEAD' ? response.end() : response.end(whole);
    }
    const part = whole.subarray(Number(from), Number(to) + 1);
    response.writeHead(206, {
      ...headers,
      'Content-Length': part.length,
      'Content-Range': `bytes ${from}-${Number(from) + part.length - 1}/${whole.length}`,
    });
    response.end(part);
  });
}

/** Python's `http.server` and others: the whole file, whatever is asked. */
async function rangelessServer(): Promise<Server> {
  const find = await servedDataset(await madeFolder('building'));
  return createServer(async (request, response) => {
    const bytes = await bytesOf(await find(request.url!.slice(1) || 'index.html'));
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': typeOf(request.url!) }).end(bytes);
  });
}

async function bytesOf(
  served: Awaited<ReturnType<Awaited<ReturnType<typeof servedDataset>>>>,
): Promise<Buffer | undefined> {
  if (served === undefined) return undefined;
  return 'file' in served ? readFile(served.file) : Buffer.from(served.bytes);
}

const typeOf = (url: string) =>
  url === '/'
    ? 'text/html; charset=utf-8'
    : url.endsWith('.js')
      ? 'text/javascript'
      : url.endsWith('.css')
        ? 'text/css'
        : 'application/octet-stream';
