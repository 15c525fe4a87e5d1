// Where the tests lay their buildings: in memory, if the machine has it to spare.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The largest tests lay down less than a gigabyte, three at a time. */
const ENOUGH = 6 * 2 ** 30;

/**
 * A new folder in memory: a warehouse waits for the disk after each file, which is a third of the time of some tests.
 * @returns undefined where there is too little, or nothing that lies there can be run
 */
export function memoryFolder(within = '/dev/shm', enough = ENOUGH) {
  let folder;
  try {
    const { bavail, bsize } = statfsSync(within);
    if (bavail * bsize < enough) return undefined;
    folder = mkdtempSync(join(within, 'warehouse-tests-'));
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(program);
    // Some tests start what runs as another user.
    chmodSync(folder, 0o1777);
    return folder;
  } catch {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}
