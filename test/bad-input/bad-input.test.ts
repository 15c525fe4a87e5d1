import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accepts, type BadInput, exportOf, GOOD, type LandedRow, shifted } from './bad-input';
import { cells } from './cells';
import { columns } from './columns';
import { encodings } from './encodings';
import { hostile } from './hostile';
import { times } from './times';
import { values } from './values';
import { wholeFiles } from './whole-files';

const NOW = Date.UTC(2027, 5, 1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bad-input-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let runs = 0;
// One for all files, as in the stage: nothing of one may be left for the next.
const room = newRoom();

interface Outcome {
  readonly report: ExportReport;
  readonly landed: readonly LandedRow[];
  readonly parts: number;
}

/** Reads the case as an upload would be, and its landing with a reader that is not ours. */
async function read({ bytes, contract, fileName }: BadInput): Promise<Outcome> {
  const place = join(folder, String(++runs));
  const path = `${place}.csv`;
  if (typeof bytes === 'string' || Buffer.isBuffer(bytes)) await writeFile(path, bytes);
  else await pipeline(Readable.from(bytes), createWriteStream(path));
  const report = await readExport({ path, name: fileName, ordinal: 7 }, contract, place, NOW, room);
  await rm(path);
  const landed: LandedRow[] = [];
  const parts = (await readdir(folder)).filter((name) => name.startsWith(`${runs}-`)).sort();
  for (const part of parts) {
    const rows = await rowsOf(join(folder, part));
    for (const row of rows) {
      expect(row.get('_ordinal')).toBe(7);
      const values = [...contract.columns.keys()].map((label) => row.get(label) as number | null);
      landed.push([(row.get('_time') as Date).toISOString(), row.get('_line') as number, ...values]);
    }
  }
  return { report, landed, parts: parts.length };
}

/** The rows of a Parquet file. Maps, because an object loses a column named `__proto__`. */
async function rowsOf(path: string): Promise<Map<string, unknown>[]> {
  const file = await asyncBufferFromFile(path);
  const names = (await parquetMetadataAsync(file)).schema.slice(1).map(({ name }) => name);
  let rows: unknown[][] = [];
  await parquetRead({ file, compressors, rowFormat: 'array', onComplete: (all) => (rows = all) });
  return rows.map((row) => new Map(names.map((name, i) => [name, row[i]])));
}

/** `severity code line:column ×count` */
function inShort({ severity, code, line, column, count }: Finding): string {
  return `${severity} ${code} ${line ?? '-'}:${column ?? '-'} ×${count}`;
}

function expectConservation({ report, landed }: Outcome): void {
  const { counts } = report;
  expect(counts.landed + counts.quarantined).toBe(counts.lines);
  expect(counts.readings + counts.empty + counts.ignored + counts.cellsQuarantined).toBe(counts.cells);
  expect(counts.landed).toBe(landed.length);
  expect(counts.readings).toBe(landed.flatMap(([, , ...row]) => row).filter((value) => value !== null).length);
}

/** A finding says where, what was found, what was expected where there is anything to expect, and one thing to do. */
function expectExplained(findings: readonly Finding[], { contract, fileName }: BadInput): void {
  for (const finding of findings) {
    expect(finding).toMatchObject({ datasource: contract.id, file: fileName });
    expect(finding.message).not.toBe('');
    expect(finding.fix).not.toBe('');
    if (finding.severity !== 'error') continue;
    expect(finding.found, inShort(finding)).toMatch(/./);
    expect(finding.expected, inShort(finding)).toMatch(/./);
  }
}

describe.each([
  ['the bytes', encodings],
  ['the file as a whole', wholeFiles],
  ['rows and cells', cells],
  ['columns', columns],
  ['numbers', values],
  ['times', times],
  ['what others would obey', hostile],
])('%s', (_, cases) => {
  test.each(cases.map((one) => [one.sentence, one] as const))('%s', async (_sentence, expected) => {
    const outcome = await read(expected);
    const { report, landed, parts } = outcome;
    expect(report.findings.map(inShort)).toEqual(expected.findings);
    expect(report.verdict).toBe(expected.verdict);
    expect(landed).toEqual(expected.landed);
    expect(report.rejected.map(({ line, code }) => `${line} ${code}`)).toEqual(expected.quarantined);
    expect(report.counts.lines).toBe(expected.lines);
    expect(parts).toBe(expected.verdict === 'accepted' ? 1 : 0);
    if (expected.found) expect(report.findings[0]!.found).toMatch(expected.found);
    if (expected.fix) expect(report.findings[0]!.fix).toMatch(expected.fix);
    expectConservation(outcome);
    expectExplained(report.findings, expected);
  });
});

test('every sentence is that of one case', () => {
  const sentences = [encodings, wholeFiles, cells, columns, values, times, hostile]
    .flat()
    .map(({ sentence }) => sentence);
  expect(sentences.filter((sentence, i) => sentences.indexOf(sentence) !== i)).toEqual([]);
});

test('the same export under two names lands twice alike, and an export that overlaps it lands the same rows', async () => {
  const whole = accepts('', exportOf(...GOOD));
  const first = await read({ ...whole, fileName: 'Graph_sm2_01.csv' });
  const again = await read({ ...whole, fileName: 'Graph_sm2_01 (1).csv' });
  const later = await read({ ...whole, bytes: exportOf(GOOD[1], '23.11.2026 10:00:00;4,7;21') });
  expect(again.landed).toEqual(first.landed);
  expect(later.landed.slice(0, 1)).toEqual(shifted(-1, first.landed.slice(1)));
});
