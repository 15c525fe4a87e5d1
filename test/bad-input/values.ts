import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { OUTDOOR } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, type LandedRow, refuses } from './bad-input';

const points = declaring({ decimal: '.' });
const after = '23.11.2026 09:00:00;1;1';
const afterRow: LandedRow = ['2026-11-23T08:00:00.000Z', 3, 1, 1];
const cell = (text: string) => exportOf(`23.11.2026 08:00:00;${text};1`, after);

/** The cell is not a number: its row is kept aside, and refuses the file where no limit is declared. */
function notANumber(text: string, contract = declaring({})): BadInput[] {
  return [
    accepts(`${text} is not a number: its row is kept aside`, cell(text), {
      contract: { ...contract, rejectLimit: 1 },
      landed: [afterRow],
      quarantined: ['2 type-error'],
      findings: [`warning type-error 2:${OUTDOOR} ×1`],
    }),
    refuses(`${text} refuses the file where no row may be kept aside`, cell(text), {
      contract,
      findings: [`error type-error 2:${OUTDOOR} ×1`],
      lines: 2,
    }),
  ];
}

function number(text: string, value: number, contract = declaring({})): BadInput {
  return accepts(`${text} is ${Object.is(value, -0) ? '-0' : value}`, cell(text), {
    contract,
    landed: [['2026-11-23T07:00:00.000Z', 2, value, 1], afterRow],
  });
}

function nothing(sentence: string, text: string, nullValues: readonly string[]): BadInput {
  return accepts(sentence, cell(text), {
    contract: declaring({ nullValues }),
    landed: [['2026-11-23T07:00:00.000Z', 2, null, 1], afterRow],
  });
}

const NBSP = '\u00a0';
const THIN = '\u2009';

const MINUS = '\u2212';
const grouping = (thousands: Datasource['thousands'], decimal: Datasource['decimal'] = ',') =>
  declaring({ thousands, decimal });

/** The cell is not a number, and the message says why, and what would make it one. */
function explained(text: string, found: RegExp, fix: RegExp, contract = declaring({})): BadInput {
  return refuses(`${text} is explained by ${found} and ${fix}`, cell(text), {
    contract,
    findings: [`error type-error 2:${OUTDOOR} ×1`],
    found,
    fix,
    lines: 2,
  });
}

/** Numbers that are read as they are declared, and odd signs that a message names. */
const writtenNumbers: readonly BadInput[] = [
  ...[NBSP, '\u202f', '\u2007', `${NBSP} ${NBSP}`].flatMap((blank) => [
    number(`20,5${blank}`, 20.5),
    number(`${blank}20,5`, 20.5),
    nothing(`a cell of ${JSON.stringify(blank)} is no value, and never 0`, blank, []),
    nothing(`a null token may have ${JSON.stringify(blank)} around it`, `${blank}N/A${blank}`, ['N/A']),
  ]),
  accepts('a time may have no-break spaces around it', exportOf(`${NBSP}23.11.2026 08:00:00${NBSP};1;1`, after), {
    landed: [['2026-11-23T07:00:00.000Z', 2, 1, 1], afterRow],
  }),
  number(`${MINUS}5,2`, -5.2),
  number(`${MINUS}1,5e${MINUS}3`, -0.0015),
  ...[`5${MINUS}2`, `${MINUS}${MINUS}5`, `${MINUS}`, '\u20135,2', '\u20125,2', '\u20145,2'].flatMap((text) =>
    notANumber(text),
  ),
  explained('\u20135,2', /U\+2013 en dash/, /correct the cell/),
  explained(`${MINUS}5 2`, /U\+2212 minus sign/, /correct the cell/),
  explained(`1${NBSP}234,5`, /U\+00A0 no-break space/, /declare space as thousands/),
  explained(`1${THIN}234,5`, /U\+2009 thin space/, /declare space as thousands/),
  explained("1'234,5", /U\+0027 apostrophe/, /declare "'" as thousands/),
  explained('1\u2019234,5', /U\+2019/, /declare "'" as thousands/),
  explained('1.234,5', /"1\.234,5"/, /declare "\." as thousands/),
  explained('1,234', /"1,234"/, /declare "," as thousands/, points),
  explained('12.34', /"12\.34"/, /^correct the cell/),
  number('1.234', 1234, grouping('.')),
  number('1.234,5', 1234.5, grouping('.')),
  number('-12.345.678,25', -12345678.25, grouping('.')),
  number(`${MINUS}1.234`, -1234, grouping('.')),
  number('999,5', 999.5, grouping('.')),
  number('1234,5', 1234.5, grouping('.')),
  number('1,234.5', 1234.5, grouping(',', '.')),
  number('1.234e3', 1234000, grouping('.')),
  ...[' ', NBSP, '\u202f', THIN].map((space) => number(`1${space}234${space}567,5`, 1234567.5, grouping('space'))),
  ...["'", '\u2019'].map((mark) => number(`1${mark}234,5`, 1234.5, grouping("'"))),
  ...['12.34', '1.2345', '1234.567', '.234', '1..234', '1.234.', '1.234.56', '1,234.567', '0.123', '12 345'].flatMap(
    (text) => notANumber(text, grouping('.')),
  ),
  ...['1 23', '1 2345', '1  234', '1,5 000'].flatMap((text) => notANumber(text, grouping('space'))),
  explained('12.34', /"12\.34"/, /correct the cell/, grouping('.')),
];

