import { copyFile, cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDataset } from '../support/published';
import { linkedCopy, makeSmallWarehouse, publish, replaceFile, withNight } from '../support/small-warehouse';

describe('handed-over files that no manifest names', () => {
  let folder: string;
  let whole: string;
  let undisturbed: unknown;
  let copies = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unaccounted-'));
    whole = join(folder, 'whole');
    await makeSmallWarehouse(whole);
    const night = await copy();
    await withNight(night.drive, publish);
    undisturbed = await readDataset(night.warehouse);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const copy = async () => {
    const drive = join(folder, `copy-${++copies}`);
    await linkedCopy(whole, drive);
    const warehouse = join(drive, 'Warehouse');
    const generation = (await readdir(join(warehouse, 'facts'))).find((name) => name.startsWith('000003'))!;
    return { drive, warehouse, generation, manifest: join(warehouse, 'facts', generation, 'manifest.json') };
  };
  const heldIn = (drive: string) => withNight(drive, publish).then(({ held }) => Object.keys(held).sort());
  const doubtsIn = (drive: string) =>
    withNight(drive, async (night) =>
      (await verify(night, true)).findings.map(({ code, severity }) => [code, severity]),
    );

  test('hold their sources, which are published once the manifest is back', async () => {
    const { drive, warehouse, manifest } = await copy();
    await rename(manifest, join(folder, 'aside'));
    expect(await doubtsIn(drive)).toContainEqual(['hand-over-unaccounted', 'warning']);
    expect(await heldIn(drive)).toEqual(['indoor', 'ventilation']);
    await rename(join(folder, 'aside'), manifest);
    expect(await heldIn(drive)).toEqual([]);
    expect(await readDataset(warehouse)).toEqual(undisturbed);
  });

  test('hold them even if the facts are gone', async () => {
    const { drive, manifest } = await copy();
    await rm(join(manifest, '..'), { recursive: true });
    expect(await heldIn(drive)).toEqual(['indoor', 'ventilation']);
  });

  test('hold them if only the facts are left', async () => {
    const { drive, warehouse, generation, manifest } = await copy();
    await rm(manifest);
    for (const source of ['indoor', 'ventilation'])
      await rm(join(warehouse, 'raw', source, generation), { recursive: true });
    expect(await heldIn(drive)).toEqual(['indoor', 'ventilation']);
  });

  test('hold the source of one upload that a manifest does not name any more, and the others are published', async () => {
    const { drive, warehouse, manifest } = await copy();
    const { files, ...rest } = JSON.parse(await readFile(manifest, 'utf8')) as FactsManifest;
    const indoor = { files: files.map((file) => (file.datasource === 'indoor' ? { ...file, name: 'x.csv' } : file)) };
    await replaceFile(manifest, Buffer.from(documentText({ ...rest, ...indoor })));
    expect(await heldIn(drive)).toEqual(['indoor']);
    const latest = (rows: Awaited<ReturnType<typeof readDataset>>, name: string) =>
      rows
        .filter(({ source }) => source === name)
        .at(-1)
        ?.time.slice(0, 10);
    const rows = await readDataset(warehouse);
    expect([latest(rows, 'ThermoPro'), latest(rows, 'Atrea')]).toEqual(['2024-11-11', '2024-11-12']);
  });

  test('hold nothing once the raw copies are in the upload folder again, as the advice says', async () => {
    const { drive, warehouse, generation, manifest } = await copy();
    await rm(manifest);
    for (const [source, uploads] of [
      ['indoor', 'Indoor'],
      ['ventilation', 'Vzduchotechnika'],
    ] as const) {
      const raw = join(warehouse, 'raw', source, generation);
      for (const name of await readdir(raw))
        await copyFile(join(raw, name), join(drive, uploads, 'Latest', 'Upload', name.slice(13)));
    }
    expect(await heldIn(drive)).toEqual([]);
  });

  test('of an interrupted hand-over are reported, but not doubted: another generation has their uploads', async () => {
    const { drive, warehouse, generation } = await copy();
    const cutShort = '000004-00000000';
    await cp(join(warehouse, 'raw', 'indoor', generation), join(warehouse, 'raw', 'indoor', cutShort), {
      recursive: true,
    });
    await cp(join(warehouse, 'facts', generation), join(warehouse, 'facts', cutShort), { recursive: true });
    await rm(join(warehouse, 'facts', cutShort, 'manifest.json'));
    expect(await doubtsIn(drive)).toEqual([['hand-over-cut-short', 'info']]);
    expect(await heldIn(drive)).toEqual([]);
    expect(await readDataset(warehouse)).toEqual(undisturbed);
  });
});
