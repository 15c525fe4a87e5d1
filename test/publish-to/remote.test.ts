import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedRemote, serve } from '../../packages/model/test/support/served-remote';
import { type Building, newBuilding } from '../support/building';
import { readWholeVersion, timesWritten } from '../support/published';
import { forReaders, latestIn, publishNight, wait } from './place';

const { RCLONE, PATH } = process.env;

describe.skipIf(!RCLONE).each(['s3', 'webdav'] as const)('a place for readers behind rclone, by %s', (protocol) => {
  let building: Building;
  let served: ServedRemote;
  let place: string;
  const publish = async (address: string, config = served.config) => {
    const file = join(building.folder, 'rclone.conf');
    await writeFile(file, config);
    const options = ['--rclone-config', file, '--publish-to', address];
    return building.run('aggregate-publish', options, { env: { PATH: `${dirname(RCLONE!)}${delimiter}${PATH}` } });
  };
  const inWarehouse = () => forReaders(join(building.warehouse, 'public'));

  beforeAll(async () => {
    building = await newBuilding();
    served = await serve(RCLONE!, protocol, building.folder);
    place = join(served.folder, 'building', 'site');
    await publishNight(building, 1);
  }, 120_000);
  afterAll(async () => {
    await served.stop();
    await building.remove();
  });

  test('has what the warehouse has, and is then only listed', async () => {
    expect((await publish('served:building/site')).code).toBe(0);
    expect(await forReaders(place)).toEqual(await inWarehouse());
    expect(await latestIn(place)).toMatchObject({ generation: 1 });
    const before = await timesWritten(place);
    const again = await publish('served:building/site');
    expect([again.code, await timesWritten(place)]).toEqual([0, before]);
    expect(again.stderr).toContain('served:building/site has everything already');
  }, 240_000);

  if (protocol === 's3')
    test('that refuses its client fails the run by that name, after the warehouse published; the next run completes it', async () => {
      await wait(building, 2);
      const refused = served.config.replace(/^secret_access_key = .*$/m, 'secret_access_key = of-nobody-at-all');
      const ended = await publish('served:building/site', refused);
      expect(ended.code).toBe(5);
      expect(ended.stderr).toMatch(
        /the warehouse has published version \S+; the next run completes served:building\/site/,
      );
      expect((await readWholeVersion(building.warehouse)).generation).toBe(2);
      expect((await publish('served:building/site')).code).toBe(0);
      expect(await forReaders(place)).toEqual(await inWarehouse());
    }, 240_000);
});
