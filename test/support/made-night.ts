import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { openRemotes, parseBindings } from '@sensor-warehouse/storage/remotes';
import type { HandedOver } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { writeHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { TRANSFORMED, type Transformed } from '@sensor-warehouse/warehouse/transform/transformed';
import { type Building, NOW } from './building';
import { root } from './command-line';
import { type MadeFacts, writeFacts } from './made-facts';
import { ingest, publishFacts, validateSchema } from './stages';

/** A context of the building as the command line opens it, with a work folder of its own. */
export async function openNight(building: Building): Promise<Context> {
  const remotes = openRemotes(parseBindings([`sm2drive=${building.drive}`]), undefined);
  await mkdir(building.folder, { recursive: true });
  return {
    configuration: await loadConfiguration(join(root, 'seeds')),
    project: root,
    program: process.argv[1]!,
    work: await mkdtemp(join(building.folder, 'work-')),
    remotes,
    warehouse: remotes.open('sm2drive:Warehouse'),
    now: Date.parse(NOW),
    windowMonths: 2,
    apis: { secretOf: () => undefined, loopback: false },
    dryRun: false,
    say: () => undefined,
  };
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
