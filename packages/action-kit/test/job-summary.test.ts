import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { findingLine, findingParagraphs } from '@sensor-warehouse/model/findings/finding-text';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { summarise } from '../src/job-summary';

const RENAMED: Finding = {
  code: 'missing-label',
  severity: 'error',
  datasource: 'ventilation',
  file: 'Graph|1 `x`.csv',
  line: 5,
  count: 1,
  found: '"temp|new"',
  expected: '"temp"',
  message: 'a column is missing',
  evidence: 'its numbers are those of <b>temp</b>',
  fix: 'accept the change',
  accept: { id: 'renamed-label:temp', edits: [{ kind: 'alias', label: 'temp|new', standsFor: 'temp' }] },
};

/** Six, the empty one before the first bar, and what is after the last. */
const CELLS = 8;

let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'summary-'));
  before = process.env.GITHUB_STEP_SUMMARY;
  process.env.GITHUB_STEP_SUMMARY = join(folder, 'summary.md');
});
afterEach(() => {
  if (before === undefined) delete process.env.GITHUB_STEP_SUMMARY;
  else process.env.GITHUB_STEP_SUMMARY = before;
  rmSync(folder, { recursive: true, force: true });
});

async function summaryOf(equation: string, findings: readonly Finding[]): Promise<string[]> {
  const counts = { files: 1, in: 1, out: 0, quarantined: 1, repeated: 0, seconds: 1 };
  await summarise({ stage: 'validate-schema', ...counts, equation, findings }, []);
  return readFileSync(join(folder, 'summary.md'), 'utf8').split('\n');
}

/** The cells of the row that the job summary has for the finding, cut as GitHub cuts them: a backslash escapes what follows. */
async function rowOf(finding: Finding): Promise<string[]> {
  const row = (await summaryOf('1 = 1', [finding])).findLast((line) => line.includes('missing-label'))!;
  return Array.from(row.matchAll(/((?:\\.|[^|\\])*)(?:\||$)/g), ([, cell]) => cell!.trim());
}

describe('the job summary', () => {
  test('shows the evidence of a finding, and Markdown reads nothing in it', async () => {
    const what = (await rowOf(RENAMED))[4];
    expect(what).toContain('evidence: its numbers are those of ');
    expect(what).not.toContain('<b>');
  });

  test('shows the command that accepts what was found, and what it changes, in one cell of the table', async () => {
    const row = await rowOf(RENAMED);
    expect(row).toHaveLength(CELLS);
    expect(row[6]).toMatch(
      /^accept the change<br>to accept: ``warehouse accept ventilation renamed-label:temp 'Graph\\\|1 `x`\.csv'`` \\?\(contract: "temp\\\|new" stands for "temp"\\?\)$/,
    );
  });

  test('keeps its cells whatever a file is called', async () => {
    for (const file of ['a|b.csv', 'a\\|b.csv', 'a\\\\|b.csv', 'a`|`b.csv', 'a\\'])
      expect(await rowOf({ ...RENAMED, file }), file).toHaveLength(CELLS);
  });

  test('says that nothing was lost only if two sides were compared', async () => {
    expect(await summaryOf('lines 3 = landed 2 + quarantined 1', [])).toContainEqual(
      expect.stringMatching(/^Nothing lost: lines 3 = landed 2 /),
    );
    const summary = await summaryOf('rows of the dataset 5, as before', []);
    expect(summary).toContain('rows of the dataset 5, as before');
  });

  test('shows no command if nothing can be accepted', async () => {
    const { accept: _, ...other } = RENAMED;
    expect((await rowOf(other))[6]).toBe('accept the change');
  });
});

test('a finding reads the same in a line, in a report and in the job summary', async () => {
  const plain = (text: string) => text.replace(/\\(?=[^\w\s])/g, '');
  const { evidence: _, ...finding } = RENAMED;
  const row = plain((await rowOf(finding)).join(' | '));
  const parts = [finding.code, finding.message, finding.found!, finding.expected!, finding.fix];
  for (const text of [findingLine(finding), plain(findingParagraphs(finding).join('\n')), row])
    for (const part of [...parts, 'accept ventilation renamed-label:temp', 'stands for "temp"'])
      expect(text).toContain(part);
});
