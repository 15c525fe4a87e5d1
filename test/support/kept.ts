import { cp, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { type Ended, root, warehouse } from './command-line';
import { contextOver } from './open-context';

const KEPT = join(root, 'test', 'warehouses', '0.1.0');

/** The night after the last that 0.1.0 had: more than a day later, so that `sweep` believes the files to be settled. */
export const NEXT_NIGHT = '2024-12-02T06:00:00Z';

export type KeptName = 'example' | 'moved-in';

/** A copy of a kept warehouse and of the project that it was written with, for one test to change. */
export interface Kept {
  readonly folder: string;
  readonly drive: string;
  readonly warehouse: string;
  readonly project: string;
  /** Runs a command of the program of today on it. */
  run(command: string, options?: readonly string[]): Promise<Ended>;
  /** Lays the uploads of the night after into their folders. */
  layNext(): Promise<void>;
  openContext(): Promise<Context>;
  remove(): Promise<void>;
}

export async function keptWarehouse(name: KeptName): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'kept-'));
  const [drive, project] = [join(folder, 'drive'), join(folder, 'project')];
  await cp(join(KEPT, 'project'), project, { recursive: true });
  if (name === 'moved-in') await cp(join(KEPT, name, 'project'), project, { recursive: true });
  await cp(join(KEPT, name, 'drive'), drive, { recursive: true });
  await setTimes(drive, '2024-11-05T06:00:00Z');
  return {
    folder,
    drive,
    warehouse: join(drive, 'Warehouse'),
    project,
    run: (command, options = []) =>
      warehouse([
        command,
        ...['--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse'],
        ...['--project', project, '--now', NEXT_NIGHT, ...options],
      ]),
    layNext: async () => {
      const next = join(folder, 'next');
      await cp(join(KEPT, name, 'next'), next, { recursive: true });
      await setTimes(next, '2024-12-01T12:00:00Z');
      await cp(next, drive, { recursive: true, preserveTimestamps: true });
    },
    openContext: async () =>
      contextOver(drive, {
        configuration: await loadConfiguration(join(project, 'seeds')),
        project,
        work: await mkdtemp(join(folder, 'work-')),
        now: Date.parse(NEXT_NIGHT),
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A file that is beside a kept warehouse. */
export const besideKept = (name: KeptName, file: string) => join(KEPT, name, file);

/** The backfill that 0.1.0 had planned and half made. */
export async function stagedBackfill(): Promise<{
  readonly plan: string;
  readonly windows: readonly { readonly window: string }[];
}> {
  return JSON.parse(await readFile(besideKept('moved-in', 'staged.json'), 'utf8'));
}

/** Git keeps no times: all files get one. */
async function setTimes(folder: string, instant: string): Promise<void> {
  const time = Date.parse(instant) / 1000;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), time, time);
}
