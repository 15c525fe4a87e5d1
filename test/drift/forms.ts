import { accepts, type DriftCase, refuses } from './drift-case';
import { type ExportTable, room, textOf, unit, withCells } from './export-table';

const one = unit('01');
const two = unit('02');
const phone = room('4427', '20241031');
const text = textOf(one);
const VALUES = [1, 2, 3, 4, 5];
const points = (cell: string) => cell.replace(',', '.');
const commas = (cell: string) => cell.replace('.', ',');
const CZECH_1250 = {
  á: 0xe1,
  é: 0xe9,
  í: 0xed,
  ý: 0xfd,
  ř: 0xf8,
  ů: 0xf9,
  '°': 0xb0,
};

const oneByte = (source: string) =>
  Buffer.from([...source].map((letter) => CZECH_1250[letter as keyof typeof CZECH_1250] ?? letter.charCodeAt(0)));
const twice = (source: string) => Buffer.from(source, 'utf8').toString('latin1');

/** Dates written in another way. */
const dated = (table: ExportTable, write: (day: string, month: string, year: string, time: string) => string) =>
  withCells(table, [0], (cell) => {
    const [date, time] = cell.split(' ') as [string, string];
    const [day, month, year] = date.split('.') as [string, string, string];
    return write(day, month, year, time);
  });
const format = (sentence: string, changed: ExportTable, settings: readonly string[], says?: RegExp) =>
  refuses(sentence, one, changed, ['error dateformat-changed Date'], {
    settings,
    ...(says === undefined ? {} : { says }),
  });
const also = (text: string) => [`datetime_format=%d.%m.%Y %H:%M:%S|${text}`];
const shortMonth: ExportTable = { ...one, rows: one.rows.filter(([time]) => /^(0\d|1[0-2])\.01\.2024/.test(time!)) };

