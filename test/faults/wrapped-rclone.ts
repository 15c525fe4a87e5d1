import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRemotes, type Remotes } from '@sensor-warehouse/storage/remotes';
import type { Building } from '../support/building';

/**
 * The Drive of a building behind an `rclone` that wraps the real one.
 * @param instead shell that may answer by itself: `$command`, the arguments `"$@"`, and `real`, which runs the real program
 */
export async function wrappedRemotes(building: Building, instead: string): Promise<Remotes> {
  const program = await wrapRclone(building, instead);
  return openRemotes(new Map(), { program, configFile: join(building.folder, 'rclone.conf') });
}

/** The wrapping program, in a folder of its own that can stand on PATH. */
export async function wrapRclone(building: Building, instead: string): Promise<string> {
  const folder = join(building.folder, 'bin');
  const program = join(folder, 'rclone');
  await mkdir(folder, { recursive: true });
  await writeFile(join(building.folder, 'rclone.conf'), `[sm2drive]\ntype = alias\nremote = ${building.drive}\n`);
  await writeFile(
    program,
    `#!/bin/sh\ncommand=$1\nreal() { ${process.env.RCLONE} "$@"; }\n${instead}\nexec ${process.env.RCLONE} "$@"\n`,
  );
  await chmod(program, 0o755);
  return program;
}
