import { lookAtAll } from '@sensor-warehouse/cli/options/read-samples';
import { lookAtSample } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { describe, expect, test } from 'vitest';

const NOW = Date.UTC(2024, 10, 29);
const two = (n: number) => String(n).padStart(2, '0');
const upTo = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const number = (i: number) => (0.25 + ((i * 7) % 90) / 100).toFixed(2);
const clock = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const DAYS = upTo(6, (i) => `2024-10-${two(i + 1)}`);
const table = (header: readonly string[], rows: readonly (readonly string[])[], delimiter = ',') =>
  `${[header, ...rows].map((cells) => cells.join(delimiter)).join('\n')}\n`;
/** A row for each day below such labels. */
const daily = (labels: readonly string[], first: readonly string[] = ['Date']) =>
  table(
    [...first, ...labels],
    DAYS.map((day, d) => [
      ...first.map((label) => (label === 'Date' ? day : 'M1')),
      ...labels.map((_, i) => number(i + d)),
    ]),
  );
/** A row for each quarter of an hour. */
const quarterly = (labels: readonly string[]) =>
  table(
    ['Time', ...labels],
    upTo(8, (r) => [`2024-10-01 ${clock(15 * r)}`, ...labels.map((_, i) => number(i + r))]),
  );

function refusal(text: string): Failure['details'] {
  try {
    lookAtAll([{ name: 'sample.csv', bytes: Buffer.from(text) }], NOW, {});
  } catch (error) {
    return (error as Failure).details;
  }
  throw new Error('the sample was looked at');
}

const labelsSeen = (text: string) =>
  lookAtSample('sample.csv', Buffer.from(text), NOW)
    .columns.filter(({ kind }) => kind === 'number')
    .map(({ label }) => label);

describe('a column for each time of day', () => {
  test.each<readonly [string, readonly string[]]>([
    ['quarter hours', upTo(96, (i) => clock(15 * i))],
    ['half hours by their ends', upTo(48, (i) => `${Math.floor((i + 1) / 2)}:${i % 2 === 0 ? '30' : '00'}`)],
    ['hours of American clocks', upTo(24, (i) => `${i % 12 || 12}:00 ${i < 12 ? 'AM' : 'PM'}`)],
    ['hours with seconds', upTo(24, (i) => `${two(i)}:00:00`)],
    ['intervals from one time to the next', upTo(96, (i) => `${clock(15 * i)}-${clock((15 * i + 15) % 1440)}`)],
    ['times after a word', upTo(48, (i) => `kWh ${clock(30 * i)}`)],
    ['times without a colon', upTo(96, (i) => `V${clock(15 * i).replace(':', '')}`)],
    ['H1 to H24', upTo(24, (i) => `H${i + 1}`)],
    ['HE01 to HE24', upTo(24, (i) => `HE${two(i + 1)}`)],
    ['H1 to H25, for the autumn night', upTo(25, (i) => `H${i + 1}`)],
    ['Interval 1 to 96', upTo(96, (i) => `Interval ${i + 1}`)],
    ['numbers alone', upTo(24, String)],
    ['each with its quality after it', upTo(48, (i) => [clock(30 * i), `Quality ${i + 1}`]).flat()],
  ])('is refused as that: %s', (_, labels) => {
    const { what, code, class: kind, fix } = refusal(daily(labels));
    expect({ what, code, kind }).toEqual({
      what: 'the table has a column for each time of day, and a row for each day',
      code: 'sample-unreadable',
      kind: 'input',
    });
    expect(fix).toMatch(/^export it with a row for each interval/);
  });

  test('is refused below a title and beside the meter, and where the date has three columns', () => {
    const labels = upTo(96, (i) => clock(15 * i));
    const what = 'the table has a column for each time of day, and a row for each day';
    expect(refusal(`Load profile,October\n\n${daily(labels, ['Meter', 'Date', 'Unit'])}`).what).toBe(what);
    const parts = table(
      ['Year', 'Month', 'Day', ...upTo(24, (i) => `H${i + 1}`)],
      upTo(6, (d) => ['2024', '10', String(d + 1), ...upTo(24, number)]),
    );
    expect(refusal(parts).what).toBe(what);
  });

  test.each<readonly [string, string, readonly string[]]>([
    ['24 thermometers once a day', daily(upTo(24, (i) => `T${i + 1}`)), upTo(24, (i) => `T${i + 1}`)],
    ['24 sensors by number once a day', daily(upTo(24, (i) => `Sensor ${i + 1}`)), upTo(24, (i) => `Sensor ${i + 1}`)],
    ['24 hygrometers every quarter of an hour', quarterly(upTo(24, (i) => `H${i + 1}`)), upTo(24, (i) => `H${i + 1}`)],
    ['seven humidities once a day', daily(upTo(7, (i) => `H${i + 1}`)), upTo(7, (i) => `H${i + 1}`)],
    [
      'tariffs that say from when to when',
      daily(['Day 06:00-22:00', 'Night 22:00-06:00']),
      ['Day 06:00-22:00', 'Night 22:00-06:00'],
    ],
  ])('is not %s', (_, text, labels) => {
    expect(labelsSeen(text)).toEqual(labels);
  });

  test('is not a row of readings that rise by one step', () => {
    const rows = upTo(9, (r) => [`2024-10-01 0${r}:00`, ...upTo(30, (i) => `${two(i % 24)}.00`)]);
    expect(labelsSeen(table(['Time', ...upTo(30, (i) => `Level ${String.fromCharCode(65 + i)}`)], rows))).toHaveLength(
      30,
    );
  });

  test('may be called sensors by a person, where the labels are numbers', () => {
    const labels = upTo(24, (i) => `H${i + 1}`);
    expect(refusal(daily(labels)).fix).toContain('if these are sensors, use --layout wide');
    const look = lookAtSample('sample.csv', Buffer.from(daily(labels)), NOW, { layout: 'wide' });
    expect(look.columns).toHaveLength(25);
  });
});

