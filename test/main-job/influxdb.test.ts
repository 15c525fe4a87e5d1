import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { fileTree } from '../support/published';

const { DBT_PYTHON, INFLUXD } = process.env;

describe.skipIf(!DBT_PYTHON || !hasInflux)('warehouse run --engine influxdb', () => {
  let influx: TestServer;
  let embedded: Building;
  let building: Building;

  const upload = async (to: Building) => {
    // Over the doubled hour of autumn, and the turn of a month.
    await to.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-26T20:00:00Z', '2024-11-02T14:00:00Z', 7, [11, 12.5])),
    );
    await to.upload(
      'Vzduchotechnika',
      atrea('Graph_1.csv', UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5])),
    );
  };
  const at = () => ['--engine', 'influxdb', '--influx-url', influx.server.url, '--influx-org', influx.server.org];
  const token = (value = influx.server.token) => ({ env: { INFLUX_TOKEN: value } });

  beforeAll(async () => {
    influx = await openServer();
    embedded = await newBuilding();
    await upload(embedded);
    const { code, stderr } = await embedded.run('run');
    if (code !== 0) throw new Error(stderr);
  });
  beforeEach(async () => {
    building = await newBuilding();
    await upload(building);
    return () => building.remove();
  });
  afterAll(async () => {
    await influx.stop();
    await embedded.remove();
  });

  test('leaves the same drive, byte for byte, as a run without a server', async () => {
    const { code, stderr } = await building.run('run', at(), token());
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/influx-aggregate: indoor 2024-10, 2024-11: \d+ points in/);
    expect(await fileTree(building.drive)).toEqual(await fileTree(embedded.drive));
  });

  test.skipIf(!INFLUXD)('starts an influxd of PATH when it is given no address', async () => {
    const env = { PATH: `${dirname(INFLUXD!)}:${process.env.PATH}`, INFLUXD: '' };
    const { code, stderr } = await building.run('run', ['--engine', 'influxdb'], { env });
    expect(code, stderr).toBe(0);
    expect(await fileTree(building.drive)).toEqual(await fileTree(embedded.drive));
  });

  test('keeps the token from the programs that it starts', async () => {
    const environment = join(building.folder, 'environment');
    const python = join(building.folder, 'python');
    await writeFile(python, `#!/bin/sh\nenv >> '${environment}'\nexec '${DBT_PYTHON}' "$@"\n`, { mode: 0o755 });
    const { code, stderr, stdout } = await building.run('run', at(), { env: { ...token().env, DBT_PYTHON: python } });
    expect(code, stderr).toBe(0);
    expect(await readFile(environment, 'utf8')).toContain('PATH=');
    expect((await readFile(environment, 'utf8')) + stderr + stdout).not.toContain(influx.server.token);
  });

  test.each([
    ['a wrong token', 'influx-token', [], 'nobody'],
    ['an unknown organisation', 'influx-org', ['--influx-org', 'nobody'], undefined],
  ])('with %s ends as a configuration failure before it touches an upload', async (_, code, more, other) => {
    const before = await fileTree(building.drive);
    const ended = await building.run('run', [...at(), ...more], token(other));
    expect(ended.stderr).toContain(`class=config code=${code}`);
    expect(ended.code).toBe(3);
    expect(await fileTree(building.drive)).toEqual(before);
  });

  test('backfill rebuilds published months on the server, to the same bytes, and leaves no bucket', async () => {
    await cp(embedded.drive, building.drive, { recursive: true, force: true });
    const before = await fileTree(building.warehouse);
    const range = ['--from', '2024-10', '--to', '2024-11', '--mode', 'all'];
    const { code, stderr } = await building.run('backfill', [...range, ...at()], token());
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/influx-aggregate: indoor 2024-10, 2024-11: \d+ points in/);
    expect(await fileTree(building.warehouse)).toEqual(before);
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
  });

  test('backfill --dry-run only plans, and needs no server', async () => {
    const range = ['--from', '2024-10', '--to', '2024-11', '--dry-run'];
    const nowhere = ['--engine', 'influxdb', '--influx-url', 'http://127.0.0.1:9', '--influx-org', 'nobody'];
    const { code, stdout } = await building.run('backfill', [...range, ...nowhere], token('nobody'));
    expect(code).toBe(0);
    expect(stdout).toContain('dry run: nothing was changed');
  });
});
