import { rmSync } from 'node:fs';
import { chmod, copyFile, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getState, saveState, warning } from '@actions/core';
import { cacheDir, find } from '@actions/tool-cache';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { findOnPath } from '@sensor-warehouse/model/processes/path-search';
import { makeScratch, removeScratch } from '@sensor-warehouse/model/scratch-folder';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { type RcloneTool, requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import { say } from './log';
import { maskRcloneConfig } from './masks';
import { makePythonEnvironment } from './python-environment';
import { RCLONE_LOCK, RCLONE_PROGRAMS, RCLONE_VERSION } from './rclone-release';
import { programOf } from './virtual-environment.mjs';

const STATE = 'rclone-config-folder';

/**
 * rclone with its configuration: from PATH if it is new enough, else the pinned version, kept in the runner's tool cache and
 * checked by SHA-256 before each use.
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
 * The pinned program. Any step of the job may write the tool cache, and the program will read the secret: so its bytes
 * are compared each time, and any other program is replaced. The Actions cache is never used.
 */
async function installRclone(): Promise<string> {
  const known = process.env.RUNNER_TOOL_CACHE ? find('rclone', RCLONE_VERSION) : '';
  if (known !== '') {
    const program = join(known, 'rclone');
    if (await isPinned(program)) {
      say(`rclone ${RCLONE_VERSION} from the tool cache`);
      return program;
    }
    warning(`the rclone in the tool cache is not the pinned program; it is downloaded again`, { title: 'rclone' });
  }
  const fetched = await fetchRclone();
  if (!process.env.RUNNER_TOOL_CACHE) return join(fetched, 'rclone');
  const kept = join(await cacheDir(fetched, 'rclone', RCLONE_VERSION), 'rclone');
  await removeScratch(fetched);
  return kept;
}

async function isPinned(program: string): Promise<boolean> {
  const hash = await sha256OfFile(program).catch(() => undefined);
  return hash !== undefined && hash === RCLONE_PROGRAMS[`${process.platform}-${process.arch}`];
}

/** A folder with the pinned program, taken out of an environment that is made for this and thrown away. */
async function fetchRclone(): Promise<string> {
  const folder = await makeScratch('rclone', process.env.RUNNER_TEMP || tmpdir());
  const scratch = await makeScratch('rclone', process.env.RUNNER_TEMP || tmpdir());
  const program = join(folder, 'rclone');
  try {
    await makePythonEnvironment(scratch, { name: 'rclone', lock: `${RCLONE_LOCK}\n`, probe: [] });
    await copyFile(programOf(scratch, 'rclone'), program);
  } finally {
    await removeScratch(scratch);
  }
  if (!(await isPinned(program))) throw notPinned();
  await chmod(program, 0o755);
  return folder;
}

function notPinned(): Failure {
  return new Failure({
    stage: 'rclone',
    what: `rclone ${RCLONE_VERSION} as installed does not match the program pinned for ${process.platform}-${process.arch}`,
    fix: 'put rclone 1.75 or newer on PATH, from rclone.org, or use a runner with Linux or macOS on x64 or arm64',
    class: 'config',
    code: 'rclone-not-pinned',
  });
}

/** Writes the configuration where only we can read it, outside the workspace, until this process ends. */
async function writeConfig(config: string): Promise<string> {
  const tooShort = maskRcloneConfig(config);
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
