import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { textDiff } from '../../src/terminal/text-diff';

const PATH = 'seeds/mapping_ventilation.csv';
const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const many = Array.from({ length: 40 }, (_, i) => `row ${i}`);

describe('the diff of a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diff-'));
    await mkdir(dirname(join(folder, PATH)));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each<[string, string, string]>([
    ['with one row more', lines('a', 'b'), lines('a', 'b', 'c')],
    ['with its first and last row changed', lines(...many), lines('x', ...many.slice(1, -1), 'y')],
    ['with rows moved', lines(...many), lines(...many.slice(20), ...many.slice(0, 20))],
    ['that had no last line end', 'a\nb', 'a\nb\nc'],
    ['that loses its last line end', 'a\nb\n', 'a\nb'],
    ['with CRLF', 'a\r\nb\r\n', 'a\r\nb\r\nc\r\n'],
    ['with CRLF in one row', 'a\nb\r\n', 'a\r\nb\r\n'],
    ['that is new', '', lines('a', 'b')],
    ['that is new, without a last line end', '', 'a'],
    ['whose rows look like a diff', lines('--- a', '+++ b'), lines('--- a', '@@ -1 +1 @@', '+++ b', '===')],
    ['whose rows look like a diff, and end with tabs', lines('-- a\t', '++ b\t\t'), lines('-- c\t', '++ b\t')],
    ['with letters of all kinds', lines('ř', '…'), lines('ř', '…', '𝛥')],
  ])('%s is applied by git and gives the intended bytes', async (_, before, after) => {
    if (before !== '') await writeFile(join(folder, PATH), before);
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: textDiff(PATH, before, after) });
    expect(await readFile(join(folder, PATH), 'utf8')).toBe(after);
  });

  test('that does not change is empty', () => {
    expect(textDiff(PATH, 'a\n', 'a\n')).toBe('');
  });

  test('shows three rows around a change, and no more', () => {
    expect(textDiff(PATH, lines(...many), lines(...many.slice(0, 20), 'new', ...many.slice(20)))).toBe(
      lines(
        `--- a/${PATH}`,
        `+++ b/${PATH}`,
        '@@ -18,6 +18,7 @@',
        ...many.slice(17, 20).map((row) => ` ${row}`),
        '+new',
        ...many.slice(20, 23).map((row) => ` ${row}`),
      ),
    );
  });
});
