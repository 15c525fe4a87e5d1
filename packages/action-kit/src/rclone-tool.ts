import { rmSync } from 'node:fs';
import { chmod, copyFile, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getState, saveState, setSecret, warning } from '@actions/core';
import { cacheDir, find } from '@actions/tool-cache';
import { makeScratch } from '@sensor-warehouse/model/scratch-folder';
import { type RcloneTool, requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { say } from './log';
import { findOnPath } from './path-search';
import { providePythonEnvironment } from './python-environment';
import { RCLONE_LOCK, RCLONE_VERSION } from './rclone-release';
import { secretsOfRcloneConfig } from './rclone-secrets';

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
      say(`rclone ${version} from PATH`);
      return tool;
    }
  }
  const tool = { program: await installRclone(), configFile };
  await requireRcloneVersion(tool);
  return tool;
}

/**
 * Copies the program out of a throw-away environment into the runner's tool cache. The Actions cache is never asked:
 * the program will read the secret, so it must be the bytes that the lock names.
 */
async function installRclone(): Promise<string> {
  const known = process.env.RUNNER_TOOL_CACHE ? find('rclone', RCLONE_VERSION) : '';
  if (known !== '') {
    say(`rclone ${RCLONE_VERSION} from the tool cache`);
    return join(known, 'rclone');
  }
  const environment = { name: 'rclone', lock: `${RCLONE_LOCK}\n`, probe: ['--version'] };
  const python = await providePythonEnvironment(environment, undefined);
  const folder = await makeScratch('rclone', process.env.RUNNER_TEMP || tmpdir());
  await copyFile(join(dirname(python), 'rclone'), join(folder, 'rclone'));
  await chmod(join(folder, 'rclone'), 0o755);
  if (!process.env.RUNNER_TOOL_CACHE) return join(folder, 'rclone');
  return join(await cacheDir(folder, 'rclone', RCLONE_VERSION), 'rclone');
}

/** Writes the configuration where only we can read it, outside the workspace, until this process ends. */
async function writeConfig(config: string): Promise<string> {
  const { values, tooShort } = secretsOfRcloneConfig(config);
  for (const value of values) setSecret(value);
  if (tooShort.length > 0) {
    const names = tooShort.join(', ');
    warning(`rclone-config: ${names} is too short to be masked in the log; choose a longer one`, { title: 'secret' });
  }
  const folder = await makeScratch('rclone', process.env.RUNNER_TEMP || tmpdir());
  saveState(STATE, folder);
  // The steps that follow must not find it, however this one ends.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'rclone.conf');
  const handle = await open(file, 'wx', 0o600);
  await handle.writeFile(config.endsWith('\n') ? config : `${config}\n`).finally(() => handle.close());
  return file;
}

/** The post step: removes the configuration if the process was killed before it could. */
export async function removeRcloneConfig(): Promise<void> {
  const folder = getState(STATE);
  if (folder !== '') await rm(folder, { recursive: true, force: true });
}
