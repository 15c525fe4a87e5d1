import { HEADER, OUTDOOR, rooms, SPARE, SUPPLY, ventilation } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, GOOD, GOOD_ROWS, lines, refuses, shifted } from './bad-input';

const by = (mark: string) => exportOf(...GOOD).replaceAll(';', mark);
const points = declaring({ decimal: '.' });
const withNotes = declaring({ ignoredColumns: new Map([['Note', 'what the operator typed']]) });
const noted = (...notes: readonly string[]) =>
  lines(`${HEADER};Note`, ...notes.map((note, i) => `23.11.2026 0${8 + i}:00:00;4,5;21;${note}`));
const notedRows = (count: number) =>
  Array.from({ length: count }, (_, i) => [`2026-11-23T0${7 + i}:00:00.000Z`, 2 + i, 4.5, 21] as const);
const quotedLabel = 'Room "A"';
const withQuotedLabel = declaring({
  columns: new Map([[quotedLabel, { location: 'sm2_01', dataKey: 'temp_indoor' }]]),
});
const roomHeader = 'Date,Time,Temperature_Celsius,Relative_Humidity(%)';
const roomRow = [['2026-11-23T07:00:00.000Z', 3, 20.5, 45]] as const;

const whole = exportOf(...GOOD);
const cutRow = {
  landed: GOOD_ROWS.slice(0, 1),
  quarantined: ['3 truncated-row'],
  findings: ['warning truncated-row 3:- ×1'],
};
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

/** Files whose last row has no line end: 23.4 may be 23.45. */
const cutOff: readonly BadInput[] = [
  accepts('a last row without its line end may be cut off, and is kept aside alone', whole.slice(0, -3), cutRow),
  accepts('a last row that looks whole without its line end is kept aside alone', whole.slice(0, -2), cutRow),
  accepts('a last row that is cut off in its time is kept aside alone', `${exportOf(GOOD[0])}23.11.2026 0`, cutRow),
  accepts(
    'a last row that is cut off after a delimiter is kept aside alone',
    `${exportOf(GOOD[0])}23.11.2026 09:00:00;`,
    cutRow,
  ),
  accepts(
    'a last row with a cell too many and no line end is kept aside alone',
    `${exportOf(...GOOD).trimEnd()};7`,
    cutRow,
  ),
  accepts(
    'a last row that is cut off in the middle of a letter is kept aside alone',
    Buffer.concat([Buffer.from(`${exportOf(GOOD[0])}23.11.2026 09:00:00;4,6;21`), Buffer.from([0xc2])]),
    cutRow,
  ),
  accepts(
    'a last row without its line end does not count towards the limit',
    `${exportOf('x;1;1', GOOD[1])}24.11.2026`,
    {
      contract: declaring({ rejectLimit: 1 }),
      landed: GOOD_ROWS.slice(1),
      quarantined: ['2 type-error', '4 truncated-row'],
      findings: ['warning type-error 2:Date ×1', 'warning truncated-row 4:- ×1'],
    },
  ),
  accepts(
    'a last row that is cut off among rows that end with CR',
    whole.replaceAll('\r\n', '\r').slice(0, -1),
    cutRow,
  ),
  accepts('a last row of UTF-16 that is cut off', utf16(whole.slice(0, -2)), {
    contract: declaring({ encoding: 'utf-16le' }),
    ...cutRow,
  }),
  accepts(
    'a last row of UTF-16 that is cut off in the middle of a character',
    utf16(whole.slice(0, -2)).subarray(0, -1),
    {
      contract: declaring({ encoding: 'utf-16le' }),
      ...cutRow,
    },
  ),
  accepts(
    'a row that is cut off decides no order of day and month',
    `${lines('Timestamp', roomHeader, '23/11/2026,8:00,20.5,45')}1/`,
    {
      contract: rooms,
      landed: roomRow,
      quarantined: ['4 truncated-row'],
      findings: ['warning truncated-row 4:- ×1'],
    },
  ),
  accepts('the only row of a file may be kept aside', `${lines(HEADER)}${GOOD[0]}`, {
    landed: [],
    quarantined: ['2 truncated-row'],
    findings: ['warning truncated-row 2:- ×1'],
  }),
  accepts('blanks at the end of a file lose nothing', `${whole} \t`),
  accepts('delimiters at the end of a file lose nothing', `${whole};;`),
  accepts('a comment at the end of a file loses nothing', `${whole}# the end`, {
    contract: declaring({ comment: '#' }),
    findings: ['info comment-line -:- ×1'],
  }),
  refuses('a quotation mark that is open at the end of a file is refused', `${whole}"24.11.2026`, {
    findings: ['error unclosed-quote 4:- ×1'],
    lines: 3,
  }),
];

