import { chmod, copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getState, info, saveState, setSecret } from '@actions/core';
import { cacheDir, find } from '@actions/tool-cache';
import { type RcloneTool, requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { findOnPath } from './path-search';
import { providePythonEnvironment } from './python-environment';
import { RCLONE_LOCK, RCLONE_VERSION } from './rclone-release';

const STATE = 'rclone-config-folder';

/**
 * rclone with its configuration: from PATH if it is new enough, else the pinned version, checked by SHA-256, and kept
 * in the runner's tool cache.
 * @param config the text of the configuration file, from a secret
 */
export async function provideRclone(config: string): Promise<RcloneTool> {
  const configFile = await writeConfig(config);
  const onPath = await findOnPath('rclone');
  if (onPath !== undefined) {
    const tool = { program: onPath, configFile };
    const version = await requireRcloneVersion(tool).catch(() => undefined);
    if (version !== undefined) {
      info(`rclone ${version} from PATH`);
      return tool;
    }
  }
  const tool = { program: await installRclone(), configFile };
  await requireRcloneVersion(tool);
  return tool;
}

/** Copies the program out of a throw-away environment into the runner's tool cache. */
async function installRclone(): Promise<string> {
  const known = process.env.RUNNER_TOOL_CACHE ? find('rclone', RCLONE_VERSION) : '';
  if (known !== '') return join(known, 'rclone');
  const python = await providePythonEnvironment('rclone', `${RCLONE_LOCK}\n`, ['--version'], true);
  const folder = await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), 'rclone-program-'));
  await copyFile(join(dirname(python), 'rclone'), join(folder, 'rclone'));
  await chmod(join(folder, 'rclone'), 0o755);
  if (!process.env.RUNNER_TOOL_CACHE) return join(folder, 'rclone');
  return join(await cacheDir(folder, 'rclone', RCLONE_VERSION), 'rclone');
}

/** Writes the configuration where only we can read it, outside the workspace; every value of it is masked. */
async function writeConfig(config: string): Promise<string> {
  for (const line of config.split(/\r?\n/)) {
    const value = line.includes('=') ? line.slice(line.indexOf('=') + 1).trim() : '';
    // A short or common word would be masked wherever it stands.
    if (value.length >= 8) setSecret(value);
  }
  const folder = await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), 'rclone-'));
  saveState(STATE, folder);
  const file = join(folder, 'rclone.conf');
  const handle = await open(file, 'wx', 0o600);
  await handle.writeFile(config.endsWith('\n') ? config : `${config}\n`).finally(() => handle.close());
  return file;
}

/** The post step: removes the configuration; runs after a crash too, and twice without harm. */
export async function removeRcloneConfig(): Promise<void> {
  const folder = getState(STATE);
  if (folder !== '') await rm(folder, { recursive: true, force: true });
}
