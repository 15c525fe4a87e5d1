import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { listBuckets } from '@sensor-warehouse/influx/buckets';
import { type LocalServer, startLocalServer } from '@sensor-warehouse/influx/local-server';
import { shiftMonth } from '@sensor-warehouse/model/month';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/aggregate/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/aggregate/influx-engine';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { monthWith, readingsEvery } from './made-window';

const { INFLUXD } = process.env;
const WINDOWS = 7;
const SERIES = ['a', 'b', 'c', 'd', 'e'];

describe.skipIf(!INFLUXD)('a past of many windows', () => {
  let folder: string;
  let local: LocalServer;
  let engine: Engine;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'windows-'));
    // The server's own folder is made within it.
    vi.stubEnv('TMPDIR', folder);
    local = await startLocalServer(INFLUXD);
    engine = await openInfluxEngine({ address: local.server, say: () => {} });
  });
  afterAll(async () => {
    await engine.close();
    await local.stop();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  const monthOf = (month: string) => {
    const [from, to] = [month, shiftMonth(month, 1)].map((one) => Date.parse(`${one}-01T00:00:00Z`));
    const readings = readingsEvery(5, from!, to!);
    return monthWith(month, Object.fromEntries(SERIES.map((location) => [location, readings])));
  };

  /** Files of points, and of the log of those that came last; undefined if one went while they were counted. */
  const filesOfPoints = async () => {
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
    return files
      ?.filter((file) => file.isFile() && /\.(tsm|wal)$/.test(file.name))
      .map((file) => join(file.parentPath, file.name).split(sep).slice(-4).join('/'));
  };

  test('leaves nothing of a window on the server when the next one begins', async () => {
    const { buckets: before } = await listBuckets(local.server);
    let month = '2023-01';
    let filesMeanwhile = 0;
    for (let window = 0; window < WINDOWS; window++, month = shiftMonth(month, 2)) {
      const months = [month, shiftMonth(month, 1)].map(monthOf);
      const asking = engine.hours('made', months);
      for (let done = false; !done; filesMeanwhile += (await filesOfPoints())?.length ?? 0)
        done = await Promise.race([asking.then(() => true), new Promise<false>((go) => setTimeout(go, 50, false))]);
      expect(await asking).toEqual(await EMBEDDED.hours('made', months));
      expect(await filesOfPoints()).toEqual([]);
      expect((await listBuckets(local.server)).buckets).toEqual(before);
    }
    // Else the check would look in the wrong folder.
    expect(filesMeanwhile).toBeGreaterThan(0);
  });
});
