import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { fileOf, lose, publishedBuilding, waitingNight } from '../support/damaged';
import { handOver } from '../support/made-facts';
import { projectWith } from '../support/project';
import { fileTree, readDataset } from '../support/published';
import { read, WORKFLOWS } from '../support/repository-files';

const OLD = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');
const OCTOBER = [{ datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 5, minutes: 20 }] as const;
const NOVEMBER = [{ datasource: 'indoor', from: '2024-11-10T00:00:00Z', hours: 5, minutes: 20 }] as const;

/** What README says that this does not do: when one of these fails, the limit is gone, and its line must go too. */
describe('a limit that README names', () => {
  let building: Building;
  beforeEach(async () => {
    building = await newBuilding();
  });
  afterEach(() => building.remove());

  const done = async (command: string, ...options: string[]) => {
    const { code, stderr, stdout } = await building.run(command, options);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return stderr + stdout;
  };
  const project = (seeds: Parameters<typeof projectWith>[1]) => projectWith(join(building.folder, 'project'), seeds);
  const normalized = () => readdir(join(building.warehouse, 'normalized')).catch(() => []);

  test('limit: Hours of an earlier pipeline (Moving in) are in the public table, not in the monthly tables.', async () => {
    await done('import-legacy', OLD);
    expect((await readDataset(building.warehouse)).length).toBeGreaterThan(3000);
    expect(await normalized()).toEqual([]);
  });

  test('limit: Uploads are delimited text or JSON: archives, spreadsheets and Parquet are refused.', async () => {
    const sheet = Buffer.from('PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml', 'latin1');
    for (const bytes of [gzipSync('Date;x\n'), sheet, Buffer.from('PAR1\x15\x04\x15\0PAR1', 'latin1')]) {
      const upload = join(building.uploadFolder('Vzduchotechnika'), 'Graph_1.csv');
      await writeFile(upload, bytes);
      const { code, stdout, stderr } = await building.run('validate', [upload]);
      expect({ code, told: (stdout + stderr).includes('error not-tabular') }).toEqual({
        code: 2,
        told: true,
      });
    }
  });

  test('limit: The engine `influxdb` needs InfluxDB 2.7 or a later 2.x, because InfluxDB 3 has no Flux.', async () => {
    await handOver(building.warehouse, 1, OCTOBER);
    for (const version of ['v2.6.1', 'v3.0.1']) {
      const server = createServer((_, reply) =>
        reply.setHeader('x-influxdb-version', version).end(JSON.stringify({ status: 'pass', version })),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const options = ['--engine', 'influxdb', '--influx-url', url, '--influx-org', 'house'];
      const { code, stderr } = await building.run('aggregate-publish', options, { env: { INFLUX_TOKEN: 'token' } });
      server.close();
      expect(stderr).toContain('code=influx-version');
      expect(code).toBe(3);
    }
  });

  test('limit: Only the engine `influxdb` computes aggregation levels that are Flux queries.', async () => {
    const own = await project({
      aggregations: (seed) => seed.replace(/$/m, ',flux').trimEnd().concat('\nmedian,1h,UTC,median.flux\n'),
    });
    await writeFile(join(own, 'seeds', 'median.flux'), 'from(bucket: v.bucket)\n');
    await handOver(building.warehouse, 1, OCTOBER);
    expect(await done('aggregate-publish', '--project', own)).toContain('level-needs-influxdb');
    expect((await normalized()).filter((name) => name.startsWith('median'))).toEqual([]);
  });

  test('limit: Levels under an hour reach a published month only when it is rebuilt.', async () => {
    await handOver(building.warehouse, 1, OCTOBER);
    await done('aggregate-publish');
    const own = await project({ aggregations: (seed) => `${seed.trimEnd()}\nthirds,20m,UTC\n` });
    await handOver(building.warehouse, 2, NOVEMBER);
    await done('aggregate-publish', '--project', own);
    expect((await normalized()).filter((name) => /thirds_2024-10/.test(name))).toEqual([]);
    expect((await normalized()).filter((name) => /thirds_2024-11/.test(name))).toHaveLength(1);
    await done('backfill', '--project', own, '--from', '2024-10', '--to', '2024-10', '--mode', 'all');
    expect((await normalized()).filter((name) => /thirds_2024-10/.test(name))).toHaveLength(1);
  });

  test('limit: The tests run on Linux only: macOS should work, and Windows is not tested.', () => {
    const runners = WORKFLOWS.flatMap((path) =>
      Object.values(parse(read(path)).jobs as Record<string, { 'runs-on': string }>),
    );
    expect(new Set(runners.map((job) => job['runs-on']))).toEqual(new Set(['ubuntu-24.04']));
  });

  test('no limit any more: renaming a dataset removes the stable copies under its old name', async () => {
    await handOver(building.warehouse, 1, OCTOBER);
    await done('aggregate-publish');
    const own = await project({ dataset: (seed) => seed.replace('sm2_public_dataset', 'school') });
    await handOver(building.warehouse, 2, NOVEMBER);
    await done('aggregate-publish', '--project', own);
    const names = await readdir(join(building.warehouse, 'public'));
    expect(names).toContain('school.parquet');
    expect(names.filter((name) => name.startsWith('sm2_public_dataset'))).toEqual([]);
  });

  test('limit: A new exclusion, plausible range or mapping reaches a published month only by a backfill, which is run by hand.', async () => {
    await handOver(building.warehouse, 1, OCTOBER);
    await done('aggregate-publish');
    const own = await project({
      exclusions: (seed) =>
        `${seed.trimEnd()}\nindoor,SM2_01_L1_01,temp_indoor,2024-10-01T00:00:00Z,2024-11-01T00:00:00Z,broken\n`,
    });
    await handOver(building.warehouse, 2, NOVEMBER);
    await done('aggregate-publish', '--project', own);
    const october = async () =>
      (await readDataset(building.warehouse)).filter(({ time }) => time.startsWith('2024-10')).length;
    expect(await october()).toBe(5);
    await done('backfill', '--project', own, '--from', '2024-10', '--to', '2024-10');
    expect(await october()).toBe(0);
  });
});

test('limit: `heal` cannot restore raw copies and manifests.', async () => {
  const building = await publishedBuilding();
  const manifest = join(await waitingNight(building.warehouse), 'manifest.json');
  const raw = Object.keys(await fileTree(building.warehouse)).find((path) => path.startsWith('raw/'))!;
  await lose(manifest);
  await lose(await fileOf(building.warehouse, dirname(raw), ''));
  const { code, stderr } = await building.run('heal');
  await building.remove();
  expect(stderr).toMatch(/hand-over-unaccounted \[indoor\] facts\//);
  expect(stderr).toMatch(/file-absent raw\//);
  expect(code).toBe(5);
});
