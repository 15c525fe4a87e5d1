import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CutResult, ErrorTable, readAnnotatedCsv, textOf } from '../src/annotated-csv';

/** What was read: each table's header, and its rows below. */
async function read(text: string | Buffer, cuts: readonly number[] = []): Promise<string[][][]> {
  const bytes = Buffer.from(text);
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  async function* chunks() {
    for (let i = 1; i < bounds.length; i++) yield bytes.subarray(bounds[i - 1], bounds[i]);
  }
  const tables: string[][][] = [];
  await readAnnotatedCsv(chunks(), (header) => {
    const rows = [[...header]];
    tables.push(rows);
    return (row) => {
      rows.push(row.start.map((_, cell) => textOf(row, cell)));
    };
  });
  return tables;
}

const lines = (...all: readonly string[]) => all.map((line) => `${line}\r\n`).join('');
const TWO_TABLES = lines(
  ',result,table,_value,series',
  ',_result,0,1.5,7',
  ',_result,0,2,7',
  '',
  ',result,table,series,_value',
  ',_result,1,8,3',
  '',
);

describe('an annotated CSV', () => {
  test('has tables of other columns after a blank line each', async () => {
    expect(await read(TWO_TABLES)).toEqual([
      [
        ['', 'result', 'table', '_value', 'series'],
        ['', '_result', '0', '1.5', '7'],
        ['', '_result', '0', '2', '7'],
      ],
      [
        ['', 'result', 'table', 'series', '_value'],
        ['', '_result', '1', '8', '3'],
      ],
    ]);
  });

  test('is one blank line when nothing was found', async () => {
    expect(await read('\r\n')).toEqual([]);
  });

  test('is read alike wherever its bytes are cut into chunks', async () => {
    const text = lines(',a,b', ',"x,""y""\r\nz",ž', ',,', '');
    const whole = await read(text);
    expect(whole[0]![1]).toEqual(['', 'x,"y"\r\nz', 'ž']);
    const length = Buffer.byteLength(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: length })), async (cuts) => {
        expect(await read(text, cuts)).toEqual(whole);
      }),
    );
  });

  test('gives back every text that was quoted into it', async () => {
    const cell = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text, 'utf8').toString('utf8'));
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1 }), async (rows) => {
        const text = lines(',a,b', ...rows.map((cells) => `,${cells.map(quoted).join()}`), '');
        expect((await read(text))[0]!.slice(1)).toEqual(rows.map((cells) => ['', ...cells]));
      }),
    );
  });

  test.each([...TWO_TABLES.matchAll(/[\s\S]/g)].slice(1).map(({ index }) => index))(
    'that is cut off after %i bytes is never taken for a whole one, unless it ends between two tables',
    async (length) => {
      const text = TWO_TABLES.slice(0, length);
      const isWhole = text.endsWith('\r\n\r\n');
      const result = await read(text).catch((error: unknown) => error);
      expect(result instanceof CutResult).toBe(!isWhole);
    },
  );

  test('that ends in an error table is an error, though the status was 200', async () => {
    const text = lines(
      ',result,table,_value',
      ',_result,0,1',
      '',
      ',error,reference',
      ',runtime error: out of memory,',
      '',
    );
    await expect(read(text)).rejects.toThrow(new ErrorTable('runtime error: out of memory'));
  });

  test('with a row of another width than its header is cut', async () => {
    await expect(read(lines(',a,b', ',1', ''))).rejects.toThrow(CutResult);
  });

  test('with a row of a megabyte is refused before it fills the memory', async () => {
    await expect(read(`,a\r\n,${'x'.repeat(1_200_000)}`)).rejects.toThrow(CutResult);
  });
});
