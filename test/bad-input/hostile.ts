import { OUTDOOR, SUPPLY } from '../support/contracts';
import { accepts, type BadInput, declaring, exportOf, GOOD, refuses } from './bad-input';

const oneCell = (cell: string) => exportOf(`23.11.2026 08:00:00;${cell};21`);

const FORMULAS = ['=1+1', '=HYPERLINK(A1)', "+cmd|' /C calc'!A0", '@SUM(1)', '-1+2', '%0A=1'];

/** What a spreadsheet would compute, in cells and labels. */
const formulas: readonly BadInput[] = [
  ...FORMULAS.map((formula) =>
    refuses(`the formula ${formula} is not a number, and is never computed`, oneCell(formula), {
      findings: [`error type-error 2:${OUTDOOR} ×1`],
      lines: 1,
    }),
  ),
  accepts('a formula that is a mapped label is a name like any other', exportOf(...GOOD).replace(OUTDOOR, '=1+1'), {
    contract: declaring({
      columns: new Map([
        ['=1+1', { location: 'sm2_01', dataKey: 'temp_ambient' }],
        [SUPPLY, { location: 'sm2_01', dataKey: 'temp_intake' }],
      ]),
    }),
  }),
];

const LABELS = ['🌡 °C', 'a,b=c d', 'ends with \\', 'מדחום', 'venku\u200b', 'x'.repeat(65_536), 'toString', 'prototype'];

/** Labels that some format gives a meaning, or that no eye tells from another one. */
const labels: readonly BadInput[] = [
  ...LABELS.map((label) =>
    accepts(
      `a label is text, whatever is in it: ${label.length > 99 ? '64 kB' : label}`,
      exportOf(...GOOD).replace(OUTDOOR, label),
      {
        contract: declaring({
          columns: new Map([
            [label, { location: 'sm2_01', dataKey: 'temp_ambient' }],
            [SUPPLY, { location: 'sm2_01', dataKey: 'temp_intake' }],
          ]),
        }),
      },
    ),
  ),
  ...(
    [
      ['a letter of another script', 'venk\u043evn\u00ed'],
      ['a letter without width', 'venk\u200bovn\u00ed'],
      ['a turn of the direction', 'venk\u202eovn\u00ed'],
    ] as const
  ).map(([what, word]) =>
    refuses(`${what} makes another label, however alike it looks`, exportOf(...GOOD).replace('venkovní', word), {
      findings: [`error renamed-label 1:${OUTDOOR.replace('venkovní', word)} ×1`],
      lines: 2,
    }),
  ),
];

const PAYLOADS = ['::error::x', '<img src=x onerror=x>', '@team', '<!--', '`x`', '|x|', ']]>', '\u001b[31mred'];

/** What a log, a page or a shell would obey. */
const payloads: readonly BadInput[] = PAYLOADS.map((payload) =>
  refuses(`${JSON.stringify(payload)} in a cell is not a number`, oneCell(payload), {
    findings: [`error type-error 2:${OUTDOOR} ×1`],
    lines: 1,
  }),
);

export const hostile: readonly BadInput[] = [...formulas, ...labels, ...payloads];