/** Cells that should be numbers. */
export const values: readonly BadInput[] = [
  ...writtenNumbers,
  number('21,5', 21.5),
  number('1,234', 1.234),
  number('1.234', 1.234, points),
  ...notANumber('1.234,5'),
  ...notANumber('1,234.5', points),
  ...notANumber(`1${NBSP}234,5`),
  ...notANumber(`1${THIN}234,5`),
  ...notANumber('1,234', points),
  number('1e308', 1e308),
  ...notANumber('1e309'),
  ...notANumber('-1e309'),
  ...notANumber('1e-400'),
  number('2,05e+01', 20.5),
  number('2.05e+01', 20.5, points),
  number('9,99E-05', 0.0000999),
  number('-1,5e3', -1500),
  ...['e5', '1e', '1e+', '1,e5', '1e5,0', '1e5e5', '2.05e+01', '1e 5', '0x1e5'].flatMap((text) => notANumber(text)),
  ...notANumber(`1${'0'.repeat(400)}`),
  number('123456789012345678', 123456789012345680),
  number('0,1234567890123456789', 0.12345678901234568),
  ...['NaN', 'nan', 'Inf', 'Infinity', '-Infinity', '-', '--', 'N/A', 'null', '#N/A', '#REF!'].flatMap((text) =>
    notANumber(text),
  ),
  ...['NaN', '-', 'N/A', 'null', '#N/A', '-127', '85,0', '999,9'].map((text) =>
    nothing(`${text} is no value where it is declared as one`, text, [text]),
  ),
  nothing('a null token may have white space around it', ' N/A ', ['N/A']),
  // The plausible range of a quantity is checked when readings are aggregated: here nothing is lost.
  number('999,9', 999.9),
  number('-127', -127),
  number('85,0', 85),
  nothing('an empty cell is no value, and never 0', '', []),
  nothing('a cell of white space is no value, and never 0', '  ', []),
  nothing('a cell of two quotation marks is no value, and never 0', '""', []),
  number('0', 0),
  number('-0', 0),
  number('-0,0', 0),
  number('+5', 5),
  number('05', 5),
  number('-7,25', -7.25),
  ...['1_000', '0x10', '２１', '٢١', '21.5', '5,', '--5', '+-5', '1,2,3', '²'].flatMap((text) => notANumber(text)),
  number(',5', 0.5),
  ...['21,5 °C', '45 %', '21,5°C', 'zap', 'vyp', 'TRUE', 'ano'].flatMap((text) => notANumber(text)),
];
