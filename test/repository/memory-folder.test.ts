import { rmSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { memoryFolder } from '../../scripts/memory-folder.mjs';

it.runIf(process.platform === 'linux')('a folder in memory is one that every user may write in', () => {
  const folder: string | undefined = memoryFolder('/dev/shm', 1);
  // Where nothing in it may be run, there is none.
  if (folder === undefined) return;
  expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  rmSync(folder, { recursive: true });
});

it('there is none where there is too little memory, or no such folder', () => {
  expect(memoryFolder('/dev/shm', Number.MAX_VALUE)).toBeUndefined();
  expect(memoryFolder('/no/such/folder', 1)).toBeUndefined();
});
