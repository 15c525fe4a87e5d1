import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { HEADER, ventilation } from '../support/contracts';

/** `time, line, then a value for each mapped column` in the contract's order; null where there is no reading. */
export type LandedRow = readonly [time: string, line: number, ...values: readonly (number | null)[]];

/** One bad (or only odd) export and everything that must become of it. */
export interface BadInput {
  /** What the test is called. */
  readonly sentence: string;
  readonly contract: Datasource;
  readonly fileName: string;
  readonly bytes: string | Buffer | Iterable<string>;
  readonly verdict: 'accepted' | 'refused';
  /** All of them: `severity code line:column ×count`, with - for what a finding does not have. */
  readonly findings: readonly string[];
  /** What the finding that refuses the file must say was found. */
  readonly found?: RegExp;
  /** What its fix must say. */
  readonly fix?: RegExp;
  readonly landed: readonly LandedRow[];
  /** `line code` of each row that is kept aside. */
  readonly quarantined: readonly string[];
  /** Lines after the header that are not blank. */
  readonly lines: number;
}

type Given = Partial<Pick<BadInput, 'contract' | 'fileName'>>;

/** A file that is read, all of it or all but the rows in quarantine. */
export function accepts(
  sentence: string,
  bytes: BadInput['bytes'],
  given: Given & Partial<Pick<BadInput, 'landed' | 'quarantined' | 'findings'>> = {},
): BadInput {
  const { contract = ventilation, landed = GOOD_ROWS, quarantined = [], findings = [] } = given;
  const lines = landed.length + quarantined.length;
  const fileName = given.fileName ?? fileNameFor(contract);
  return { sentence, contract, fileName, bytes, verdict: 'accepted', findings, landed, quarantined, lines };
}

/** A file of which nothing lands. */
export function refuses(
  sentence: string,
  bytes: BadInput['bytes'],
  expected: Given & Pick<BadInput, 'findings' | 'lines' | 'found' | 'fix'>,
): BadInput {
  const { contract = ventilation } = expected;
  const nothing = { landed: [], quarantined: [] } as const;
  return { fileName: fileNameFor(contract), ...expected, sentence, contract, bytes, verdict: 'refused', ...nothing };
}

/** The contract with what the case declares otherwise. */
export function declaring(changes: Partial<Datasource>, contract: Datasource = ventilation): Datasource {
  return { ...contract, ...changes };
}

/** Lines with the line end that exports have. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\r\n`).join('');
}

/** An export of the ventilation contract with these rows; the first one is line 2. */
export function exportOf(...rows: readonly string[]): string {
  return lines(HEADER, ...rows);
}

/** Two rows that nothing is wrong with, and what must land of them. */
export const GOOD = ['23.11.2026 08:00:00;4,5;21', '23.11.2026 09:00:00;4,6;21,1'] as const;
export const GOOD_ROWS: readonly LandedRow[] = [
  ['2026-11-23T07:00:00.000Z', 2, 4.5, 21],
  ['2026-11-23T08:00:00.000Z', 3, 4.6, 21.1],
];

/** Rows as they would have landed so many lines further down. */
export function shifted(by: number, rows: readonly LandedRow[] = GOOD_ROWS): LandedRow[] {
  return rows.map(([time, line, ...values]) => [time, line + by, ...values]);
}

function fileNameFor(contract: Datasource): string {
  return contract.layout === 'wide' ? 'Graph_sm2_01.csv' : 'ThermoProSensor_export_493D_20261123.csv';
}
