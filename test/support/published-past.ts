import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Building, NOW } from './building';
import { type Ended, type Surroundings, warehouse } from './command-line';
import { projectWith } from './project';

type Seeds = Parameters<typeof projectWith>[1];

/** A copy of a building's warehouse that a test may change, with seeds of its own. */
export interface Copy {
  readonly drive: string;
  readonly warehouse: string;
  run(command: string, options?: readonly string[], around?: Surroundings): Promise<Ended>;
  /** From now on the seeds are ours but for these changes. */
  change(seeds: Seeds): Promise<void>;
}

export async function copyOf(building: Building): Promise<Copy> {
  const folder = await mkdtemp(join(building.folder, 'copy-'));
  const drive = join(folder, 'drive');
  await cp(building.drive, drive, { recursive: true, preserveTimestamps: true });
  let project: string | undefined;
  return {
    drive,
    warehouse: join(drive, 'Warehouse'),
    run: (command, options = [], around = {}) =>
      warehouse(
        [
          command,
          ...['--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse', '--now', NOW],
          ...(project === undefined ? [] : ['--project', project]),
          ...options,
        ],
        around,
      ),
    change: async (seeds) => {
      project = await projectWith(await mkdtemp(join(folder, 'project-')), seeds);
    },
  };
}

/** What `--json` prints of a backfill. */
export interface Told {
  readonly plan: {
    readonly windows: readonly {
      readonly name: string;
      readonly how: string;
      readonly months: readonly { readonly month: string; readonly reasons: readonly string[] }[];
    }[];
    readonly waiting: readonly { readonly datasource: string; readonly month: string; readonly facts: number }[];
  };
  readonly published?: { readonly version: string; readonly generation: number; readonly changed: boolean };
}

/** Each planned month with its reasons, as `indoor_2024-08_2024-09 2024-08 rebuild: asked-for`. */
export function planned({ stdout }: Ended): string[] {
  const { plan } = JSON.parse(stdout) as Told;
  return plan.windows.flatMap(({ name, how, months }) =>
    months.map(({ month, reasons }) => `${name} ${month} ${how}: ${reasons.join(' ')}`),
  );
}