/** The same files of a source whose exports never end with a line end. */
const noLineEnd = declaring({ finalLineEnd: 'optional' });
const optional: readonly BadInput[] = [
  accepts('a last row without its line end is one like the others where that is declared', whole.slice(0, -2), {
    contract: noLineEnd,
  }),
  accepts('a last row with its line end is read, too, where none is needed', whole, { contract: noLineEnd }),
  refuses('a last row that is short is a bad row where no line end is needed', whole.slice(0, -7), {
    contract: noLineEnd,
    findings: ['error missing-cell 3:- ×1'],
    lines: 2,
  }),
  accepts('a header alone without its line end is a file without rows where none is needed', HEADER, {
    contract: noLineEnd,
    landed: [],
    findings: ['warning no-rows -:- ×1'],
  }),
];

/** How rows are cut into cells: delimiters, quotation marks, line ends. */
export const cells: readonly BadInput[] = [
  accepts('the delimiter that is declared is read', exportOf(...GOOD)),
  refuses('another delimiter than the declared one is refused by name', by('|'), {
    findings: ['error delimiter-changed 1:- ×1'],
    found: /"\|"/,
    fix: /declare delimiter \|/,
    lines: 3,
  }),
  refuses('commas in the place of the declared semicolons do not turn decimal commas into cells', by(','), {
    findings: ['error delimiter-changed 1:- ×1'],
    found: /","/,
    lines: 3,
  }),
  refuses(
    'a delimiter that changes in the middle of the file is refused where it changes',
    exportOf(GOOD[0], '23.11.2026 09:00:00|4,6|21,1'),
    {
      findings: ['error delimiter-changed 3:- ×1'],
      found: /^"\|"$/,
      lines: 2,
    },
  ),
  accepts('tabs are read where they are declared', by('\t'), { contract: declaring({ delimiter: '\t' }) }),
  accepts('pipes are read where they are declared', by('|'), {
    contract: declaring({ delimiter: '|' }),
  }),
  refuses('tabs that are not declared are refused by name', by('\t'), {
    findings: ['error delimiter-changed 1:- ×1'],
    found: /a tab/,
    lines: 3,
  }),
  accepts('the line sep=; that Excel writes is left out', `sep=;\r\n${exportOf(...GOOD)}`, { landed: shifted(1) }),
  accepts('the line "sep=;" in quotation marks is left out', `"sep=;"\r\n${exportOf(...GOOD)}`, { landed: shifted(1) }),
  refuses('the line sep=, contradicts the declared semicolon', `sep=,\r\n${by(',')}`, {
    findings: ['error delimiter-changed 1:- ×1'],
    lines: 4,
  }),
  accepts(
    'a doubled quotation mark inside a quoted label is one',
    lines('Date;"Room ""A"""', '23.11.2026 08:00:00;"4,5"'),
    {
      contract: withQuotedLabel,
      landed: [['2026-11-23T07:00:00.000Z', 2, 4.5]],
    },
  ),
  accepts('a delimiter inside quotation marks is text', noted('"windows; door open"'), {
    contract: withNotes,
    landed: notedRows(1),
    findings: ['info ignored-column -:Note ×1'],
  }),
  accepts('numbers and times may be in quotation marks', exportOf('"23.11.2026 08:00:00";"4,5";"21"', GOOD[1])),
  accepts('a backslash does not hide a quotation mark: the row is kept aside', noted('"5\\" pipe"', 'fine'), {
    contract: { ...withNotes, rejectLimit: 1 },
    landed: notedRows(2).slice(1),
    quarantined: ['2 text-after-quote'],
    findings: ['warning text-after-quote 2:- ×1', 'info ignored-column -:Note ×1'],
  }),
  refuses("apostrophes are not quotation marks, and '4,5' is not a number", exportOf("23.11.2026 08:00:00;'4,5';21"), {
    findings: [`error type-error 2:${OUTDOOR} ×1`],
    found: /'4,5'/,
    lines: 1,
  }),
  refuses(
    'a quotation mark that is never closed is refused at the line that opens it',
    noted('fine', '"never closed', 'fine', 'fine'),
    {
      contract: withNotes,
      findings: ['error unclosed-quote 3:- ×1'],
      lines: 4,
    },
  ),
  accepts(
    'a line end inside quotation marks does not end the row, and later lines keep their numbers',
    noted('"first\r\nsecond"', 'fine'),
    {
      contract: withNotes,
      landed: [notedRows(1)[0]!, ['2026-11-23T08:00:00.000Z', 4, 4.5, 21]],
      findings: ['info ignored-column -:Note ×2'],
    },
  ),
  accepts('line ends may be LF', exportOf(...GOOD).replaceAll('\r\n', '\n')),
  accepts('line ends may be CR', exportOf(...GOOD).replaceAll('\r\n', '\r')),
  accepts('mixed line ends are read, with a warning', `${HEADER}\r\n${GOOD[0]}\n${GOOD[1]}\r\n`, {
    findings: ['warning mixed-line-ends -:- ×1'],
  }),
  refuses('a NUL byte is refused at its line', exportOf(GOOD[0], '23.11.2026 09:00:00;\0;21,1'), {
    findings: ['error control-character 3:- ×1'],
    found: /NUL/,
    lines: 2,
  }),
  refuses('a Ctrl-Z at the end is refused', `${exportOf(...GOOD)}\x1a`, {
    findings: ['error control-character 4:- ×1'],
    found: /Ctrl-Z/,
    lines: 3,
  }),
  refuses('a form feed between pages is refused', exportOf(GOOD[0], '\f', GOOD[1]), {
    findings: ['error control-character 3:- ×1'],
    found: /form feed/,
    lines: 3,
  }),
  ...cutOff,
  ...optional,
  refuses('a header without its line end is cut off', HEADER, {
    findings: ['error truncated-file 1:- ×1'],
    lines: 1,
  }),
  accepts('rows that end with one delimiter more are read, with a warning', exportOf(...GOOD.map((row) => `${row};`)), {
    findings: ['warning trailing-delimiter -:- ×2'],
  }),
  accepts(
    'a delimiter at the end of the header and of all rows is the form of some exports',
    lines(`${HEADER};`, ...GOOD.map((row) => `${row};`)),
  ),
  accepts('rows may leave out the delimiter that the header has at its end', lines(`${HEADER};`, ...GOOD)),
  refuses('a value after the last label is not a reading of anything', exportOf(`${GOOD[0]};7`, GOOD[1]), {
    findings: ['error extra-cell 2:4 ×1'],
    lines: 2,
  }),
  refuses(
    'a value below the empty label at the end of the header is not a reading either',
    lines(`${HEADER};`, `${GOOD[0]};7`, `${GOOD[1]};`),
    {
      findings: ['error extra-cell 2:4 ×1'],
      lines: 2,
    },
  ),
  accepts(
    'short and long rows are kept aside, up to the limit',
    exportOf('23.11.2026 07:00:00;4,5', ...GOOD, '23.11.2026 10:00:00;4,5;21;22'),
    {
      contract: declaring({ rejectLimit: 2 }),
      landed: shifted(1),
      quarantined: ['2 missing-cell', '5 extra-cell'],
      findings: ['warning missing-cell 2:- ×1', 'warning extra-cell 5:4 ×1'],
    },
  ),
  refuses(
    'one more than the limit refuses the file, and counts every cause',
    exportOf('23.11.2026 07:00:00;4,5', ...GOOD, '23.11.2026 10:00:00;4,5;21;22'),
    {
      contract: declaring({ rejectLimit: 1 }),
      findings: ['error missing-cell 2:- ×1', 'error extra-cell 5:4 ×1'],
      lines: 4,
    },
  ),
  refuses(
    'a decimal comma where points are declared is not a number, and never 21',
    lines(HEADER, '23.11.2026 08:00:00;21,5;21.5'),
    {
      contract: points,
      findings: [`error type-error 2:${OUTDOOR} ×1`],
      found: /"21,5"/,
      lines: 1,
    },
  ),
  refuses(
    'a decimal comma where commas separate is one cell too many',
    lines('Timestamp', roomHeader, '23/11/2026,8:00,20,5,45'),
    {
      contract: rooms,
      findings: ['error extra-cell 3:5 ×1'],
      lines: 1,
    },
  ),
  accepts(
    'a decimal comma in quotation marks is read where it is declared',
    lines('Timestamp', roomHeader, '23/11/2026,8:00,"20,5",45'),
    {
      contract: declaring({ decimal: ',' }, rooms),
      landed: roomRow,
    },
  ),
  accepts(
    'columns that the contract ignores are counted, whatever is in them',
    lines(`${HEADER};${SPARE}`, `${GOOD[0]};zap`, `${GOOD[1]};`),
    {
      contract: ventilation,
      landed: GOOD_ROWS,
      findings: [`info ignored-column -:${SPARE} ×2`],
    },
  ),
  accepts('white space around cells is left out', exportOf(` 23.11.2026 08:00:00 ; 4,5 ;\t21`, GOOD[1])),
  refuses('an empty time is not a time', exportOf(`;4,5;21`, GOOD[1]), {
    findings: ['error type-error 2:Date ×1'],
    lines: 2,
  }),
  accepts('a row of empty values lands as a row without readings', exportOf('23.11.2026 08:00:00;;', GOOD[1]), {
    landed: [['2026-11-23T07:00:00.000Z', 2, null, null], GOOD_ROWS[1]!],
  }),
  refuses(
    `${SUPPLY} is not read from another column when rows are short`,
    exportOf('23.11.2026 08:00:00;21', GOOD[1]),
    {
      findings: ['error missing-cell 2:- ×1'],
      lines: 2,
    },
  ),
];
