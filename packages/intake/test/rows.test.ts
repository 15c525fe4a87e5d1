import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Problem, UnreadableFile } from '@sensor-warehouse/intake/report/report';
import { cellText } from '@sensor-warehouse/intake/text/rows';
import { closeTextFile, newRoom, openTextFile } from '@sensor-warehouse/intake/text/text-file';
import { visitRows } from '@sensor-warehouse/intake/text/visit-rows';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const room = newRoom();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Rows {
  readonly cells: readonly (readonly string[])[];
  /** Of each row: the number of its first line. */
  readonly lines: readonly number[];
  readonly problem: Problem | undefined;
}

async function read(bytes: string | Uint8Array, delimiter: string, block: number, encoding = 'utf-8'): Promise<Rows> {
  const path = join(folder, 'table.csv');
  writeFileSync(path, bytes);
  const file = openTextFile(
    path,
    { encoding, delimiter: delimiter.charCodeAt(0), comment: Buffer.alloc(0), firstLine: 1, finalLineEnd: 'optional' },
    room,
    block,
  );
  const all: string[][] = [];
  const lines: number[] = [];
  let problem: Problem | undefined;
  try {
    await visitRows(file, (row, cells) => {
      all.push(Array.from({ length: cells.count }, (_, i) => cellText(row, cells, i)));
      lines.push(row.line);
      return true;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    problem = error.problem;
  } finally {
    closeTextFile(file);
  }
  return { cells: all, lines, problem };
}

const delimiters = fc.constantFrom(',', ';', '\t', '|');
const blocks = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 2000 }));
const cell = fc.string({
  unit: fc.constantFrom('a', '1', 'ř', '°', '𝄞', ' ', '"', ',', ';', '\t', '|', '\n', '\r', '\r\n', '""', '\\', "'"),
  maxLength: 8,
});
const tables = fc
  .record({
    delimiter: delimiters,
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    rows: fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 12,
    }),
    endsWithLineEnd: fc.boolean(),
  })
  .map(({ delimiter, lineEnd, rows, endsWithLineEnd }) => {
    const write = ([text, always]: readonly [string, boolean]) =>
      always || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
    const written = rows.map((row) => row.map(write).join(delimiter));
    return {
      delimiter,
      lineEnd,
      text: written.join(lineEnd) + (endsWithLineEnd ? lineEnd : ''),
      rows,
      ends: endsWithLineEnd || written.at(-1) !== '',
    };
  });

describe('rows of a table after RFC 4180', () => {
  test('are those that papaparse reads, wherever blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(tables, blocks, async ({ delimiter, lineEnd, text }, block) => {
        // After the last line end papaparse sees one more row, an empty one.
        const whole = text.endsWith(lineEnd) ? text.slice(0, -lineEnd.length) : text;
        fc.pre(whole !== '');
        const expected = Papa.parse<string[]>(whole, { delimiter, newline: lineEnd as '\n' });
        expect(expected.errors).toEqual([]);
        const { cells, problem } = await read(text, delimiter, block);
        expect(problem).toBeUndefined();
        expect(cells).toEqual(expected.data);
      }),
      { numRuns: 300 },
    );
  });

  test('are the cells that were written', async () => {
    await fc.assert(
      fc.asyncProperty(tables, blocks, async ({ delimiter, text, rows, ends }, block) => {
        // An empty row without a line end is not a row.
        fc.pre(ends);
        const { cells } = await read(text, delimiter, block);
        expect(cells).toEqual(rows.map((row) => row.map(([one]) => one)));
      }),
      { numRuns: 300 },
    );
  });

  test('have the number of the line on which they begin', async () => {
    await fc.assert(
      fc.asyncProperty(tables, blocks, async ({ delimiter, lineEnd, text }, block) => {
        const { lines } = await read(text, delimiter, block);
        let at = 1;
        const parsed = Papa.parse<string[]>(text, { delimiter, newline: lineEnd as '\n' });
        const expected = parsed.data.map((row) => {
          const line = at;
          at += 1 + row.reduce((sum, one) => sum + (one.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
          return line;
        });
        expect(lines).toEqual(expected.slice(0, lines.length));
        expect(expected.length - lines.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('any bytes', () => {
  const pieces = fc.constantFrom(
    'a',
    'a',
    '7',
    ';',
    ';',
    '"',
    '\n',
    '\n',
    '\r',
    '\r\n',
    'č',
    '\0',
    '\f',
    '\x1a',
    '\ufeff',
  );
  const odd = fc.constantFrom(0xe8, 0xc4, 0xff);
  const bytes = fc
    .array(fc.oneof({ weight: 20, arbitrary: pieces }, { weight: 1, arbitrary: odd }), { maxLength: 60 })
    .map((all) => Buffer.concat(all.map((one) => (typeof one === 'string' ? Buffer.from(one) : Buffer.from([one])))));

  test('give the same rows and the same problem, wherever blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 20 }), async (all, block) => {
        const whole = await read(all, ';', 1 << 16);
        expect(await read(all, ';', block)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['utf-16le', 'utf-16be', 'windows-1250'])('of %s do, too', async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('a', ';', '"', '\n', 'á', '"'), maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        async (text, block) => {
          const wide = Buffer.from(text, 'utf16le');
          const all =
            encoding === 'utf-16le' ? wide : encoding === 'utf-16be' ? wide.swap16() : Buffer.from(text, 'latin1');
          const whole = await read(all, ';', 1 << 16, encoding);
          expect(await read(all, ';', block, encoding)).toEqual(whole);
          if (whole.problem === undefined) expect(whole).toEqual(await read(text, ';', 1 << 16));
        },
      ),
      { numRuns: 100 },
    );
  });
});
