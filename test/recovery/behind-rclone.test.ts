import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, NOW } from '../support/building';
import { warehouse } from '../support/command-line';
import { flipByte, lose, publishedBuilding, waitingNight } from '../support/damaged';
import { fileTree, readWholeVersion } from '../support/published';

const { RCLONE, PATH } = process.env;

describe.skipIf(!RCLONE)('a warehouse behind rclone that lost a month', () => {
  let building: Building;
  const run = async (command: string, options: readonly string[] = []) => {
    const config = join(building.folder, 'rclone.conf');
    await writeFile(config, `[sm2drive]\ntype = alias\nremote = ${building.drive}\n`);
    const place = ['--rclone-config', config, '--warehouse', 'sm2drive:Warehouse', '--now', NOW];
    return warehouse([command, ...place, ...options], { env: { PATH: `${dirname(RCLONE!)}${delimiter}${PATH}` } });
  };
  beforeAll(async () => {
    building = await publishedBuilding();
  }, 120_000);
  afterAll(() => building.remove());

  test('gets it back by heal, and by the next night', async () => {
    const whole = await fileTree(building.warehouse);
    const damage = async () => {
      const { partitions } = await readWholeVersion(building.warehouse);
      await lose(join(building.warehouse, partitions[0]!.aggregates.path));
      await lose(join(building.warehouse, partitions[1]!.archive.path));
      await flipByte(join(building.warehouse, partitions[0]!.archive.path));
    };
    await damage();
    expect((await run('verify')).code).toBe(5);
    const healed = await run('heal');
    expect([healed.code, await fileTree(building.warehouse)]).toEqual([0, whole]);

    await damage();
    await waitingNight(building.warehouse);
    const night = await run('aggregate-publish');
    expect(night.stderr).toContain('partition-healed');
    expect(night.code).toBe(0);
    expect((await readWholeVersion(building.warehouse)).generation).toBe(3);
  }, 120_000);
});
