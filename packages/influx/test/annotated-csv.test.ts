import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CutResult, ErrorTable, readAnnotatedCsv, textInCell } from '../src/annotated-csv';

/** A table of a result: names of columns, and cells. */
type Table = readonly [header: readonly string[], ...rows: (readonly string[])[]];

const CELL = fc.oneof(
  fc.constantFrom('', 'a', '-0', '2024-10-27T01:00:00Z', '"', '""', ',', '\r\n', '\n', 'one, "two"', 'místo', '#'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const TABLE = fc.integer({ min: 2, max: 5 }).chain((width) =>
  fc
    .tuple(
      fc.uniqueArray(
        CELL.filter((name) => name !== 'error' && name !== 'reference'),
        { minLength: width, maxLength: width },
      ),
      fc.array(fc.array(CELL, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    )
    .map(([header, rows]): Table => [header, ...rows]),
);

/** As the server writes it (RFC 4180): a blank line after each table, a quoted cell where it must be. */
const cellText = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const tableText = (table: Table) => table.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
const resultText = (tables: readonly Table[]) => tables.map((table) => `${tableText(table)}\r\n`).join('');

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]) {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

async function read(text: string | Uint8Array, cuts: readonly number[] = []): Promise<Table[]> {
  const tables: [readonly string[], ...(readonly string[])[]][] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  await readAnnotatedCsv(chunksOf(bytes, cuts), (header) => {
    const table: (typeof tables)[number] = [header];
    tables.push(table);
    return (row) => {
      table.push(row.start.map((_, cell) => textInCell(row, cell)));
    };
  });
  return tables;
}

const CUTS = fc.array(fc.nat(400), { maxLength: 12 });

describe('the result of a query', () => {
  test('has the same rows wherever the network splits its bytes, even within a quoted cell or a character', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(TABLE, { minLength: 1, maxLength: 3 }), CUTS, async (tables, cuts) => {
        expect(await read(resultText(tables), cuts)).toEqual(tables);
      }),
      { numRuns: 300 },
    );
  });

  test('without rows is one blank line', async () => {
    expect(await read('\r\n')).toEqual([]);
  });

  test('is never accepted as complete when it is cut off before the end of its table', async () => {
    await fc.assert(
      fc.asyncProperty(TABLE, fc.nat(), CUTS, async (table, where, cuts) => {
        const bytes = Buffer.from(resultText([table]), 'utf8');
        const cut = bytes.subarray(0, where % bytes.length);
        await expect(read(cut, cuts)).rejects.toThrow(CutResult);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['nothing at all', ''],
    ['no line end after the last row', ',result,table,_value\r\n,_result,0,1'],
    ['no blank line after the last row', ',result,table,_value\r\n,_result,0,1\r\n'],
    ['a row that lost its beginning', ',result,table,_value\r\n,0,1\r\n\r\n'],
    ['an open quotation mark', ',result,table,_value\r\n,_result,0,"1\r\n\r\n'],
    ['the page of a proxy', '<html>\n<body>try later</body>\n</html>\n'],
  ])('is cut off: %s', async (_, text) => {
    await expect(read(text)).rejects.toThrow(CutResult);
  });

  test('is an error when an error follows after good rows, though the status was 200', async () => {
    // As influxd 2.9.1 sends it when the second of two results fails.
    const text =
      ',result,table,_value\r\n,a,0,1\r\n\r\n\r\n,error,reference\r\n,"runtime error @3:33: boom, ""x""",\r\n';
    await fc.assert(
      fc.asyncProperty(CUTS, async (cuts) => {
        const reading = read(text, cuts);
        await expect(reading).rejects.toThrow(ErrorTable);
        await expect(reading).rejects.toThrow('runtime error @3:33: boom, "x"');
      }),
    );
  });

  test('is refused when a row does not end: memory stays bounded', async () => {
    let given = 0;
    const endless = async function* () {
      yield Buffer.from(',result,table,_value\r\n');
      for (; given < 64; given++) yield Buffer.alloc(1 << 16, 0x31);
    };
    await expect(readAnnotatedCsv(endless(), () => () => {})).rejects.toThrow(CutResult);
    expect(given).toBeLessThan(20);
  });
});
