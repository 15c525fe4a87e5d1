import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readShape, type Shape } from '../support/configured-source';
import { readParquet } from '../support/published';
import { SHAPES } from './shapes';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layouts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shapeOf = (part: string): Shape => SHAPES.find(({ sentence }) => sentence.includes(part))!;

/** Czech letters of Windows-1250, which Node cannot write. */
const LETTERS: Readonly<Record<string, number>> = { Č: 0xc8, ř: 0xf8, í: 0xed };

/** The bytes of a shape's file: its encoding, and a gzip of two members where its name says so. */
function bytesOf({ text, row, fileName }: Shape): Buffer {
  const plain =
    row.encoding === 'windows-1250'
      ? Buffer.from([...text].map((letter) => LETTERS[letter] ?? letter.charCodeAt(0)))
      : Buffer.from(text, 'utf8');
  if (!fileName.endsWith('.gz')) return plain;
  return Buffer.concat([gzipSync(plain.subarray(0, 20)), gzipSync(plain.subarray(20))]);
}

interface Reading {
  readonly time: string;
  readonly sensor: string;
  readonly label: string;
  readonly value: number;
}

const inOrder = (readings: readonly Reading[]) =>
  readings.map(({ time, sensor, label, value }) => `${time} ${sensor} ${label} ${value}`).sort();

/** The readings of a landing: its columns of numbers, named by their label, or by the quantity of the row. */
async function landed({ row }: Shape): Promise<string[]> {
  const parts = (await readdir(folder)).filter((name) => name.startsWith('landing'));
  const rows = (await Promise.all(parts.map((part) => readParquet(join(folder, part))))).flat();
  return inOrder(
    rows.flatMap((one) =>
      Object.entries(one).flatMap(([label, value]): Reading[] => {
        if (typeof value !== 'number' || label.startsWith('_')) return [];
        const sensor = row.sensor_column === undefined ? '' : String(one[row.sensor_column]);
        const named = row.quantity_column === undefined ? label : String(one[row.quantity_column]);
        return [{ time: (one._time as Date).toISOString(), sensor, label: named, value }];
      }),
    ),
  );
}

/** What DuckDB makes of the same text. */
async function readByDuckdb({ text, sql }: Shape): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const duckdb = await instance.connect();
  try {
    const path = join(folder, 'text');
    await writeFile(path, text);
    await duckdb.run(`set timezone = 'UTC'`);
    await duckdb.run(`create table lines as select generate_subscripts(l, 1) as line, unnest(l) as text
      from (select string_split(content, chr(10)) as l from read_text('${path}'))`);
    await duckdb.run(`delete from lines where text = ''`);
    const reader = await duckdb.runAndReadAll(
      `select strftime(time at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%g') || 'Z' as time, sensor, label, value
       from (${sql}) where value is not null`,
    );
    return inOrder(reader.getRowObjects() as unknown as Reading[]);
  } finally {
    duckdb.closeSync();
    instance.closeSync();
  }
}

test('there are ten shapes', () => {
  expect(SHAPES).toHaveLength(10);
});

describe.each(SHAPES)('$sentence', (shape) => {
  test('is read by configuration alone, as DuckDB reads it', async () => {
    const report = await readShape(folder, shape, bytesOf(shape));
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const readings = await landed(shape);
    expect(readings).toEqual(await readByDuckdb(shape));
    expect(report.counts.readings).toBe(readings.length);
    const { lines, landed: rows, quarantined, cells, empty, ignored, cellsQuarantined } = report.counts;
    expect(lines).toBe(rows + quarantined);
    expect(cells).toBe(readings.length + empty + ignored + cellsQuarantined);
  });
});

