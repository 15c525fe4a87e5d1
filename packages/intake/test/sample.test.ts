import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnreadableFile } from '../src/report/report';
import { lookAtSample } from '../src/sample/look-at-sample';
import { oneLook } from '../src/sample/one-look';
import { bytesOf, formOf, type MadeForm, madeForms, textOf } from './made-samples';

const NOW = Date.UTC(2024, 10, 29);

const look = (text: string, name = 'export.csv') => lookAtSample(name, Buffer.from(text), NOW);
const hours = (rows: number, row: (time: Date) => string, from = '2024-10-01T00:00Z') =>
  Array.from({ length: rows }, (_, i) => `${row(new Date(Date.parse(from) + i * 3_600_000))}\n`).join('');
const two = (n: number) => String(n).padStart(2, '0');
const dmy = (t: Date) => `${two(t.getUTCDate())}/${two(t.getUTCMonth() + 1)}/${t.getUTCFullYear()}`;
const clock = (t: Date) => `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`;

describe('a sample', () => {
  test('of any form is recognised in that form, or leaves it open; never in another', () => {
    fc.assert(
      fc.property(madeForms, (form: MadeForm) => {
        const seen = lookAtSample('export.csv', bytesOf(textOf(form), form.encoding), NOW);
        const { delimiter, decimal, encoding, datetimeFormat, timeColumns } = seen;
        for (const [told, made] of [
          [delimiter, form.delimiter],
          [decimal, form.decimal],
          [datetimeFormat, form.format],
        ] as const) {
          expect(told.choices).toContain(made);
          if (told.value !== undefined) expect(told.value).toBe(made);
        }
        expect(formOf(seen)).toEqual({ skipLines: form.preamble.length, labels: form.labels });
        // Encodings that read all letters of the sample the same cannot be distinguished, and need not be.
        expect(
          encoding.choices.map((one) => new TextDecoder(one).decode(bytesOf(form.labels.join(''), form.encoding))),
        ).toContain(form.labels.join(''));
        expect(timeColumns.value).toEqual(form.timeColumns);
      }),
      { numRuns: 200 },
    );
  });

  test('of any bytes is recognised or refused, and nothing else happens', () => {
    const cut = fc.record({ form: madeForms, at: fc.nat(), with: fc.uint8Array({ maxLength: 8 }) });
    const damaged = cut.map(({ form, at, with: other }) => {
      const bytes = bytesOf(textOf({ ...form, rows: 12 }), form.encoding);
      const from = at % bytes.length;
      return Buffer.concat([bytes.subarray(0, from), other, bytes.subarray(from + (at % 5))]);
    });
    const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(damaged, noise), (bytes) => {
        try {
          expect(lookAtSample('export.csv', bytes, NOW).encoding.choices.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableFile);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is examined up to a quotation mark that is never closed', () => {
    expect(look('Time,T (°C)\n2024-10-01 00:00,1.5\n2024-10-01 01:00,"1.6\n2024-10-01 02:00,1.7\n').rows).toBe(1);
    expect(() => look('Time,"T\n')).toThrow('the sample has no table of times');
  });

  test('whose dates fit both orders of day and month leaves the order open', () => {
    const { datetimeFormat } = look(
      `Time,T (°C)\n${hours(3, (t) => `${dmy(t)} ${clock(t)},1.5`, '2024-02-01T10:00Z')}`,
    );
    expect(datetimeFormat.value).toBeUndefined();
    expect(datetimeFormat.choices).toEqual(['%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M']);
  });

  test('shows the order of day and month by rows that continue over midnights in only one order', () => {
    const { datetimeFormat } = look(
      `Time,T (°C)\n${hours(60, (t) => `${dmy(t)} ${clock(t)},1.5`, '2024-02-01T10:00Z')}`,
    );
    expect(datetimeFormat.value).toBe('%d/%m/%Y %H:%M');
  });

  test('with one reading a day does not show the order: a month of days looks like a year of months', () => {
    const rows = [1, 2, 3, 4, 5].map((day) => `0${day}/02/2024 08:00,1.5\n0${day}/02/2024 20:00,1.5\n`).join('');
    expect(look(`Time,T (°C)\n${rows}`).datetimeFormat.value).toBeUndefined();
  });

  test.each([
    ['whole numbers, where columns are not separated by commas', 'Time;T\n2024-10-01 00:00;5\n', [',', '.']],
    ['numbers that may be grouped by thousands', 'Time;T\n2024-10-01 00:00;1.234\n2024-10-01 01:00;12.500\n', ['.']],
    ['points and commas', 'Time;T;U\n2024-10-01 00:00;1.5;1,5\n', [',', '.']],
  ])('with %s leaves the decimal mark open', (_, text, choices) => {
    expect(look(text).decimal).toMatchObject({ value: undefined, choices });
  });

  test('is read without lines of comments, and with the row of units below its header', () => {
    const seen = look(
      '# logger 7\n# firmware 2\nTime,Temp,Hum\n,[°C],[%]\n2024-10-01 00:00,1.5,40\n2024-10-01 01:00,1.6,41\n',
    );
    expect(seen).toMatchObject({ commentPrefix: '#', comments: 2, skipLines: 0, unitRow: true, rows: 2 });
    expect(seen.columns.map(({ label, unit }) => [label, unit])).toEqual([
      ['Time', undefined],
      ['Temp', '°C'],
      ['Hum', '%'],
    ]);
  });

  test('whose header itself begins with the sign of a comment keeps its header', () => {
    const seen = look('#Time,Temp (°C)\n2024-10-01 00:00,1.5\n2024-10-01 01:00,1.6\n');
    expect(seen).toMatchObject({ commentPrefix: '', headerLine: 1 });
    expect(seen.columns[0]!.label).toBe('#Time');
  });

  test('has columns of numbers with null tokens, of text, of nothing, and of possible ids', () => {
    const seen = look(
      `No,Time,T (°C),State,Spare\n${[1, 2, 3, 4].map((n) => `${n},2024-10-01 0${n}:00,${n === 3 ? 'N/A' : `${n}.5`},on,\n`).join('')}`,
    );
    expect(seen.columns.map(({ label, kind, nulls, mayBeId }) => [label, kind, nulls, mayBeId])).toEqual([
      ['No', 'number', [], true],
      ['Time', 'time', [], false],
      ['T (°C)', 'number', ['N/A'], false],
      ['State', 'text', [], false],
      ['Spare', 'empty', [], false],
    ]);
  });

  test('with a row for each sensor and time is long, and the columns that distinguish the rows are named', () => {
    const seen = look(
      `Time,Room,T (°C)\n${hours(8, (t) => ['A', 'B', 'C'].map((room) => `${dmy(t)} ${clock(t)},${room},1.5`).join('\n'))}`,
    );
    expect(seen.layout.value).toBe('long');
    expect([seen.sensorColumn.value, seen.quantityColumn.value, seen.valueColumn.value]).toEqual(['Room', '', '']);
    expect(seen.sensors).toEqual(['A', 'B', 'C']);
  });

  test('with a row for each reading has quantities, as if each had a column', () => {
    const rows = hours(8, (t) =>
      ['A', 'B']
        .flatMap((room) => ['T (°C)', 'RH (%)'].map((of) => `${dmy(t)} ${clock(t)},${room},${of},1.5`))
        .join('\n'),
    );
    const seen = look(`Time,Device,Measure,Value\n${rows}`);
    expect([seen.sensorColumn.value, seen.quantityColumn.value, seen.valueColumn.value]).toEqual([
      'Device',
      'Measure',
      'Value',
    ]);
    expect(seen.quantities.map(({ label, unit, least }) => [label, unit, least])).toEqual([
      ['T (°C)', '°C', 1.5],
      ['RH (%)', '%', 1.5],
    ]);
    // By names that say nothing it is open which column is which.
    const unclear = look(`Time,a,b,Value\n${rows}`);
    expect(unclear.sensorColumn).toMatchObject({ value: undefined, choices: ['a', 'b'] });
    expect(unclear.quantityColumn).toMatchObject({ value: undefined, choices: ['a', 'b'] });
  });

  test.each([
    ['2024-10-27T02:30:00+02:00', 'iso', true],
    ['2024-10-27T00:30:00.250Z', 'iso', true],
    ['2024-10-27 00:30:00.250', 'iso', false],
    ['1729989000', '%s', true],
    ['1729989000123', '%Q', true],
    ['2024-10-27T00:30:00', '%Y-%m-%dT%H:%M:%S', false],
  ])('with the time %s is read by %s; absolute: %s', (time, format, absolute) => {
    const seen = look(`timestamp,T\n${time},1.5\n${time},1.6\n`);
    expect(seen.datetimeFormat.value).toBe(format);
    expect(seen.absolute).toBe(absolute);
  });

  test('takes no number for a time whose column is not called one', () => {
    expect(() => look('serial,T\n1729989000,1.5\n1729989060,1.6\n')).toThrow('no column holds a time');
  });

  test('with two columns of times leaves open which one is meant', () => {
    const seen = look('UTC,Local,T\n2024-10-01 00:00,2024-10-01 02:00,1.5\n2024-10-01 01:00,2024-10-01 03:00,1.5\n');
    expect(seen.timeColumns).toMatchObject({ value: undefined, choices: [['UTC'], ['Local']] });
  });

  test.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'the file is an HTML page'],
    ['no header', '2024-10-01 00:00,1.5\n2024-10-01 01:00,1.6\n', 'the header is missing'],
    ['no times', 'a,b\n1,2\n3,4\n', 'the sample has no table of times'],
    ['nothing', '', 'the file is empty'],
  ])('that is %s is refused', (_, text, message) => {
    expect(() => look(text)).toThrow(message);
  });
});

