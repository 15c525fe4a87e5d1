import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { seedsWith } from '../support/configured-source';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { openNight, prepareHandOver } from '../support/made-night';
import { fileTree } from '../support/published';
import { ingest, publishFacts, validateSchema } from '../support/stages';
import { mayMount, needsMount, onSmallDisk } from './small-disk';

/** Does something while no file of this process may grow larger. */
async function withLargestFile<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const limit = (soft: string) => execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${soft}:`]);
  limit(String(bytes));
  try {
    return await work();
  } finally {
    limit('unlimited');
  }
}

const WEATHER = {
  fileName: 'shape.json',
  row: {
    type: 'json',
    layout: 'long',
    required_columns: 'at=list[].dt;station=city.name;temp=list[].temp',
    time_columns: 'at',
    datetime_format: '%s',
    sensor_column: 'station',
  },
  mapping: 'column,data_key\ntemp,temp_ambient\n',
  sensors: 'sensor,location\nPrague,SM2_01_L1_01\n',
};
const rows = samples('2024-10-20T00:00:00Z', '2024-10-27T00:00:00Z', 1, [1, 2]);
const INDOOR = thermoPro('493D', rows);
const list = rows.map(({ time, values }) => ({ dt: time / 1000, temp: values[0], note: 'x'.repeat(40) }));
const SMALL = atrea(
  'Graph_1.csv',
  UNIT_1,
  samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]),
);
const FACTS = [{ datasource: 'ventilation', from: '2024-10-20T00:00:00Z', hours: 5 }] as const;

let building: Building;
let night: Context;
beforeEach(async () => {
  building = await newBuilding();
  const configuration = await loadConfiguration(await seedsWith(building.folder, WEATHER));
  night = { ...(await openNight(building)), configuration };
  await mkdir(join(building.drive, 'Shape'));
  await building.upload('Vzduchotechnika', SMALL);
});
afterEach(() => building.remove());

/** What validation says of each upload that it was given, and which sources wait. */
async function verdicts(context: Context) {
  await ingest(context);
  const { files, held, untaken, findings } = await validateSchema(context);
  const codes = [...untaken, ...findings].filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return {
    accepted: files.filter(({ verdict }) => verdict === 'accepted').map(({ datasource }) => datasource),
    held: Object.keys(held),
    codes,
  };
}

describe('exports that grow while they are read', () => {
  const SOURCES = ['ventilation', 'indoor', 'shape'];
  const ONLY_SMALL = {
    accepted: ['ventilation'],
    held: ['indoor', 'shape'],
    codes: ['upload-without-room', 'upload-without-room'],
  };
  beforeEach(async () => {
    await writeFile(join(building.uploadFolder('Indoor'), `${INDOOR.name}.gz`), gzipSync(INDOOR.text));
    const weather = JSON.stringify({ city: { name: 'Prague' }, list });
    await writeFile(join(building.drive, 'Shape', 'shape.json.gz'), gzipSync(weather));
  });

  test('to more than a file may be hold their sources, and are taken once it may', async () => {
    expect(await withLargestFile(100_000, () => verdicts(night))).toEqual(ONLY_SMALL);
    expect(await verdicts(night)).toEqual({ accepted: SOURCES, held: [], codes: [] });
  });

  test.skipIf(!mayMount)(`to more than TMPDIR holds do the same${needsMount}`, async () => {
    const { TMPDIR } = process.env;
    const small = join(building.folder, 'small');
    const found = await onSmallDisk(small, '100k', async () => {
      process.env.TMPDIR = small;
      const told = await verdicts(night);
      expect(await readdir(small)).toEqual([]);
      return told;
    }).finally(() => {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    });
    expect(found).toEqual(ONLY_SMALL);
    expect(await verdicts(night)).toEqual({ accepted: SOURCES, held: [], codes: [] });
  });
});

describe('an upload that does not fit in the work folder', () => {
  const HELD = { accepted: ['ventilation'], held: ['indoor'], codes: ['upload-without-room'] };
  beforeEach(() => building.upload('Indoor', INDOOR));

  test('because it is larger than a file may be holds its source, and is taken once it may', async () => {
    expect(await withLargestFile(100_000, () => verdicts(night))).toEqual(HELD);
    expect(await verdicts(night)).toEqual({ accepted: ['ventilation', 'indoor'], held: [], codes: [] });
  });

  test.skipIf(!mayMount)(`because others filled the disk does the same${needsMount}`, async () => {
    const work = join(building.folder, 'small', 'work');
    const ballast = join(building.folder, 'small', 'ballast');
    // There is room when it is looked for, and none any more when the upload comes.
    const open = (address: string): Store => {
      const store = night.remotes.open(address);
      const downloadAll: Store['downloadAll'] = async (files) => {
        if (address.includes('Indoor')) await writeFile(ballast, Buffer.alloc(1_900_000));
        await store.downloadAll(files);
      };
      return { ...store, downloadAll };
    };
    await onSmallDisk(join(building.folder, 'small'), '2m', async () => {
      await mkdir(work);
      const found = await ingest({ ...night, work, remotes: { open } });
      expect(found.files.map(({ datasource }) => datasource)).toEqual(['ventilation']);
      expect(found.untaken.map(({ code, datasource }) => [code, datasource])).toEqual([
        ['upload-without-room', 'indoor'],
      ]);
      await rm(ballast);
      expect(await verdicts({ ...night, work })).toEqual({ accepted: ['ventilation', 'indoor'], held: [], codes: [] });
    });
  });
});

test.skipIf(!mayMount)(
  `a warehouse whose disk is full takes nothing, and all of it with room${needsMount}`,
  async () => {
    await building.upload('Indoor', INDOOR);
    await onSmallDisk(building.warehouse, '100k', async (resize) => {
      await prepareHandOver(night, FACTS);
      await expect(publishFacts(night)).rejects.toMatchObject({
        details: {
          class: 'remote-temporary',
          code: 'disk-full',
          where: expect.stringMatching(/^sm2drive:Warehouse\/raw\/indoor\//),
        },
      });
      const left = Object.keys(await fileTree(building.warehouse));
      expect(left.filter((path) => /manifest\.json$|^facts/.test(path))).toEqual([]);
      expect(await readdir(building.uploadFolder('Indoor'))).toEqual([INDOOR.name]);

      resize('10m');
      await prepareHandOver(night, FACTS);
      expect((await publishFacts(night)).facts).toBe(5);
      expect(await readdir(building.uploadFolder('Indoor'))).toEqual([]);
    });
  },
);

test('a program that may open too few files stops before it takes anything, and reports that', async () => {
  const place = ['--remote', `sm2drive=${building.drive}`, '--warehouse', 'sm2drive:Warehouse', '--work', night.work];
  const command = [process.execPath, join(root, 'bin', 'warehouse'), 'refresh', ...place];
  const { status, stderr } = spawnSync('sh', ['-c', 'ulimit -n 24; exec "$@"', 'sh', ...command], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/class=config code=too-many-files$/m);
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
  expect(status).toBe(3);
  expect(await readdir(building.uploadFolder('Vzduchotechnika'))).toEqual([SMALL.name]);
});
