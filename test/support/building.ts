import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, root, type Surroundings, warehouse } from './command-line';
import type { MadeFile } from './made-exports';

/** The clock of every run: the nights after it do not exist. */
export const NOW = '2024-11-29T12:00:00Z';

export type Source = 'Indoor' | 'Vzduchotechnika';

/** A building of our own: a folder that stands in for its Drive, and the command line bound to it. */
export interface Building {
  readonly folder: string;
  readonly drive: string;
  readonly warehouse: string;
  uploadFolder(source: Source): string;
  /** Puts an export into the upload folder; uploads arrive a minute after each other. */
  upload(source: Source, file: MadeFile): Promise<void>;
  run(command: string, options?: readonly string[], around?: Surroundings): Promise<Ended>;
  remove(): Promise<void>;
}

/** @param project the folder with seeds and models; ours unless a test changes the configuration */
export async function newBuilding(project: string = root): Promise<Building> {
  const folder = await mkdtemp(join(tmpdir(), 'building-'));
  const drive = join(folder, 'drive');
  let arrival = Date.UTC(2024, 10, 20);
  const uploadFolder = (source: Source) => join(drive, source, 'Latest', 'Upload');
  for (const source of ['Indoor', 'Vzduchotechnika'] as const) await mkdir(uploadFolder(source), { recursive: true });
  return {
    folder,
    drive,
    warehouse: join(drive, 'Warehouse'),
    uploadFolder,
    upload: async (source, { name, text }) => {
      const path = join(uploadFolder(source), name);
      await writeFile(path, text);
      arrival += 60_000;
      await utimes(path, arrival / 1000, arrival / 1000);
    },
    run: (command, options = [], around = {}) =>
      warehouse(
        [
          command,
          '--remote',
          `sm2drive=${drive}`,
          '--warehouse',
          'sm2drive:Warehouse',
          '--project',
          project,
          '--now',
          NOW,
          ...options,
        ],
        around,
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