describe('a long export', () => {
  const long = shapeOf('several value columns');
  const kinds = shapeOf('a row for each reading');
  const codesOf = async (shape: Shape, text: string) =>
    (await readShape(folder, shape, Buffer.from(text))).findings.map(({ code, count, found }) => [code, count, found]);

  test('with sensors that nobody mapped is refused, and names each with its rows', async () => {
    const text = `${long.text}2024-10-27 05:00,Garage,1,2\n2024-10-27 05:30,Garage,1,2\n2024-10-27 05:00,Roof,1,2\n`;
    expect(await codesOf(long, text)).toEqual([
      ['sensor-unknown', 2, '"Garage"'],
      ['sensor-unknown', 1, '"Roof"'],
    ]);
    expect((await readdir(folder)).filter((name) => name.startsWith('landing'))).toEqual([]);
  });

  test('with a quantity that is neither mapped nor ignored is refused', async () => {
    expect(await codesOf(kinds, `${kinds.text}1733043720;A 1;CO2;400\n`)).toEqual([['quantity-unknown', 1, '"CO2"']]);
  });

  test('with a row that names no sensor is refused for that row', async () => {
    const [[code]] = (await codesOf(long, `${long.text}2024-10-27 05:00,,1,2\n`)) as [[string]];
    expect(code).toBe('missing-cell');
  });

  test('without its column of sensors is refused', async () => {
    const [[code]] = (await codesOf(long, long.text.replace('device', 'gadget'))) as [[string]];
    expect(['renamed-label', 'incorrect-label', 'missing-label']).toContain(code);
  });

  test('counts cells of an ignored quantity', async () => {
    const { findings, counts } = await readShape(folder, kinds, Buffer.from(kinds.text));
    expect(findings.map(({ code, count }) => [code, count])).toEqual([['ignored-column', 1]]);
    expect(counts).toMatchObject({ lines: 4, readings: 2, empty: 1, ignored: 1 });
  });

  test('sorted by sensor instead of by time resolves the doubled hour the same', async () => {
    const [header, ...rows] = long.text.trimEnd().split('\n');
    const sorted = {
      ...long,
      text: `${[header, ...rows.filter((r) => r.includes('cellar')), ...rows.filter((r) => r.includes('Attic'))].join('\n')}\n`,
    };
    await readShape(folder, sorted, Buffer.from(sorted.text));
    expect(await landed(sorted)).toEqual(await readByDuckdb(long));
  });
});

describe('times with an offset', () => {
  const iso = shapeOf('with their offsets');

  test('do not mix with times without one', async () => {
    const text = `${iso.text}2024-10-27T05:00:00,5\n`;
    const { findings } = await readShape(folder, iso, Buffer.from(text));
    expect(findings.map(({ code }) => code)).toEqual(['dateformat-mixed']);
  });
});

describe('a row of units', () => {
  const units = shapeOf('a row of units');

  test('that names another unit refuses the file: nothing is converted', async () => {
    const { findings } = await readShape(folder, units, Buffer.from(units.text.replace('[°C]', '[°F]')));
    expect(findings.map(({ code, column, found }) => [code, column, found])).toEqual([
      ['unit-changed', 'Hall', 'the unit "°F"'],
    ]);
  });

  test('that is not there is reported, and not a reading is taken for it', async () => {
    const { findings } = await readShape(folder, units, Buffer.from(units.text.replace(',[°C],%\n', '')));
    expect(findings.map(({ code, line }) => [code, line])).toEqual([['unit-row-missing', 6]]);
  });
});

describe('comments', () => {
  const comments = shapeOf('comments');

  test('are counted', async () => {
    const { findings } = await readShape(folder, comments, bytesOf(comments));
    expect(findings.map(({ code, count, severity }) => [code, count, severity])).toEqual([['comment-line', 3, 'info']]);
  });

  test('with an open quotation mark do not swallow the rows after them', async () => {
    const text = comments.text.replace('# battery changed', '# battery,"changed');
    const { findings } = await readShape(folder, comments, Buffer.from(text));
    expect(findings.map(({ code }) => code)).toEqual(['unclosed-quote']);
  });
});

describe('a gzip', () => {
  const gzip = shapeOf('a gzip');
  const codesOf = async (bytes: Buffer, fileName = gzip.fileName) =>
    (await readShape(folder, { ...gzip, fileName }, bytes)).findings.map(({ code }) => code);

  test('that was cut off is refused', async () => {
    const bytes = bytesOf(gzip);
    expect(await codesOf(bytes.subarray(0, bytes.length - 6))).toEqual(['truncated-file']);
  });

  test('with a flipped bit is refused', async () => {
    const bytes = Buffer.from(bytesOf(gzip));
    bytes[15]! ^= 0x10;
    expect(['archive-damaged', 'truncated-file']).toContain((await codesOf(bytes))[0]);
  });

  test('with other bytes after its end is refused', async () => {
    expect(await codesOf(Buffer.concat([bytesOf(gzip), Buffer.from('01.12.2024 11:00;1\r\n')]))).toEqual([
      'archive-damaged',
    ]);
  });

  test('of which two hundred times as much would come is refused before it fills the disk', async () => {
    expect(await codesOf(gzipSync(Buffer.alloc(64 << 20, 0x20)))).toEqual(['archive-too-large']);
  });

  test('that is not named as one is not a table', async () => {
    expect(await codesOf(bytesOf(gzip), 'shape.csv')).toEqual(['not-tabular']);
  });
});
