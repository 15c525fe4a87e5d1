import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { HandedOver } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { writeHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { TRANSFORMED, type Transformed } from '@sensor-warehouse/warehouse/transform/transformed';
import { type Building, NOW } from './building';
import { root } from './command-line';
import { type MadeFacts, writeFacts } from './made-facts';
import { contextOver } from './open-context';
import { ingest, publishFacts, validateSchema } from './stages';

/** A context of the building as the command line opens it, with a work folder of its own. */
export async function openNight(building: Building): Promise<Context> {
  await mkdir(building.folder, { recursive: true });
  return contextOver(building.drive, {
    configuration: await loadConfiguration(join(root, 'seeds')),
    project: root,
    work: await mkdtemp(join(building.folder, 'work-')),
    now: Date.parse(NOW),
  });
}

/** Takes the uploads in and validates them; in the place of dbt, `facts` are what transform made of them. */
export async function prepareHandOver(night: Context, facts: readonly MadeFacts[]): Promise<void> {
  await ingest(night);
  await validateSchema(night);
  const path = join(night.work, 'fact.parquet');
  const { series, ...file } = await writeFacts(path, 'made.csv', facts);
  const transformed: Transformed = { facts: { path, ...file }, series, rejected: [], findings: [] };
  await writeHandOver(night.work, TRANSFORMED, transformed);
}

/** A whole Refresh without dbt. */
export async function refresh(building: Building, facts: readonly MadeFacts[]): Promise<HandedOver> {
  const night = await openNight(building);
  await prepareHandOver(night, facts);
  return publishFacts(night);
}
