import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { findOnPath } from '../src/processes/path-search';

const scratch = mkdtempSync(join(tmpdir(), 'path-search-'));
const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that holds one entry named `rclone`. */
function folderWith(name: string, make: (path: string) => void): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  make(join(folder, 'rclone'));
  return folder;
}

const program = (path: string) => {
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, 0o755);
};
const first = folderWith('first', program);
const second = folderWith('second', program);
const folders = folderWith('folders', (path) => mkdirSync(path));
const texts = folderWith('texts', (path) => writeFileSync(path, 'no program'));

test('the first program of a name on PATH is found', async () => {
  process.env.PATH = ['', join(scratch, 'missing'), first, second].join(delimiter);
  expect(await findOnPath('rclone')).toBe(join(first, 'rclone'));
});

test('a folder of that name, and a file that may not be run, are skipped', async () => {
  process.env.PATH = [folders, texts, second].join(delimiter);
  expect(await findOnPath('rclone')).toBe(join(second, 'rclone'));
});

test('nothing is found if PATH has none', async () => {
  process.env.PATH = [folders, texts].join(delimiter);
  expect(await findOnPath('rclone')).toBeUndefined();
  delete process.env.PATH;
  expect(await findOnPath('rclone')).toBeUndefined();
});
