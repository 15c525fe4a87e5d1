import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readShape } from '../support/configured-source';
import { readParquet } from '../support/published';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'numbers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const WIDE = 'data_key_original,location,data_key\nT,SM2_01_L1_01,temp_indoor\nRH,SM2_01_L1_01,humidity_indoor';
const DEGREES = { required_columns: 'time', cell_units: '°C;%' };

interface Given {
  readonly row: Readonly<Record<string, string>>;
  readonly mapping?: string;
}

/** What a table of two rows or so comes to: its findings in short, and the numbers of its landing. */
async function read(text: string, { row, mapping = WIDE }: Given) {
  const { findings, verdict, counts } = await readShape(
    folder,
    { fileName: 'shape.csv', mapping, row },
    Buffer.from(text),
  );
  const rows = verdict === 'refused' ? [] : await readParquet(join(folder, 'landing-000.parquet'));
  return {
    told: findings.map(({ severity, code, line, column, found }) => `${severity} ${code} ${line}:${column} ${found}`),
    values: rows.map((one) => [one.T, one.RH]),
    fixes: findings.map(({ fix }) => fix),
    counts,
  };
}

describe('a unit in a cell', () => {
  test.each([
    ['after a blank', '20.5 °C', '45 %'],
    ['after none', '20.5°C', '45%'],
    ['after several', '20.5   °C', '45  %'],
    ['after a no-break space', '20.5\u00a0°C', '45\u202f%'],
    ['in quotation marks', '"20.5 °C"', '"45 %"'],
    ['with white space around', ' 20.5 °C ', '\t45 %'],
    ['in one column alone', '20.5 °C', '45'],
    ['after an exponent', '2.05e+01 °C', '4.5E1%'],
  ])('%s is left out where it is declared', async (_, temperature, humidity) => {
    const { told, values } = await read(`time,T,RH\n2024-12-01 10:00:00,${temperature},${humidity}\n`, {
      row: DEGREES,
    });
    expect(told).toEqual([]);
    expect(values).toEqual([[20.5, 45]]);
  });

  test('comes after grouped digits and a minus sign, too', async () => {
    const row = { ...DEGREES, thousands: 'space', decimal: ',', delimiter: ';' };
    const { told, values } = await read('time;T;RH\n2024-12-01 10:00:00;\u22121 234,5 °C;45 %\n', { row });
    expect(told).toEqual([]);
    expect(values).toEqual([[-1234.5, 45]]);
  });

  test('may be missing in some rows', async () => {
    const text = 'time,T,RH\n2024-12-01 10:00:00,20.5 °C,45 %\n2024-12-01 10:05:00,21,46\n2024-12-01 10:10:00,,\n';
    const { values, counts } = await read(text, { row: DEGREES });
    expect(values).toEqual([
      [20.5, 45],
      [21, 46],
      [null, null],
    ]);
    expect(counts).toMatchObject({ readings: 4, empty: 2 });
  });

  test('that is not declared quarantines its row, and shows what was found', async () => {
    const text = 'time,T,RH\n2024-12-01 10:00:00,68.0 °F,45 %\n2024-12-01 10:05:00,21 °C,46 %\n';
    const { told, values } = await read(text, { row: { ...DEGREES, reject_limit: '1' } });
    expect(told).toEqual(['warning type-error 2:T "68.0 °F"']);
    expect(values).toEqual([[21, 46]]);
  });

  test('is named where none is declared', async () => {
    const { told, fixes } = await read('time,T,RH\n2024-12-01 10:00:00,20.0 °C,45\n', {
      row: { required_columns: 'time' },
    });
    expect(told).toEqual(['error type-error 2:T "20.0 °C"']);
    expect(fixes).toEqual([expect.stringMatching(/^declare "°C" as cell_units/)]);
  });

  test('that is another one than that of the data_key refuses the file', async () => {
    const text = 'time,T,RH\n2024-12-01 10:00:00,20 °C,45 %\n2024-12-01 10:05:00,68 °F,46 %\n';
    const { told } = await read(text, { row: { ...DEGREES, cell_units: '°C;°F;%', reject_limit: '9' } });
    expect(told).toEqual(['error unit-changed 3:T the unit "°F"']);
  });

  test('of another column of the source refuses the file', async () => {
    const text = 'time,T,RH\n2024-12-01 10:00:00,20 °C,45 %\n2024-12-01 10:05:00,20 %,46 %\n';
    expect((await read(text, { row: DEGREES })).told).toEqual(['error unit-changed 3:T the unit "%"']);
  });

  test('after something that is not a number quarantines its row', async () => {
    const { told } = await read('time,T,RH\n2024-12-01 10:00:00,-- °C,45 %\n', {
      row: { ...DEGREES, reject_limit: '1' },
    });
    expect(told).toEqual(['warning type-error 2:T "-- °C"']);
  });

  test('of a row for each reading is compared with that of its quantity', async () => {
    const row = {
      required_columns: 'time',
      layout: 'long',
      sensor_column: 'room',
      quantity_column: 'kind',
      value_column: 'T',
      cell_units: '°C;%',
    };
    const mapping = 'column,data_key\ntemp,temp_indoor\nrh,humidity_indoor';
    const rows = (unit: string) =>
      `time,room,kind,T\n2024-12-01 10:00:00,SM2_01_L1_01,temp,20 °C\n2024-12-01 10:00:00,SM2_01_L1_01,rh,45 ${unit}\n`;
    expect((await read(rows('%'), { row, mapping })).values.map(([value]) => value)).toEqual([20, 45]);
    expect((await read(rows('°C'), { row, mapping })).told).toEqual(['error unit-changed 3:T the unit "°C"']);
  });
});

describe('a decimal comma where commas separate the columns', () => {
  const row = { required_columns: 'time', decimal: ',' };

  test('is read in quotation marks', async () => {
    const { told, values } = await read('time,T,RH\n2024-12-01 10:00:00,"20,5",40\n2024-12-01 10:05:00,21,"41,5"\n', {
      row,
    });
    expect(told).toEqual([]);
    expect(values).toEqual([
      [20.5, 40],
      [21, 41.5],
    ]);
  });

  test('makes a cell too many without them, and the message says to put them', async () => {
    const { told, fixes } = await read('time,T,RH\n2024-12-01 10:00:00,20,5,40\n', { row });
    expect(told).toEqual(['error extra-cell 2:4 "40"']);
    expect(fixes).toEqual([expect.stringMatching(/^put numbers with "," in quotation marks/)]);
  });

  test('groups digits in quotation marks alone, too', async () => {
    const grouped = { required_columns: 'time', thousands: ',' };
    const { told, values } = await read('time,T,RH\n2024-12-01 10:00:00,"1,234.5",40\n', { row: grouped });
    expect(told).toEqual([]);
    expect(values).toEqual([[1234.5, 40]]);
    const bare = await read('time,T,RH\n2024-12-01 10:00:00,1,234.5,40\n', { row: grouped });
    expect(bare.told).toEqual(['error extra-cell 2:4 "40"']);
  });
});

test('a number with grouping marks is never taken for one with another decimal mark', async () => {
  const row = { required_columns: 'time', thousands: ',' };
  const times = ['10:00:00', '10:05:00', '10:10:00', '10:15:00'];
  const text = `time,T,RH\n${times.map((time) => `2024-12-01 ${time},"1,234",4x\n`).join('')}`;
  expect((await read(text, { row })).told).toEqual(['error type-error 2:RH "4x"']);
});