describe('several samples', () => {
  const rows = (day: string) => `Date,Time,T\n${day},0:00,1.5\n${day},0:01,1.5\n`;
  const all = (...samples: readonly (readonly [name: string, text: string])[]) =>
    oneLook(samples.map(([name, text]) => look(text, name)));

  test('of one program may have two date formats', () => {
    const { look: seen } = all(['E_493D_1.csv', rows('25/10/2024')], ['E_CCEA_1.csv', rows('10/30/2024')]);
    expect(seen.datetimeFormat.value).toBe('%d/%m/%Y %H:%M|%m/%d/%Y %H:%M');
  });

  test('with other ids in their names and the same columns are files of one sensor each', () => {
    const { look: seen } = all(['E_493D_1.csv', rows('25/10/2024')], ['E_CCEA_1.csv', rows('26/10/2024')]);
    expect(seen.layout.value).toBe('file-per-sensor');
    const years = all(['E_2023.csv', rows('25/10/2023')], ['E_2024.csv', rows('26/10/2024')]);
    expect(years.look.layout.value).toBe('wide');
  });

  test('in different forms are distinguished', () => {
    const { differences } = all(['a.csv', rows('25/10/2024')], ['b.csv', rows('25/10/2024').replaceAll(',', ';')]);
    expect(differences).toEqual(['delimiter: "," in a.csv, ";" in b.csv']);
  });
});
