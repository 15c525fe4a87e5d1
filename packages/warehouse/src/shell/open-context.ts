import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { noStore } from '@sensor-warehouse/storage/no-store';
import type { LocatedRemotes } from '@sensor-warehouse/storage/remotes';
import { requireNoneNewer } from '../layout/documents';
import type { Context } from '../run/context';
import { openPublishTo } from './open-publish-to';

/** Settings of a run, from a workflow or a person. */
export interface RunSettings extends Pick<Context, 'project' | 'work' | 'windowMonths' | 'dryRun' | 'acceptsChurn'> {
  /** Undefined: the clock of the machine. */
  readonly now: number | undefined;
  /** Undefined for a stage that stays in the work folder. */
  readonly warehouse: string | undefined;
  /** Address of a second place for readers. */
  readonly publishTo?: string | undefined;
}

/** The program around a run: an action, or the command. */
export interface Shell extends Pick<Context, 'program' | 'say'> {
  /** Hides a secret in all that the program shows from now on. */
  readonly hide: (secret: string) => void;
  /** Opened once the seeds are known to be sound. */
  readonly openRemotes: () => Promise<LocatedRemotes>;
}

/**
 * Everything that a stage gets.
 * @throws Failure (config) if the seeds are invalid, a newer program wrote the warehouse, or readers would get more than the
 *   dataset
 */
export async function openContext(settings: RunSettings, shell: Shell): Promise<Context> {
  const {
    project,
    work,
    warehouse,
    now = Date.now(),
    windowMonths,
    dryRun,
    acceptsChurn = false,
    publishTo,
  } = settings;
  const { program, say, hide } = shell;
  const configuration = await loadConfiguration(join(project, 'seeds'));
  const remotes = await shell.openRemotes();
  await mkdir(work, { recursive: true });
  const context: Context = {
    configuration,
    project,
    program,
    work,
    remotes,
    warehouse: warehouse === undefined ? noStore('a stage that stays in the work folder') : remotes.open(warehouse),
    apis: { secretOf: (name) => secretOf(name, hide), loopback: process.env.WAREHOUSE_API_LOOPBACK === 'true' },
    now,
    windowMonths,
    dryRun,
    acceptsChurn,
    publishTo:
      publishTo === undefined ? undefined : await openPublishTo(publishTo, { ...settings, configuration, remotes }),
    say,
  };
  if (warehouse !== undefined) await requireNoneNewer(context);
  return context;
}

/** A secret of an API by its name, hidden before anything can print it. */
function secretOf(name: string, hide: Shell['hide']): string | undefined {
  const value = process.env[name];
  if (value) hide(value);
  return value;
}
