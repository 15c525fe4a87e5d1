import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { rawPath } from '@sensor-warehouse/warehouse/publish-facts/write-generation';
import { type Building, newBuilding } from './building';
import { handOver, uploadText } from './made-facts';

const DAYS = { datasource: 'indoor', hours: 5, minutes: 20 } as const;
const NIGHTS = [
  [
    { ...DAYS, from: '2024-10-10T00:00:00Z' },
    { ...DAYS, from: '2024-11-10T00:00:00Z' },
  ],
  [{ ...DAYS, from: '2024-11-11T00:00:00Z' }],
] as const;

/** A warehouse with two published nights, October in its first revision and November in its second. */
export async function publishedBuilding(): Promise<Building> {
  const building = await newBuilding();
  for (const [index, night] of NIGHTS.entries()) {
    await handOver(building.warehouse, index + 1, night);
    await writeRawCopies(building.warehouse);
    const { code, stderr } = await building.run('aggregate-publish');
    if (code !== 0) throw new Error(stderr);
  }
  return building;
}

/** The next night's facts wait: they touch October and November. */
export const waitingNight = (warehouse: string) =>
  handOver(warehouse, 3, [
    { ...DAYS, from: '2024-10-12T00:00:00Z' },
    { ...DAYS, from: '2024-11-12T00:00:00Z' },
  ]);

/** The raw copies that the made facts' manifests name. */
export async function writeRawCopies(warehouse: string): Promise<void> {
  for (const generation of await readdir(join(warehouse, 'facts'))) {
    const text = await readFile(join(warehouse, 'facts', generation, 'manifest.json'), 'utf8');
    for (const file of (JSON.parse(text) as FactsManifest).files) {
      const path = join(warehouse, rawPath(file, generation));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, uploadText(file.datasource, file.name));
    }
  }
}

/** The one file of a folder of the warehouse whose name begins so. */
export async function fileOf(warehouse: string, folder: string, start: string): Promise<string> {
  const [name] = (await readdir(join(warehouse, folder))).filter((one) => one.startsWith(start));
  return join(warehouse, folder, name!);
}

export const lose = (file: string) => rm(file);

export async function flipByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 0xff;
  await writeFile(file, bytes);
}

/** Results of checks are kept, whatever happens afterwards. */
export const withoutQuality = (tree: Record<string, string>) =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('quality/')));
