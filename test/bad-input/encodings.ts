import { HEADER, rooms, SPARE } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, GOOD, GOOD_ROWS, lines, refuses, shifted } from './bad-input';

const BOM = '\ufeff';
const windows1250 = declaring({ encoding: 'windows-1250' });

/** The text in a one-byte encoding of Central Europe; what the map lacks must be ASCII. */
function oneByte(text: string, bytes: Readonly<Record<string, number>>): Buffer {
  return Buffer.from([...text].map((character) => bytes[character] ?? character.charCodeAt(0)));
}
const CZECH_1250 = { í: 0xed, ř: 0xf8, '°': 0xb0, ů: 0xf9, Š: 0x8a };
const CZECH_8859_2 = { ...CZECH_1250, Š: 0xa9 };

const wide = (order: 'le' | 'be', text: string) => {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

const shed = 'Teplota Šopa (°C)';
const withShed = (encoding: string) =>
  declaring({ encoding, columns: new Map([[shed, { location: 'sm2_01', dataKey: 'temp_indoor' }]]) });
const shedExport = lines(`Date;${shed}`, '23.11.2026 08:00:00;4,5');
const shedRows = [['2026-11-23T07:00:00.000Z', 2, 4.5]] as const;

const manyRows = Array.from({ length: 600 }, (_, i) => {
  const minute = String(i % 60).padStart(2, '0');
  return `23.11.2026 ${String(Math.floor(i / 60)).padStart(2, '0')}:${minute}:00;4,5;21`;
});
const lateBadByte = Buffer.concat([Buffer.from(exportOf(...manyRows)), Buffer.from([0xe8]), Buffer.from(';1;2\r\n')]);
const lateOffset = Buffer.byteLength(exportOf(...manyRows));

export const encodings: readonly BadInput[] = [
  accepts('a byte order mark before the header is left out', `${BOM}${exportOf(...GOOD)}`),
  accepts(
    'a byte order mark before the line that stands before the header is left out',
    `${BOM}${lines('Timestamp of export 2026-11-23,', 'Date,Time,Temperature_Celsius,Relative_Humidity(%),', '23/11/2026,8:00,20.5,45,')}`,
    { contract: rooms, landed: [['2026-11-23T07:00:00.000Z', 3, 20.5, 45]] },
  ),
  accepts(
    'a byte order mark between that line and the header is left out, too',
    lines(
      'Timestamp of export,',
      `${BOM}Date,Time,Temperature_Celsius,Relative_Humidity(%),`,
      '23/11/2026,8:00,20.5,45,',
    ),
    { contract: rooms, landed: [['2026-11-23T07:00:00.000Z', 3, 20.5, 45]] },
  ),
  refuses('two byte order marks are two files put together', `${BOM}${BOM}${exportOf(...GOOD)}`, {
    findings: ['error concatenated-file 1:- ×1'],
    lines: 0,
  }),
  accepts(
    'a byte order mark at the start of a later line, and the same header, glue a second file to the first',
    `${exportOf(...GOOD)}${BOM}${exportOf('23.11.2026 10:00:00;4,7;21')}`,
    {
      landed: [...GOOD_ROWS, ['2026-11-23T09:00:00.000Z', 5, 4.7, 21]],
      findings: ['info repeated-header 4:- ×1'],
    },
  ),
  refuses(
    'a byte order mark at the start of a later line, and another header, are a second file',
    `${exportOf(...GOOD)}${BOM}${exportOf('23.11.2026 10:00:00;4,7;21').replace(';', ';x;')}`,
    { findings: ['error concatenated-file 4:- ×1'], lines: 4, fix: /one by one/ },
  ),
  refuses(
    'a byte order mark at the start of a later line is a second file where each could have its own order of day and month',
    lines(
      'Timestamp',
      'Date,Time,Temperature_Celsius,Relative_Humidity(%)',
      '23/11/2026,8:00,20.5,45',
      `${BOM}Timestamp`,
      'Date,Time,Temperature_Celsius,Relative_Humidity(%)',
      '11/10/2026,8:00,20.5,45',
    ),
    { contract: rooms, findings: ['error concatenated-file 4:- ×1'], lines: 4, fix: /one by one/ },
  ),
  refuses(
    'a byte order mark in the middle of a line is a second file that began where the first one was cut off',
    `${exportOf(GOOD[0])}23.11.2026 09:00${BOM}${exportOf(GOOD[1])}`,
    { findings: ['error concatenated-file 3:- ×1'], lines: 3 },
  ),
  accepts('UTF-16 with its mark is read where it is declared, little end first', wide('le', BOM + exportOf(...GOOD)), {
    contract: declaring({ encoding: 'utf-16le' }),
  }),
  accepts('UTF-16 with its mark is read where it is declared, big end first', wide('be', BOM + exportOf(...GOOD)), {
    contract: declaring({ encoding: 'utf-16be' }),
  }),
  refuses('UTF-16 that is not declared is refused by name', wide('le', BOM + exportOf(...GOOD)), {
    findings: ['error encoding-changed 1:- ×1'],
    found: /utf-16le/,
    lines: 0,
  }),
  refuses('UTF-16 of the other byte order is refused by name', wide('be', BOM + exportOf(...GOOD)), {
    contract: declaring({ encoding: 'utf-16le' }),
    findings: ['error encoding-changed 1:- ×1'],
    found: /utf-16be/,
    lines: 0,
  }),
  refuses('UTF-16 without a mark is known by its zero bytes', wide('le', exportOf(...GOOD)), {
    findings: ['error encoding-changed 1:- ×1'],
    found: /utf-16le/,
    lines: 0,
  }),
  refuses('UTF-16 without a mark is known with the big end first, too', wide('be', exportOf(...GOOD)), {
    findings: ['error encoding-changed 1:- ×1'],
    found: /utf-16be/,
    lines: 0,
  }),
  refuses(
    'half a UTF-16 character is refused at its line',
    Buffer.concat([
      wide('le', `${BOM}${exportOf(GOOD[0])}23.11.2026 09:00:00;`),
      Buffer.from([0x00, 0xd8, 0x41, 0x00]),
    ]),
    { contract: declaring({ encoding: 'utf-16le' }), findings: ['error encoding-error 3:- ×1'], lines: 2 },
  ),
  accepts('windows-1250 is read where it is declared', oneByte(exportOf(...GOOD), CZECH_1250), {
    contract: windows1250,
  }),
  refuses(
    'windows-1250 that is not declared is refused with the name of that encoding',
    oneByte(exportOf(...GOOD), CZECH_1250),
    {
      findings: ['error encoding-changed 1:- ×1'],
      fix: /windows-1250/,
      lines: 3,
    },
  ),
  refuses('UTF-8 with its mark where windows-1250 is declared is refused', BOM + exportOf(...GOOD), {
    contract: windows1250,
    findings: ['error encoding-changed 1:- ×1'],
    found: /utf-8/,
    lines: 0,
  }),
  accepts(
    'a letter that ISO 8859-2 and windows-1250 write differently is read as declared',
    oneByte(shedExport, CZECH_8859_2),
    {
      contract: withShed('iso-8859-2'),
      landed: shedRows,
    },
  ),
  refuses('a label in ISO 8859-2 is not the one that windows-1250 declares', oneByte(shedExport, CZECH_8859_2), {
    contract: withShed('windows-1250'),
    findings: ['error encoding-changed 1:- ×1'],
    lines: 1,
  }),
  refuses('a label in windows-1250 is not the one that ISO 8859-2 declares', oneByte(shedExport, CZECH_1250), {
    contract: withShed('iso-8859-2'),
    findings: ['error encoding-changed 1:- ×1'],
    lines: 1,
  }),
  refuses('a byte that is not UTF-8 is found far after the start, by line and offset', lateBadByte, {
    findings: ['error encoding-error 602:- ×1'],
    found: new RegExp(`0xe8.* offset ${lateOffset}$`),
    lines: 601,
  }),
  refuses('labels that were encoded twice are not those of the contract', exportOf(...GOOD).replaceAll('í', 'Ã­'), {
    findings: ['error encoding-changed 1:KOT1/Teplota venkovnÃ­ (°C) ×1'],
    lines: 2,
  }),
  accepts('accents in two characters are the same as in one', exportOf(...GOOD).normalize('NFD')),
  accepts(
    'a column that is ignored is known with its accents in two characters, too',
    lines(`${HEADER};${SPARE}`.normalize('NFD'), '23.11.2026 08:00:00;4,5;21;9'),
    { landed: GOOD_ROWS.slice(0, 1), findings: ['info ignored-column -:KOT2/Teplota venkovní (°C) ×1'] },
  ),
  accepts('blank lines are not rows', lines(HEADER, '', GOOD[0], ' ', GOOD[1], ';;', ''), {
    landed: [shifted(1)[0]!, shifted(2)[1]!],
  }),
];
