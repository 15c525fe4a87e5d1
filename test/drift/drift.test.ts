import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text-file';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/configuration';
import { findingLine } from '@sensor-warehouse/model/finding';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DriftCase } from './drift-case';
import { textOf } from './export-table';
import { forms } from './forms';
import { labels } from './labels';
import { numbers } from './numbers';
import { truncations } from './truncations';

const SEEDS = fileURLToPath(new URL('../../seeds', import.meta.url));
const NOW = Date.UTC(2024, 11, 1);

let folder: string;
let datasources: readonly Datasource[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drift-'));
  datasources = (await loadConfiguration(SEEDS)).datasources;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const room = newRoom();
let runs = 0;

/** Reads bytes as an upload of this name would be; the landing with a reader that is not ours. */
async function read(fileName: string, bytes: string | Buffer) {
  const datasource = datasources.find(({ id }) => id === (fileName.startsWith('Graph') ? 'ventilation' : 'indoor'))!;
  const place = join(folder, String(++runs));
  await writeFile(`${place}.csv`, bytes);
  const report = await readExport({ path: `${place}.csv`, name: fileName, ordinal: 1 }, datasource, place, NOW, room);
  const landed: Record<string, unknown>[] = [];
  for (const part of (await readdir(folder)).filter((name) => name.startsWith(`${runs}-`)).sort()) {
    const file = await asyncBufferFromFile(join(folder, part));
    landed.push(...(await parquetReadObjects({ file, compressors })));
    await rm(join(folder, part));
  }
  await rm(`${place}.csv`);
  return { report, landed };
}

/** `time values…`, for comparing rows that stand on other lines. */
const contentOf = (rows: readonly Record<string, unknown>[]) =>
  rows.map(({ _line, _ordinal, ...values }) => JSON.stringify(values));

const KINDS: readonly (readonly [string, readonly DriftCase[]])[] = [
  ['the labels', labels],
  ['the form', forms],
  ['the numbers', numbers],
  ['the end of the file', truncations],
];

describe.each(KINDS)('%s', (_, cases) => {
  test.each(cases.map((one) => [one.sentence, one] as const))('%s', async (_sentence, expected) => {
    const { report, landed } = await read(expected.fileName, expected.bytes);
    const said = report.findings.filter(({ code }) => code !== 'ignored-column');
    expect(said.map(({ severity, code, column }) => `${severity} ${code} ${column ?? '-'}`)).toEqual(expected.findings);
    expect(report.verdict).toBe(expected.verdict);
    const edits = said.flatMap(({ accept }) => accept?.edits ?? []);
    expect(
      Object.fromEntries(edits.flatMap((edit) => (edit.kind === 'alias' ? [[edit.label, edit.standsFor]] : []))),
    ).toEqual(expected.renames);
    expect(edits.flatMap((edit) => (edit.kind === 'set' ? [`${edit.column}=${edit.to}`] : []))).toEqual(
      expected.settings,
    );
    if (expected.says) expect(findingLine(said[0]!)).toMatch(expected.says);
    expect(report.counts.landed + report.counts.quarantined).toBe(report.counts.lines);
    expect(landed).toHaveLength(report.counts.landed);
    // Whatever is accepted is what the original says, row by row.
    if (expected.verdict === 'refused') expect(landed).toEqual([]);
    else if (said.every(({ code }) => code !== 'new-header')) await expectSameRows(expected, landed);
  });
});

/** Rows that were not changed land as they do from the original. */
async function expectSameRows({ original, bytes, rows }: DriftCase, landed: readonly Record<string, unknown>[]) {
  const lines = bytes.toString().split(/\r?\n/).length - 1;
  const given = lines - 1 - original.preamble.length;
  const first = await read(original.name, textOf(original));
  const known = new Set(contentOf(first.landed));
  const changed =
    !bytes.toString().includes(original.rows.at(-1)!.join(original.delimiter)) && rows === original.rows.length;
  expect(landed).toHaveLength(given);
  if (!changed) expect(contentOf(landed).filter((row) => !known.has(row))).toEqual([]);
}

test('there are more than 60 cases, and no two have one sentence', () => {
  const sentences = KINDS.flatMap(([, cases]) => cases.map(({ sentence }) => sentence));
  expect(sentences.length).toBeGreaterThan(60);
  expect(sentences.filter((one, i) => sentences.indexOf(one) !== i)).toEqual([]);
});

test('everything that is offered for acceptance can be typed into a shell as it is', async () => {
  for (const one of KINDS.flatMap(([, cases]) => cases)) {
    const { report } = await read(one.fileName, one.bytes);
    for (const { accept } of report.findings) if (accept) expect(accept.id).toMatch(/^[a-z-]+(:[\p{L}\p{N}_.-]+)?$/u);
  }
});
