import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a command with the rights of root: as root, or by sudo where that asks for no password, as on GitHub's machines. */
function asRoot(command: string, ...args: readonly string[]): void {
  const [program, ...rest] = process.getuid?.() === 0 ? [command, ...args] : ['sudo', '-n', command, ...args];
  execFileSync(program!, rest, { stdio: 'ignore' });
}

/** The disk belongs to who runs the tests, whoever mounts it. */
function mount(folder: string, size: string, how = ''): void {
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`;
  asRoot('mount', '-t', 'tmpfs', '-o', `${how}size=${size},${owner}`, 'tmpfs', folder);
}

const unmount = (folder: string) => asRoot('umount', folder);

/** A disk of its own needs the right to mount one: root may lack it in a container, and others have it only by sudo. */
export const mayMount = await tryToMount();
export const needsMount = mayMount ? '' : ' (left out: this user may not mount a disk)';

async function tryToMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    mount(folder, '64k');
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Does something while there is a small disk in a folder.
 * @param size such as `100k`; the work may give the disk another one
 */
export async function onSmallDisk<T>(
  folder: string,
  size: string,
  work: (resize: (size: string) => void) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  mount(folder, size);
  try {
    return await work((other) => mount(folder, other, 'remount,'));
  } finally {
    unmount(folder);
  }
}
