import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { warehouse } from '../support/command-line';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'absent-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each command that takes a file of this machine, and whether it takes a folder, too. */
const COMMANDS: readonly (readonly [string, (path: string) => readonly string[], boolean])[] = [
  ['validate', (path) => ['validate', path], false],
  ['accept', (path) => ['accept', 'ventilation', 'renamed-label:timestamp', path], false],
  ['contract', (path) => ['contract', 'ventilation', path], false],
  ['add-datasource', (path) => ['add-datasource', path], false],
  ['compare', (path) => ['compare', path, path], true],
  ['import-legacy', (path) => ['import-legacy', path, '--warehouse', folder], true],
  ['replay', (path) => ['replay', 'indoor/none', '--file', path, '--warehouse', folder], false],
];

describe('a missing file is a mistake of the command line', () => {
  test.each(COMMANDS)('of %s, which names it', async (_, args) => {
    const path = join(folder, 'Graph_absent.csv');
    const { code, stderr } = await warehouse(args(path));
    expect(stderr).toContain(path);
    expect(stderr).toContain('class=config code=file-missing');
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(3);
  });

  test.each(COMMANDS.filter(([, , mayBeFolder]) => !mayBeFolder))(
    'and so is a folder in its place, of %s',
    async (_, args) => {
      const { code, stderr } = await warehouse(args(folder));
      expect(stderr).toContain(`${folder} (not a file)`);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(3);
    },
  );
});