describe('a column for each date', () => {
  const what = 'the table has a column for each date';

  test.each<readonly [string, string]>([
    [
      'and a row for each sensor',
      table(
        ['sensor', ...DAYS],
        upTo(4, (s) => [`s${s}`, ...upTo(6, number)]),
      ),
    ],
    [
      'and a row for each time of day',
      table(
        ['Time', ...DAYS],
        upTo(9, (h) => [clock(60 * h), ...upTo(6, number)]),
        ';',
      ),
    ],
    [
      'with its time of day',
      table(
        ['Sensor', 'Unit', ...upTo(8, (h) => `2024-10-01 ${clock(60 * h)}`)],
        upTo(4, (s) => [`s${s}`, 'C', ...upTo(8, number)]),
      ),
    ],
  ])('is refused as that: %s', (_, text) => {
    expect(refusal(text)).toMatchObject({ what, code: 'sample-unreadable' });
  });

  test('is not a title that says from when to when', () => {
    const title = 'Period,2024-10-01,2024-10-08,2024-10-31\n';
    expect(labelsSeen(`${title}${quarterly(['Kitchen', 'Hall'])}`)).toEqual(['Kitchen', 'Hall']);
  });
});

describe('what is not a table with a header', () => {
  test.each(['NEM12', 'NEM13'])('is refused as meter data: %s', (format) => {
    const text = `100,${format},202411010100,MDP,RET\n200,NMI1,E1,1,E1,N1,01009,kWh,30,\n300,20241001,${upTo(48, number).join(',')},A,,,,\n900\n`;
    expect(refusal(text)).toMatchObject({
      what: `the file is meter data in ${format}, whose rows are records of several kinds`,
      code: 'sample-unreadable',
    });
  });

  test('is refused as meter data without its first record', () => {
    const text = `200,NMI1,E1,1,E1,N1,01009,kWh,30,\n300,20241001,${upTo(48, number).join(',')},A,,,,\n`;
    expect(refusal(text).what).toContain('meter data in NEM12');
  });

  test('is not a table whose first cells are such numbers', () => {
    const rows = upTo(6, (r) => [String(100 * (r + 1)), `2024-10-01 0${r}:00`, number(r)]);
    expect(labelsSeen(table(['Dose', 'Time', 'Air'], rows))).toEqual(['Dose', 'Air']);
  });

  const rows = upTo(9, (r) => [`2024-10-01 0${r}:00`, `2${r}.1`, '40']);
  test.each<readonly [string, string]>([
    ['rows from the first line on', table(rows[0]!, rows.slice(1))],
    ['rows below a title', `My logger\n${table(rows[0]!, rows.slice(1), ';')}`],
    [
      'rows with seconds since 1970',
      table(
        ['1727740800', '20.1'],
        upTo(8, (r) => [String(1727741700 + 900 * r), '20.5']),
      ),
    ],
  ])('is refused as one without its header: %s', (_, text) => {
    expect(refusal(text)).toMatchObject({
      what: 'the header is missing: no line above the rows names the columns',
      fix: 'have the program write a header, a line such as Time,Temperature above the first row',
      code: 'sample-unreadable',
    });
  });

  test.each<readonly [string, string]>([
    [
      'with a header',
      `Time                Air     RH\n${rows.map(([t, a, h]) => `${t}    ${a}    ${h}`).join('\n')}\n`,
    ],
    ['without one', `${rows.map(([t, a, h]) => `${t}    ${a}    ${h}`).join('\n')}\n`],
    ['with decimal commas', `Zeit   Luft\n${rows.map(([t, a]) => `${t}    ${a!.replace('.', ',')}`).join('\n')}\n`],
    [
      'of a buoy',
      `#YY MM DD hh mm WSPD\n#yr mo dy hr mn m/s\n${upTo(9, (r) => `2024 10 01 0${r} 00  5.${r}`).join('\n')}\n`,
    ],
  ])('is refused as columns with blanks between them: %s', (_, text) => {
    expect(refusal(text)).toMatchObject({
      what: 'the columns are separated by spaces (a fixed-width table)',
      fix: 'export it as CSV, with commas or semicolons between the columns',
      code: 'sample-unreadable',
    });
  });

  test('is refused as before where it is prose', () => {
    expect(refusal('Dear all,\nthe loggers will be read on Monday.\nRegards\n').what).toBe(
      'the sample has no table of times',
    );
  });
});
