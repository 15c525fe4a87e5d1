import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ventilation } from '../support/contracts';
import { exportOf, GOOD } from './bad-input';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archives-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const room = newRoom();

/** Reads the bytes as an upload with a name that ends with .gz. */
async function read(bytes: Buffer | Readable): Promise<ExportReport> {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  return readExport(
    { path, name: 'Graph_sm2_01.csv.gz', ordinal: 1 },
    ventilation,
    `${path}.landing`,
    Date.UTC(2027, 5),
    room,
  );
}

/** Zeros that are squeezed to a thousandth. */
async function bomb(megabytes: number): Promise<string> {
  const path = join(folder, `bomb-${megabytes}`);
  const zeros = Readable.from(Array.from({ length: megabytes }, () => Buffer.alloc(1 << 20)));
  await pipeline(zeros, createGzip(), async (packed) => writeFile(path, packed));
  return path;
}

describe('row 68: an archive', () => {
  const whole = exportOf(...GOOD);

  test('that is compressed a thousandfold is refused, long before all of it is on the disk', async () => {
    const report = await read(createReadStream(await bomb(200)));
    expect(report.findings).toMatchObject([{ code: 'archive-too-large', severity: 'error' }]);
    expect(Number(/more than (\d+) bytes/.exec(report.findings[0]!.found!)?.[1])).toBeLessThan(20 * 2 ** 20);
  });

  test('of many members that are each a bomb is refused too', async () => {
    const member = gzipSync(Buffer.alloc(1 << 20));
    const report = await read(Buffer.concat(Array.from({ length: 40 }, () => member)));
    expect(report.findings).toMatchObject([{ code: 'archive-too-large' }]);
  });

  test('in an archive is not a table, and is not opened', async () => {
    const report = await read(gzipSync(gzipSync(whole)));
    expect(report.findings).toMatchObject([{ code: 'not-tabular', found: expect.stringMatching(/gzip/i) }]);
  });

  test('of several files, whatever their names, is not a table: nothing is unpacked to a name in it', async () => {
    const before = await readdir(folder);
    const zip = Buffer.concat([
      Buffer.from([0x50, 0x4b, 0x03, 0x04]),
      Buffer.alloc(22),
      Buffer.from([16, 0, 0, 0]),
      Buffer.from('../../escape.csv'),
      Buffer.from(whole),
    ]);
    for (const bytes of [zip, gzipSync(zip)]) {
      const report = await read(bytes);
      expect(report.findings).toMatchObject([{ code: 'not-tabular' }]);
    }
    expect((await readdir(folder)).filter((name) => !before.includes(name) && name !== 'upload')).toEqual([]);
  });

  test('leaves no decompressed copy behind', async () => {
    const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('warehouse-gzip-'));
    const before = await copies();
    await read(createReadStream(await bomb(30)));
    await read(gzipSync(whole));
    expect((await copies()).filter((name) => !before.includes(name))).toEqual([]);
  });
});
