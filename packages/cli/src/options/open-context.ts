import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import { keepRcloneConfig } from '@sensor-warehouse/storage/rclone-secrets';
import { requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { type LocatedRemotes, openRemotes, parseBindings, requireFolders } from '@sensor-warehouse/storage/remotes';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { openContext as openContextOf } from '@sensor-warehouse/warehouse/shell/open-context';
import type { Options } from '../terminal/command';
import { tellText } from '../terminal/print';

/**
 * Everything a stage gets, as the command line says.
 * @throws Failure (config) if the seeds are invalid, or a newer program wrote the warehouse
 */
export function contextOfOptions(options: Options, work: string): Promise<Context> {
  const say = (line: string) => tellText(`${line}\n`);
  return openContextOf(
    {
      ...options,
      work,
      acceptsChurn: options.own['accept-churn'] === true,
      publishTo: options.own['publish-to'] as string | undefined,
    },
    {
      program: fileURLToPath(import.meta.url),
      say,
      hide: keepSecret,
      openRemotes: () => openRemotesOf(options, say),
    },
  );
}

async function openRemotesOf({ remotes, rcloneConfig }: Options, say: Context['say']): Promise<LocatedRemotes> {
  const rclone = rcloneConfig === undefined ? undefined : { program: 'rclone', configFile: rcloneConfig, say };
  if (rcloneConfig !== undefined) await hideSecretsOf(rcloneConfig);
  if (rclone !== undefined) await requireRcloneVersion(rclone);
  const bindings = parseBindings(remotes);
  await requireFolders(bindings);
  return openRemotes(bindings, rclone);
}

/**
 * rclone says that a configuration is absent.
 * @throws if it cannot be read: rclone might still read it, and nobody would hide its secrets
 */
async function hideSecretsOf(rcloneConfig: string): Promise<void> {
  keepRcloneConfig((await readFile(rcloneConfig, 'utf8').catch(unlessAbsent)) ?? '');
}
