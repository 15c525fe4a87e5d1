import { gzipSync } from 'node:zlib';
import { HEADER, rooms } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, GOOD, GOOD_ROWS, lines, refuses, shifted } from './bad-input';

const notTabular = (sentence: string, bytes: BadInput['bytes'], found: RegExp, fix: RegExp): BadInput =>
  refuses(sentence, bytes, { findings: ['error not-tabular 1:- ×1'], found, fix, lines: 0 });
const page = (title: string) =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body>${'text '.repeat(400)}</body></html>\n`;
const archived = gzipSync(exportOf(...GOOD));
const zipEntry = (name: string) =>
  Buffer.concat([
    Buffer.from([0x50, 0x4b, 0x03, 0x04]),
    Buffer.alloc(22),
    Buffer.from([name.length, 0, 0, 0]),
    Buffer.from(name),
  ]);
const empty = (sentence: string, bytes: BadInput['bytes']) =>
  refuses(sentence, bytes, { findings: ['error empty-file 1:- ×1'], lines: 0 });

function* repeated(text: string, megabytes: number): Generator<string> {
  const megabyte = text.repeat((1 << 20) / text.length);
  for (let i = 0; i < megabytes; i++) yield megabyte;
}
function* endlessLine(): Generator<string> {
  yield lines(HEADER);
  yield* repeated('12345678', 100);
}
function* aMillionColumns(): Generator<string> {
  yield HEADER;
  for (let i = 0; i < 1000; i++) yield `;${Array.from({ length: 1000 }, (_, k) => `c${i * 1000 + k}`).join(';')}`;
  yield '\r\n';
}

/** More rows than one part of the landing holds, and then a row that refuses the file. */
function* spoiltAtTheEnd(): Generator<string> {
  yield lines(HEADER);
  for (let i = 0; i < 300; i++) yield lines(...Array.from({ length: 1000 }, () => GOOD[0]));
  yield '"';
}

const roomHeader = 'Date,Time,Temperature_Celsius,Relative_Humidity(%)';
const hours = (day: string) =>
  Array.from({ length: 10 }, (_, i) => `${day} ${String(i + 8).padStart(2, '0')}:00:00;4,5;21`);
/** Four rows of each day from the 1st to the 11th of December, with the month first. */
const swappedHours = Array.from({ length: 11 }, (_, i) => `12.${String(i + 1).padStart(2, '0')}.2026`).flatMap((day) =>
  ['00', '06', '12', '18'].map((hour) => `${day} ${hour}:00:00;4,5;21`),
);
const rows = (count: number, row: string) => Array.from({ length: count }, () => row);

const later = '23.11.2026 10:00:00;4,7;21';
const laterRow = (line: number) => ['2026-11-23T09:00:00.000Z', line, 4.7, 21] as const;
const withUnits = declaring({ unitRow: true, units: new Map([['temp_ambient', '°C']]) });
const UNITS = ';°C;°C';

/** Loggers that append write their header at each start. */
const headersAgain: readonly BadInput[] = [
  accepts('a header that stands again is left out and counted', exportOf(...GOOD, HEADER, later, HEADER), {
    landed: [...GOOD_ROWS, laterRow(5)],
    findings: ['info repeated-header 4:- ×2'],
  }),
  accepts(
    'a header that stands again may have white space and quotation marks around its labels',
    exportOf(...GOOD, ` "Date" ;${HEADER.slice(5)} `, later).replace(' "Date" ', '"Date"'),
    {
      landed: [...GOOD_ROWS, laterRow(5)],
      findings: ['info repeated-header 4:- ×1'],
    },
  ),
  accepts('a header that stands again at the end of the file needs no line end', `${exportOf(...GOOD)}${HEADER}`, {
    findings: ['info repeated-header 4:- ×1'],
  }),
  accepts('a header right below the first is one that stands again', exportOf(HEADER, ...GOOD), {
    landed: shifted(1),
    findings: ['info repeated-header 2:- ×1'],
  }),
  accepts('blank lines may stand before a header that stands again', exportOf(...GOOD, '', HEADER, '', later), {
    landed: [...GOOD_ROWS, laterRow(7)],
    findings: ['info repeated-header 5:- ×1'],
  }),
  accepts('a row of units may stand again with the header', exportOf(UNITS, ...GOOD, HEADER, UNITS, later), {
    contract: withUnits,
    landed: [...shifted(1), laterRow(7)],
    findings: ['info repeated-header 5:- ×2'],
  }),
  accepts('a header may stand again without its row of units', exportOf(UNITS, ...GOOD, HEADER, later), {
    contract: withUnits,
    landed: [...shifted(1), laterRow(6)],
    findings: ['info repeated-header 5:- ×1'],
  }),
  refuses(
    'a row of other units below a header that stands again is a second table',
    exportOf(UNITS, ...GOOD, HEADER, ';°F;°F', later),
    {
      contract: { ...withUnits, rejectLimit: 9 },
      findings: ['error repeated-header 6:- ×1'],
      lines: 5,
    },
  ),
  accepts(
    'lines before the header may stand again with it',
    lines('Logger 7', 'since 2026', HEADER, ...GOOD, 'Logger 7', 'since 2026', HEADER, later),
    {
      contract: declaring({ skipLines: 2 }),
      landed: [...shifted(2), laterRow(9)],
      findings: ['info repeated-header 6:- ×3'],
    },
  ),
  accepts(
    'comments may stand again with the header',
    lines('# Logger 7', HEADER, ...GOOD, '# Logger 7', HEADER, later),
    {
      contract: declaring({ comment: '#' }),
      landed: [...shifted(1), laterRow(7)],
      findings: ['info comment-line -:- ×2', 'info repeated-header 6:- ×1'],
    },
  ),
  refuses(
    'another header among the rows is refused at its line',
    exportOf(...GOOD, HEADER.replace('venkovní', 'venku'), later),
    {
      findings: ['error repeated-header 4:Date ×1'],
      fix: /as a file of its own/,
      lines: 4,
    },
  ),
  refuses(
    'the same labels in another order are another header',
    exportOf(...GOOD, `${HEADER.split(';').reverse().join(';')}`, later),
    {
      findings: ['error repeated-header 4:Date ×1'],
      lines: 4,
    },
  ),
  refuses(
    'a header that stands again is refused where each table could have its own order of day and month',
    lines('Timestamp', roomHeader, '23/11/2026,8:00,20.5,45', roomHeader, '11/10/2026,8:00,20.5,45'),
    {
      contract: rooms,
      findings: ['error repeated-header 4:Date ×1'],
      lines: 3,
    },
  ),
  refuses(
    'a header that stands again does not hide that day and month change places below it',
    exportOf(...hours('23.11.2026'), HEADER, ...swappedHours),
    {
      findings: ['error dateformat-changed 17:Date ×1'],
      lines: 55,
    },
  ),
];

/** Files that are something else, or several things, or too much. */
export const wholeFiles: readonly BadInput[] = [
  empty('a file of no bytes is empty', ''),
  empty('a file of white space is empty', ' \r\n\t\r\n'),
  empty('a byte order mark alone is an empty file', '\ufeff'),
  accepts('a header without rows is accepted with a warning', exportOf(), {
    landed: [],
    findings: ['warning no-rows -:- ×1'],
  }),
  notTabular(
    'an HTML page is refused by its title',
    page('502 Bad Gateway'),
    /HTML page titled "502 Bad Gateway"/,
    /download/,
  ),
  notTabular(
    'a sign-in page says to share the folder',
    page('Sign in - Google Accounts'),
    /Google Accounts/,
    /share the folder/,
  ),
  notTabular(
    'a page about viruses says to confirm',
    page("Google Drive can't scan this file for viruses"),
    /viruses/,
    /rclone|confirm/,
  ),
  notTabular('a page about the quota says to wait', page('Google Drive - Quota exceeded'), /Quota/, /wait a day/),
  notTabular(
    'an error in JSON is refused',
    '{"error": {"code": 403, "message": "rateLimitExceeded"}}\n',
    /JSON/,
    /error message/,
  ),
  notTabular('an array in JSON is refused', '[{"time": "2026-11-23", "value": 1}]\n', /JSON/, /download/),
  notTabular(
    'an error in XML is refused',
    '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n',
    /XML/,
    /CSV/,
  ),
  notTabular('a gzip archive is refused by its real type', archived, /gzip/, /unpack/),
  notTabular(
    'a gzip archive that is cut off is still one',
    archived.subarray(0, archived.length - 9),
    /gzip/,
    /unpack/,
  ),
  notTabular(
    'a gzip archive with something behind it is still one',
    Buffer.concat([archived, Buffer.from('more')]),
    /gzip/,
    /unpack/,
  ),
  notTabular('a gzip archive of several members is still one', Buffer.concat([archived, archived]), /gzip/, /unpack/),
  notTabular('a zip archive is refused by its real type', zipEntry('Graph_sm2_01.csv'), /zip archive/, /unpack/),
  notTabular(
    'an Excel workbook is refused by its real type',
    zipEntry('[Content_Types].xml'),
    /Excel workbook/,
    /as CSV/,
  ),
  notTabular(
    'an old Excel workbook is refused by its real type',
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    /old Excel/,
    /as CSV/,
  ),
  refuses(
    'a second table below the first one is refused at its header',
    exportOf(...GOOD, '', `Date;Energy`, '23.11.2026;7'),
    {
      findings: ['error repeated-header 5:Date ×1'],
      lines: 4,
    },
  ),
  ...headersAgain,
  refuses('a file without a header is not read as one with the first row for names', lines(...GOOD), {
    findings: ['error missing-header 1:- ×1'],
    found: /23\.11\.2026/,
    lines: 2,
  }),
  accepts(
    'lines before the header are left out where they are declared',
    lines('Exported by Atrea', 'Unit;7', HEADER, ...GOOD),
    {
      contract: declaring({ skipLines: 2 }),
      landed: shifted(2),
    },
  ),
  refuses('lines before the header that are not declared are no header', lines('Exported by Atrea', HEADER, ...GOOD), {
    findings: ['error preamble-changed 2:- ×1'],
    fix: /skip_lines 1/,
    lines: 4,
  }),
  refuses('a header where a line to skip was expected says so', lines(HEADER, ...GOOD), {
    contract: declaring({ skipLines: 1 }),
    findings: ['error preamble-changed 1:- ×1'],
    fix: /skip_lines 0/,
    lines: 3,
  }),
  refuses('a blank line where the header was expected says so', lines('', HEADER, ...GOOD), {
    findings: ['error preamble-changed 2:- ×1'],
    fix: /skip_lines 1/,
    lines: 3,
  }),
  refuses('a file that ends before its header has none', lines('Timestamp of export'), {
    contract: rooms,
    findings: ['error missing-header 2:- ×1'],
    lines: 1,
  }),
  refuses('a row of units below the header is not a reading', exportOf(';°C;°C', ...GOOD), {
    findings: ['error type-error 2:Date ×1'],
    lines: 3,
  }),
  accepts('a row of units is kept aside where the limit allows one', exportOf(';°C;°C', ...GOOD), {
    contract: declaring({ rejectLimit: 1 }),
    landed: shifted(1),
    quarantined: ['2 type-error'],
    findings: ['warning type-error 2:Date ×1'],
  }),
  accepts('a row of totals is kept aside where the limit allows one', exportOf(...GOOD, 'Celkem;9,1;42,1'), {
    contract: declaring({ rejectLimit: 1 }),
    quarantined: ['4 type-error'],
    findings: ['warning type-error 4:Date ×1'],
  }),
  refuses('a row of totals refuses the file where no limit is declared', exportOf(...GOOD, 'Celkem;9,1;42,1'), {
    findings: ['error type-error 4:Date ×1'],
    found: /Celkem/,
    lines: 3,
  }),
  refuses('a line of a hundred megabytes is refused', endlessLine(), {
    findings: ['error line-too-long 2:- ×1'],
    lines: 1,
  }),
  refuses('what has landed of a file is removed when its last row refuses it', spoiltAtTheEnd(), {
    findings: ['error unclosed-quote 300002:- ×1'],
    lines: 300_001,
  }),
  refuses('a million columns are refused', aMillionColumns(), {
    findings: ['error line-too-long 1:- ×1'],
    lines: 1,
  }),
  refuses('more columns than a table can have are refused', lines(`${HEADER}${rows(5000, ';x').join('')}`), {
    findings: ['error too-many-columns 1:- ×1'],
    lines: 1,
  }),
  refuses(
    'a file without the id of a sensor in its name is refused',
    lines('Timestamp', 'Date,Time,Temperature_Celsius,Relative_Humidity(%)', '23/11/2026,8:00,20.5,45'),
    {
      contract: rooms,
      fileName: 'ThermoProSensor_export.csv',
      findings: ['error sensor-missing -:- ×1'],
      lines: 1,
    },
  ),
  refuses(
    'a file of a sensor that is not mapped is refused',
    lines('Timestamp', 'Date,Time,Temperature_Celsius,Relative_Humidity(%)', '23/11/2026,8:00,20.5,45'),
    {
      contract: rooms,
      fileName: 'ThermoProSensor_export_BEEF_20261123.csv',
      findings: ['error sensor-unknown -:- ×1'],
      found: /BEEF/,
      lines: 1,
    },
  ),
];
