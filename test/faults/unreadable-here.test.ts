import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { failureOf as refusalOf } from '@sensor-warehouse/model/findings/io-failure';
import type { Store } from '@sensor-warehouse/storage/store';
import { fetchPending } from '@sensor-warehouse/warehouse/layout/pending';
import { EMPTY_POINTER } from '@sensor-warehouse/warehouse/layout/pointer';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { samples, thermoPro } from '../support/made-exports';
import { handOver } from '../support/made-facts';
import { openNight } from '../support/made-night';
import { ingest } from '../support/stages';

const OCTOBER = { datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 5 } as const;

let building: Building;
let night: Context;
beforeEach(async () => {
  building = await newBuilding();
  night = await openNight(building);
});
afterEach(() => building.remove());

/** A name that is there, and that nobody can look at. */
async function loopAt(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(path, path);
}

/** What a command would tell of it. */
async function toldOf(work: Promise<unknown>): Promise<Failure['details'] | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => asFailure(error, 'test').details,
  );
}

const IN_A_CIRCLE = { class: 'remote-permanent', code: 'local-io', what: expect.stringContaining('(ELOOP)') };

describe('a file that exists but cannot be read is reported as unreadable, not as absent', () => {
  test('when it is an upload in the work folder', async () => {
    await building.upload('Indoor', thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [1])));
    const remotes = {
      open: (address: string): Store => ({
        ...night.remotes.open(address),
        downloadAll: async (files) => {
          for (const local of files.values()) await loopAt(local);
        },
      }),
    };
    expect(await toldOf(ingest({ ...night, remotes }))).toMatchObject(IN_A_CIRCLE);
  });

  test('when it is facts in the work folder', async () => {
    const generation = await handOver(building.warehouse, 1, [OCTOBER]);
    await loopAt(join(night.work, 'facts', generation.split('/').at(-1)!, 'fact.parquet'));
    expect(await toldOf(fetchPending(night, EMPTY_POINTER))).toMatchObject(IN_A_CIRCLE);
  });

  test('when it is the configuration of rclone', async () => {
    const config = join(building.folder, 'rclone.conf');
    await loopAt(config);
    const { code, stderr } = await building.run('status', ['--rclone-config', config]);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(`(ELOOP) at ${config}; `) });
  });
});

test('facts without a manifest are not called unreadable when the remote fails', async () => {
  const generation = await handOver(building.warehouse, 1, [OCTOBER]);
  await rm(join(generation, 'manifest.json'));
  const warehouse: Store = {
    ...night.warehouse,
    download: async () => {
      throw refusalOf('ETIMEDOUT', 'ETIMEDOUT', { stage: 'storage', where: 'sm2drive:' });
    },
  };
  const told = await toldOf(verify({ ...night, warehouse }, false));
  expect(told).toMatchObject({ class: 'remote-temporary', code: 'remote-unreachable' });
});
