import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { openRemotes, parseBindings, requireFolders } from '@sensor-warehouse/storage/remotes';
import type { Context } from '@sensor-warehouse/warehouse/context';
import { requireNoneNewer } from '@sensor-warehouse/warehouse/documents';
import type { Options } from './command';
import { tellText } from './print';

/**
 * Everything a stage gets, as the command line says.
 * @throws Failure (config) if the seeds are not sound, or a newer program wrote the warehouse
 */
export async function openContext(options: Options, work: string): Promise<Context> {
  const configuration = await loadConfiguration(join(options.project, 'seeds'));
  const say = (line: string) => tellText(`${line}\n`);
  const rclone =
    options.rcloneConfig === undefined ? undefined : { program: 'rclone', configFile: options.rcloneConfig, say };
  if (rclone !== undefined) await requireRcloneVersion(rclone);
  const bindings = parseBindings(options.remotes);
  await requireFolders(bindings);
  const remotes = openRemotes(bindings, rclone);
  const context: Context = {
    configuration,
    project: options.project,
    program: fileURLToPath(import.meta.url),
    work,
    remotes,
    warehouse: remotes.open(options.warehouse!),
    apis: { secretOf: (name) => process.env[name], loopback: process.env.WAREHOUSE_API_LOOPBACK === 'true' },
    now: options.now,
    windowMonths: options.windowMonths,
    dryRun: options.dryRun,
    say,
  };
  await requireNoneNewer(context);
  return context;
}
