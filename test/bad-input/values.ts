import { accepts, type BadInput, declaring, exportOf, type LandedRow, refuses } from './bad-input';
import { OUTDOOR } from './contracts';

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

/** Cells that should be numbers. */
export const values: readonly BadInput[] = [
  number('21,5', 21.5),
  number('1,234', 1.234),
  number('1.234', 1.234, points),
  ...notANumber('1.234,5'),
  ...notANumber('1,234.5', points),
  ...notANumber(`1${NBSP}234,5`),
  ...notANumber(`1${THIN}234,5`),
  ...notANumber('1,234', points),
  ...notANumber('1e308'),
  ...notANumber('1e309'),
  ...notANumber('1e-400'),
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
