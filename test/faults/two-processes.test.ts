import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { atrea, type Sample, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { openNight } from '../support/made-night';
import { instantText, readDataset, readWholeVersion } from '../support/published';

const INDOOR = samples('2024-10-30T10:00:00Z', '2024-10-31T10:00:00Z', 10, [1, 2]);
const VENTILATION = samples('2024-10-20T00:00:00Z', '2024-10-22T00:00:00Z', 60, [1, 2, 3, 4, 5]);
const UPLOADS = {
  Indoor: ['493D', 'CCEA'].map((sensor) => thermoPro(sensor, INDOOR)),
  Vzduchotechnika: [atrea('Graph_1.csv', UNIT_1, VENTILATION)],
} as const;
const SOURCES = ['Indoor', 'Vzduchotechnika'] as const;

/** Readings and mean of every hour of every series, as an undisturbed night publishes them: made from no code of ours. */
const HOURS = [INDOOR, INDOOR, VENTILATION].flatMap(hoursOf).sort();

function hoursOf(rows: readonly Sample[]): string[] {
  const hours = new Map<string, number[]>();
  for (const { time, values } of rows)
    for (const [series, value] of values.entries()) {
      const hour = `${instantText(new Date(time - (time % 3_600_000)))} ${series}`;
      hours.set(hour, [...(hours.get(hour) ?? []), value!]);
    }
  return [...hours].map(([hour, values]) => {
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return `${hour.split(' ')[0]} ${values.length} ${mean.toFixed(6)}`;
  });
}

async function publishedHours({ warehouse }: Building): Promise<string[]> {
  const rows = await readDataset(warehouse);
  return rows.map(({ time, n, data_value }) => `${time} ${n} ${data_value.toFixed(6)}`).sort();
}

/** The names of all uploads that were handed over, in order: one that two generations have is there twice. */
async function handedOver(building: Building): Promise<string[]> {
  const { warehouse } = await openNight(building);
  const names = await readdir(join(building.warehouse, 'facts'));
  const manifests = await Promise.all(names.map((name) => readManifest(warehouse, name)));
  return manifests.flatMap((manifest) => manifest?.files.map(({ name }) => name) ?? []).sort();
}

describe.each(['refresh', 'run'])('two commands `%s` that start at once over one warehouse', (command) => {
  let building: Building;
  let ended: readonly Ended[];
  beforeAll(async () => {
    building = await newBuilding();
    for (const source of SOURCES) for (const file of UPLOADS[source]) await building.upload(source, file);
    ended = await Promise.all([1, 2].map(() => building.run(command, [], { process: true })));
  });
  afterAll(() => building.remove());

  test('end well, or because of the other one', () => {
    for (const { code, stderr } of ended) {
      expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
      if (code !== 0) expect([code, stderr]).toEqual([4, expect.stringContaining('code=stale-run')]);
    }
    expect(ended.map(({ code }) => code)).toContain(0);
  });

  test('hand each upload over once, and the next publication leaves what an undisturbed night publishes', async () => {
    expect((await building.run('aggregate-publish')).code).toBe(0);
    const names = SOURCES.flatMap((source) => UPLOADS[source].map(({ name }) => name));
    expect(await handedOver(building)).toEqual(names.sort());
    for (const source of SOURCES) expect(await readdir(building.uploadFolder(source))).toEqual([]);
    await readWholeVersion(building.warehouse);
    expect(await publishedHours(building)).toEqual(HOURS);
  });
});
