import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Building } from '../support/building';
import type { Ended } from '../support/command-line';
import { handOver } from '../support/made-facts';
import { fileTree } from '../support/published';

/** Readings of one more day wait: the next publication makes a new version. */
export async function wait(building: Building, night: number): Promise<void> {
  const from = `2024-10-${10 + night}T00:00:00Z`;
  await handOver(building.warehouse, night, [
    { datasource: 'indoor', from, hours: 3 },
    { datasource: 'ventilation', from, hours: 2 },
  ]);
}

/** Publishes one more day. @throws Error if that fails */
export async function publishNight(building: Building, night: number, ...options: readonly string[]): Promise<Ended> {
  await wait(building, night);
  const ended = await building.run('aggregate-publish', options);
  if (ended.code !== 0) throw new Error(ended.stderr);
  return ended;
}

/** What readers find in a place, or in `public/` of a warehouse, beside the file that says of what version it is. */
export async function forReaders(folder: string): Promise<Record<string, string>> {
  const { 'latest.json': _, ...tree } = await fileTree(folder);
  return tree;
}

export async function latestIn(place: string): Promise<unknown> {
  return JSON.parse(await readFile(join(place, 'latest.json'), 'utf8'));
}

/** The versions of which there are files, oldest first. */
export async function versionsIn(folder: string): Promise<string[]> {
  const paths = Object.keys(await fileTree(join(folder, 'versions')));
  return [...new Set(paths.map((path) => path.split('/')[0]!))].sort();
}