/** Delimiters, decimal marks, encodings, lines before the header, dates, other formats: what a program writes otherwise. */
export const forms: readonly DriftCase[] = [
  refuses(
    'commas separate the columns, and numbers have points',
    one,
    withCells({ ...one, delimiter: ',' }, VALUES, points),
    ['error delimiter-changed -'],
    {
      settings: ['delimiter=,', 'decimal=.'],
    },
  ),
  refuses('tabs separate the columns', one, { ...one, delimiter: '\t' }, ['error delimiter-changed -'], {
    settings: ['delimiter=tab'],
  }),
  refuses('bars separate the columns of a room', phone, { ...phone, delimiter: '|' }, ['error delimiter-changed -'], {
    settings: ['delimiter=|'],
  }),
  refuses(
    'a phone in another language writes semicolons and decimal commas',
    phone,
    withCells({ ...phone, delimiter: ';' }, [2, 3], commas),
    ['error delimiter-changed -'],
    { settings: ['delimiter=;', 'decimal=,'] },
  ),
  refuses(
    'numbers have decimal points',
    one,
    withCells(one, VALUES, points),
    ['error decimal-changed KOT1/Teplota venkovní (°C)'],
    { settings: ['decimal=.'] },
  ),
  refuses(
    'numbers of a room have decimal commas between commas',
    phone,
    withCells(phone, [2], commas),
    ['error decimal-changed -'],
    { says: /also the delimiter/ },
  ),
  refuses('one column of numbers has decimal points', one, withCells(one, [2], points), [
    'error type-error KOT1/VZT 01 | Obj. 1/vzt01_temp-tea-sani (°C)',
  ]),
  refuses(
    'a unit stands behind every number',
    one,
    withCells(one, VALUES, (cell) => `${cell} °C`),
    ['error type-error KOT1/Teplota venkovní (°C)'],
  ),
  refuses('the file is in windows-1250', one, oneByte(text), ['error encoding-changed -'], {
    settings: ['encoding=windows-1250'],
  }),
  refuses('the file is in UTF-16', one, Buffer.from(`\ufeff${text}`, 'utf16le'), ['error encoding-changed -'], {
    settings: ['encoding=utf-16le'],
  }),
  refuses('the file is in UTF-16 without a mark', one, Buffer.from(text, 'utf16le'), ['error encoding-changed -'], {
    settings: ['encoding=utf-16le'],
  }),
  refuses('the file was encoded twice', one, twice(text), ['error encoding-changed KOT1/Teplota venkovnÃ­ (Â°C)']),
  refuses(
    'a row in windows-1250 stands in a file in UTF-8',
    one,
    Buffer.concat([Buffer.from(text), Buffer.from([0xe8, 0x3b, 0x0d, 0x0a])]),
    ['error encoding-error -'],
  ),
  accepts('a byte order mark came before the header', one, `\ufeff${text}`),
  refuses(
    'a line came before the header',
    one,
    { ...one, preamble: ['Atrea export 4.2'] },
    ['error preamble-changed -'],
    {
      settings: ['skip_lines=1'],
    },
  ),
  refuses(
    'four lines came before the header',
    one,
    { ...one, preamble: ['Atrea', '', 'Objekt;SM2', 'Od;30.11.2023'] },
    ['error preamble-changed -'],
    { settings: ['skip_lines=4'] },
  ),
  refuses(
    'the line before the header of a room went',
    phone,
    { ...phone, preamble: [] },
    ['error preamble-changed -'],
    {
      settings: ['skip_lines=0'],
    },
  ),
  refuses(
    'a second line came before the header of a room',
    phone,
    { ...phone, preamble: [...phone.preamble, 'Device 4427,'] },
    ['error preamble-changed -'],
    { settings: ['skip_lines=2'] },
  ),
  refuses('the header went', one, { ...one, labels: one.rows[0]!, rows: one.rows.slice(1) }, [
    'error missing-header -',
  ]),
  format(
    'dates are written as ISO 8601',
    dated(one, (d, m, y, t) => `${y}-${m}-${d} ${t}`),
    also('%Y-%m-%d %H:%M[:%S]'),
  ),
  format(
    'dates are written as ISO 8601 with a T',
    dated(one, (d, m, y, t) => `${y}-${m}-${d}T${t}`),
    also('%Y-%m-%dT%H:%M[:%S]'),
  ),
  format(
    'dates are written with slashes',
    dated(one, (d, m, y, t) => `${d}/${m}/${y} ${t}`),
    also('%d/%m/%Y %H:%M[:%S]'),
  ),
  format(
    'the month comes first',
    dated(one, (d, m, y, t) => `${m}.${d}.${y} ${t}`),
    also('%m.%d.%Y %H:%M:%S'),
  ),
  refuses(
    'the month comes first in an export that ends on the 12th, where every date exists either way',
    one,
    dated(shortMonth, (d, m, y, t) => `${m}.${d}.${y} ${t}`),
    ['error dateformat-changed Date'],
    { settings: also('%m.%d.%Y %H:%M:%S'), says: /leap/ },
  ),
  format(
    'years have two digits',
    dated(one, (d, m, y, t) => `${d}.${m}.${y.slice(2)} ${t}`),
    also('%d.%m.%y %H:%M[:%S]'),
  ),
  format(
    'seconds went',
    dated(one, (d, m, y, t) => `${d}.${m}.${y} ${t.slice(0, 5)}`),
    also('%d.%m.%Y %H:%M[:%S]'),
  ),
  format(
    'times have AM and PM',
    dated(one, (d, m, y, t) => `${m}/${d}/${y} ${t} AM`),
    [],
    /AM and PM/,
  ),
  format(
    'times count seconds since 1970',
    withCells(one, [0], () => '1701342000'),
    [],
    /1970/,
  ),
  refuses(
    'times carry their offset',
    one,
    dated(one, (d, m, y, t) => `${y}-${m}-${d}T${t}+01:00`),
    ['error timezone-changed Date'],
    { says: /offset/ },
  ),
  refuses(
    'times are in UTC and say so',
    one,
    dated(one, (d, m, y, t) => `${y}-${m}-${d}T${t}Z`),
    ['error timezone-changed Date'],
  ),
  refuses(
    'the format of the dates changes in the middle of a room',
    phone,
    {
      ...phone,
      rows: phone.rows.map((row, i) => {
        const [day, month, year] = row[0]!.split('/');
        return i < 5000 ? row : [`${month}/${day}/${year}`, ...row.slice(1)];
      }),
    },
    ['error dateformat-mixed Date'],
  ),
  refuses(
    'the format of the dates changes in the middle of a unit',
    one,
    {
      ...one,
      rows: [
        ...one.rows.slice(0, 4000),
        ...dated({ ...one, rows: one.rows.slice(4000) }, (d, m, y, t) => `${y}-${m}-${d} ${t}`).rows,
      ],
    },
    ['error type-error Date'],
  ),
  refuses('two units were put together, one below the other', one, text + textOf(two), ['error repeated-header Date']),
  refuses('a file was appended to itself with its mark', one, `\ufeff${text}\ufeff${text}`, [
    'error concatenated-file -',
  ]),
  refuses(
    'a page stands where the file should',
    one,
    `<html><head><title>Sign in - Google Accounts</title></head></html>\n`,
    ['error not-tabular -'],
    {
      says: /Google Accounts/,
    },
  ),
  refuses('a workbook stands where the file should', one, Buffer.from('PK\u0003\u0004xxxx[Content_Types].xml'), [
    'error not-tabular -',
  ]),
  refuses('JSON stands where the file should', one, '{"error": "quota"}\n', ['error not-tabular -']),
  accepts('line ends came without their carriage returns, or with them', one, {
    ...one,
    lineEnd: one.lineEnd === '\n' ? '\r\n' : '\n',
  }),
];
