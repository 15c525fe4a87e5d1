import { execFileSync } from 'node:child_process';
import { cp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { editDocument } from '../support/edit-document';
import { samples, thermoPro } from '../support/made-exports';
import { handOver } from '../support/made-facts';
import { openNight, prepareHandOver } from '../support/made-night';
import { fileTree, readWholeVersion } from '../support/published';
import { checkQuality, influxAggregate, publishParquet } from '../support/stages';

const indoor = (from: string) => ({ datasource: 'indoor', from, hours: 5 }) as const;
const ventilation = (from: string) => ({ datasource: 'ventilation', from, hours: 5 }) as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

/** Says in a manifest that a source is held; its facts wait from then on. */
async function holdVentilation(generation: string): Promise<void> {
  await editDocument<FactsManifest>(join(generation, 'manifest.json'), ({ sources, ...manifest }) => ({
    ...manifest,
    sources: sources.map((one) =>
      one.datasource === 'ventilation' ? { ...one, held: true, refused: ['Graph_x.csv'] } : one,
    ),
  }));
}

describe('facts that a person has swept away, with their manifests kept', () => {
  test('are not requested when every source that has some has consumed them, although another source waits', async () => {
    await holdVentilation(await handOver(building.warehouse, 1, [ventilation('2024-10-10T00:00:00Z')]));
    const consumed = await handOver(building.warehouse, 2, [indoor('2024-10-10T00:00:00Z')]);
    await holdVentilation(consumed);
    expect((await building.run('aggregate-publish')).code).toBe(2);
    await rm(join(consumed, 'fact.parquet'));
    await handOver(building.warehouse, 3, [indoor('2024-10-12T00:00:00Z')]);
    const { code, stderr } = await building.run('aggregate-publish');

    expect(`${code} ${stderr}`).toMatch(/^0 /);
    const pointer = await readWholeVersion(building.warehouse);
    expect(pointer.consumed).toEqual({ indoor: 3, ventilation: 3 });
    expect(pointer.partitions.map(({ datasource, archive }) => [datasource, archive.rows])).toEqual([
      ['indoor', 10],
      ['ventilation', 5],
    ]);
  });

  test('are not requested when no source has any left', async () => {
    const consumed = await handOver(building.warehouse, 1, [indoor('2024-10-10T00:00:00Z')]);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    await rm(join(consumed, 'fact.parquet'));
    expect((await building.run('aggregate-publish')).stderr).toContain('nothing is new');
  });
});

describe('facts that are handed over between check-quality and influx-aggregate', () => {
  test('are left for the next run, which checks them first', async () => {
    await handOver(building.warehouse, 1, [indoor('2024-10-10T00:00:00Z')]);
    const night = await openNight(building);
    await checkQuality(night);
    await handOver(building.warehouse, 2, [indoor('2024-10-12T00:00:00Z')]);
    await influxAggregate(night, EMBEDDED);
    await publishParquet(night);
    const first = await readWholeVersion(building.warehouse);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    const second = await readWholeVersion(building.warehouse);

    const stateOf = ({ consumed, partitions }: typeof first) => [consumed.indoor, partitions[0]!.archive.rows];
    expect([stateOf(first), stateOf(second)]).toEqual([
      [1, 5],
      [2, 10],
    ]);
  });
});

describe('facts that change while they are published', () => {
  const REPLACED = { details: { code: 'facts-replaced', class: 'remote-temporary' } };
  const CHANGES: readonly (readonly [what: string, change: (generation: string) => Promise<unknown>])[] = [
    ['their manifest is removed', (generation) => rm(join(generation, 'manifest.json'))],
    ['their manifest says that a source is held', holdVentilation],
    [
      'they are others, with a manifest of the same name',
      async (generation) => {
        const other = await newBuilding();
        const others = await handOver(other.warehouse, 1, [indoor('2024-10-20T00:00:00Z')]);
        const name = basename(generation);
        await cp(join(others, 'fact.parquet'), join(generation, 'fact.parquet'));
        const manifest = JSON.parse(await readFile(join(others, 'manifest.json'), 'utf8')) as FactsManifest;
        await writeFile(join(generation, 'manifest.json'), documentText({ ...manifest, generation: name }));
        await other.remove();
      },
    ],
  ];
  let generation: string;
  let night: Awaited<ReturnType<typeof openNight>>;
  beforeEach(async () => {
    const facts = [indoor('2024-10-10T00:00:00Z'), ventilation('2024-10-10T00:00:00Z')];
    generation = await handOver(building.warehouse, 1, facts);
    night = await openNight(building);
    await checkQuality(night);
  });

  test.each(CHANGES)('are not merged if after the checks %s', async (_, change) => {
    await change(generation);
    await expect(influxAggregate(night, EMBEDDED)).rejects.toMatchObject(REPLACED);
  });

  test.each(CHANGES)('are not marked as consumed if after the merge %s', async (_, change) => {
    await influxAggregate(night, EMBEDDED);
    await change(generation);
    await expect(publishParquet(night)).rejects.toMatchObject(REPLACED);
    expect(await readdir(building.warehouse)).not.toContain('warehouse.json');
  });

  test('are not merged if after the checks they are lost, in another work folder too', async () => {
    await rm(join(generation, 'fact.parquet'));
    await rm(join(night.work, 'facts'), { recursive: true });
    await expect(influxAggregate(night, EMBEDDED)).rejects.toMatchObject(REPLACED);
  });
});

describe('an older pointer that a person restored', () => {
  test('gets stable copies of its own version and months', async () => {
    await handOver(building.warehouse, 1, [indoor('2024-10-10T00:00:00Z')]);
    await building.run('aggregate-publish');
    const older = await readFile(join(building.warehouse, 'warehouse.json'), 'utf8');
    const before = await fileTree(building.warehouse);
    const newer = await handOver(building.warehouse, 2, [indoor('2024-10-12T00:00:00Z')]);
    await building.run('aggregate-publish');
    await rm(newer, { recursive: true });
    await writeFile(join(building.warehouse, 'warehouse.json'), older);
    const between = await fileTree(building.warehouse);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    const after = await fileTree(building.warehouse);

    const stable = Object.keys(before).filter((path) => /^(public\/[^/]+|normalized\/.*)$/.test(path));
    expect(stable.length).toBeGreaterThan(5);
    const pick = (tree: Record<string, string>) => Object.fromEntries(stable.map((path) => [path, tree[path]]));
    expect(pick(after)).toEqual(pick(before));
    expect(pick(between)).not.toEqual(pick(before));
  });
});

describe('a month that was still open when it was published', () => {
  test('is complete in the first pointer after its end, although nothing of it changed', async () => {
    const completeIn = async (month: string) =>
      JSON.parse(await readFile(join(building.warehouse, 'warehouse.json'), 'utf8')).partitions.find(
        (one: { month: string }) => one.month === month,
      ).complete;
    await handOver(building.warehouse, 1, [indoor('2024-11-10T00:00:00Z')]);
    await building.run('aggregate-publish', ['--now', '2024-11-29T12:00:00Z']);
    expect(await completeIn('2024-11')).toBe(false);
    await handOver(building.warehouse, 2, [indoor('2024-10-10T00:00:00Z')]);
    await building.run('aggregate-publish', ['--now', '2024-12-02T12:00:00Z']);
    expect(await completeIn('2024-11')).toBe(true);
  });
});

describe('an entry of an upload folder that is not a file', () => {
  test('is named in a warning, never followed, and the other uploads are taken', async () => {
    const upload = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [1, 2]));
    await building.upload('Indoor', upload);
    const folder = building.uploadFolder('Indoor');
    await symlink('/etc/passwd', join(folder, 'ThermoProSensor_export_CCEA_20241030.csv'));
    await symlink('/etc', join(folder, 'etc'));
    execFileSync('mkfifo', [join(folder, 'ThermoProSensor_export_4427_20241030.csv')]);
    const night = await openNight(building);
    await prepareHandOver(night, []);

    const { findings } = (await readRunRecord(night.work)).stages.find(({ stage }) => stage === 'ingest')!;
    expect(findings.map(({ code, severity, file, found }) => [code, severity, file, found])).toEqual([
      ['not-a-file', 'warning', 'ThermoProSensor_export_4427_20241030.csv', 'a pipe'],
      ['not-a-file', 'warning', 'ThermoProSensor_export_CCEA_20241030.csv', 'a symbolic link'],
      ['not-a-file', 'warning', 'etc', 'a symbolic link'],
    ]);
    const raw = await readdir(join(night.work, 'raw', 'indoor'));
    expect(await readFile(join(night.work, 'raw', 'indoor', basename(raw[0]!)), 'utf8')).toBe(upload.text);
    expect(raw).toHaveLength(1);
  });
});
