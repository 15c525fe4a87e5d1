import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asyncBufferFromUrl, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { readParquet } from '../support/published';
import { publishNight } from './place';
import { type StaticServer, serveAsPages } from './static-server';

const TABLE = 'sm2_public_dataset.parquet';
/** A browser that takes gzip, on a page of another origin. */
const requestInit = { headers: { 'accept-encoding': 'gzip', origin: 'https://reader.example' } };

let building: Building;
let place: string;
let expected: Record<string, unknown>[];
let byteLength: number;

beforeAll(async () => {
  building = await newBuilding();
  place = join(building.folder, 'place');
  await mkdir(place);
  await publishNight(building, 1, '--publish-to', place);
  await publishNight(building, 2, '--publish-to', place);
  expected = await readParquet(join(place, TABLE));
  byteLength = (await stat(join(place, TABLE))).size;
}, 120_000);
afterAll(() => building.remove());

const rowsAt = async (url: string, length?: number) => {
  const file = await asyncBufferFromUrl({ url, requestInit, ...(length === undefined ? {} : { byteLength: length }) });
  return parquetReadObjects({ file, compressors });
};

describe('a table of a place that gzips as GitHub Pages does', () => {
  let pages: StaticServer;
  beforeAll(async () => {
    pages = await serveAsPages(place);
  });
  afterAll(() => pages.stop());

  test('is read by ranges if the reader knows its length, without one HEAD', async () => {
    expect(expected.length).toBe(10);
    expect(await rowsAt(`${pages.address}/${TABLE}`, byteLength)).toEqual(expected);
    expect(pages.requests.filter((one) => !/^GET bytes=\d+-\d+$/.test(one))).toEqual([]);
    expect(pages.requests.length).toBeGreaterThan(0);
  });

  test('is read by the lines of docs/publish.md', async () => {
    const [, lines] = /^```js\n([\s\S]*?)^```$/m.exec(await readFile(join(root, 'docs', 'publish.md'), 'utf8'))!;
    await writeFile(join(place, 'files.json'), JSON.stringify({ files: [{ name: TABLE, bytes: byteLength }] }));
    const code = lines!.replace('https://OWNER.github.io/REPOSITORY', pages.address);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: root,
    });
    expect(stdout.match(/data_value: /g)).toHaveLength(10);
    expect(pages.requests.filter((one) => one.startsWith('HEAD'))).toEqual([]);
  });

  test('is not to be read by a length that HEAD says', async () => {
    const head = await fetch(`${pages.address}/${TABLE}`, { method: 'HEAD', ...requestInit });
    expect(Number(head.headers.get('content-length'))).not.toBe(byteLength);
    await expect(rowsAt(`${pages.address}/${TABLE}`)).rejects.toThrow();
  });
});

/** A server that shares no code with ours: the one of rclone, as a reader of another origin sees it. */
describe.skipIf(!process.env.RCLONE)('a table of a place that is served with ranges and CORS', () => {
  let address: string;
  let stop: () => void;
  beforeAll(async () => {
    const config = join(building.folder, 'server.conf');
    await writeFile(config, '');
    const args = ['serve', 'http', place, '--addr=127.0.0.1:0', `--config=${config}`, '--allow-origin=*'];
    const child = spawn(process.env.RCLONE!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    stop = () => child.kill('SIGKILL');
    address = await new Promise((resolve) => {
      let said = '';
      child.stderr.on('data', (text: Buffer) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
        if (found !== null) resolve(found[0]);
      });
    });
  }, 30_000);
  afterAll(() => stop());

  test('is read by ranges, stable or of a version, which pages of other origins may do', async () => {
    const latest = (await (await fetch(`${address}/latest.json`, requestInit)).json()) as { readonly version: string };
    for (const url of [`${address}/${TABLE}`, `${address}/versions/${latest.version}/${TABLE}`]) {
      const answer = await fetch(url, { headers: { ...requestInit.headers, range: 'bytes=0-3' } });
      expect([answer.status, await answer.text(), answer.headers.get('access-control-allow-origin')]).toEqual([
        206,
        'PAR1',
        '*',
      ]);
      expect(await rowsAt(url, byteLength)).toEqual(expected);
    }
  });
});
