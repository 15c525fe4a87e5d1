import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { keepRcloneConfig } from '@sensor-warehouse/storage/rclone-secrets';
import { requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { openRemotes, parseBindings, requireFolders } from '@sensor-warehouse/storage/remotes';
import { requireNoneNewer } from '@sensor-warehouse/warehouse/layout/documents';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { Options } from '../terminal/command';
import { tellText } from '../terminal/print';

/**
 * Everything a stage gets, as the command line says.
 * @throws Failure (config) if the seeds are not sound, or a newer program wrote the warehouse
 */
export async function openContext(options: Options, work: string): Promise<Context> {
  const configuration = await loadConfiguration(join(options.project, 'seeds'));
  const say = (line: string) => tellText(`${line}\n`);
  const rclone =
    options.rcloneConfig === undefined ? undefined : { program: 'rclone', configFile: options.rcloneConfig, say };
  if (options.rcloneConfig !== undefined) await hideSecretsOf(options.rcloneConfig);
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
    apis: { secretOf, loopback: process.env.WAREHOUSE_API_LOOPBACK === 'true' },
    now: options.now,
    windowMonths: options.windowMonths,
    dryRun: options.dryRun,
    say,
  };
  await requireNoneNewer(context);
  return context;
}

/**
 * rclone says that a configuration is absent.
 * @throws if it cannot be read: rclone might read it all the same, and nobody would hide its secrets
 */
async function hideSecretsOf(rcloneConfig: string): Promise<void> {
  keepRcloneConfig((await readFile(rcloneConfig, 'utf8').catch(unlessAbsent)) ?? '');
}

/** A secret of an API by its name, hidden before anything can print it. */
function secretOf(name: string): string | undefined {
  const value = process.env[name];
  if (value) keepSecret(value);
  return value;
}
