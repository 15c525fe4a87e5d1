import { quoted, seedLine } from '../findings/finding';
import type { Measurement } from '../readings/readings';
import { type Complain, refuseRepeats } from './seed-findings';
import { ID_PATTERN } from './seed-schemas';
import type { Named, SeedRow } from './seed-table';

/** The meaning of a reading: its unit, whether it may be summed, and its plausible range. */
export interface DataKey {
  readonly dataKey: string;
  readonly measurement: Measurement;
  readonly unit: string;
  readonly quantity: string;
  /** Plausible range, bounds included. */
  readonly minimum: number;
  readonly maximum: number;
  readonly description: string;
  /** What UCUM and QUDT call the unit, where the seed says so. */
  readonly ucum?: string;
  readonly qudt?: string;
}

export type DataKeys = ReadonlyMap<string, DataKey>;

export function dataKeysOf(rows: readonly SeedRow[], complain: Complain): DataKeys {
  refuseRepeats(rows, ['data_key'], 'data_keys', complain);
  return new Map(rows.map((row) => [String(row.data_key), dataKeyOf(row, complain)]));
}

function dataKeyOf(row: SeedRow, complain: Complain): DataKey {
  const minimum = row.minimum === '' ? Number.NEGATIVE_INFINITY : Number(row.minimum);
  const maximum = row.maximum === '' ? Number.POSITIVE_INFINITY : Number(row.maximum);
  if (minimum > maximum) {
    complain({
      seed: 'data_keys',
      line: row.line,
      column: 'minimum',
      found: quoted(String(row.minimum)),
      expected: `at most the maximum, ${maximum}`,
      message: 'the minimum is above the maximum',
      fix: 'swap the two numbers',
    });
  }
  return {
    dataKey: String(row.data_key),
    measurement: row.measurement as Measurement,
    unit: String(row.unit),
    quantity: String(row.quantity),
    minimum,
    maximum,
    description: String(row.description),
    ...(row.ucum ? { ucum: String(row.ucum) } : {}),
    ...(row.qudt ? { qudt: String(row.qudt) } : {}),
  };
}

/** Advice to declare a data_key; a person knows its unit and quantity, and whether its values add up. */
export function adviceToDeclare(dataKey: string): string {
  const line = seedLine(dataKey, 'nonadditive', '<unit>', '<quantity>', '', '', '');
  return `add the line ${line} to seeds/data_keys.csv, with additive for amounts that add up, such as rain or energy`;
}

/** Whether a name can be one. */
export const isDataKey = (name: string): boolean => new RegExp(ID_PATTERN).test(name);

export function requireDataKey(dataKey: string, declared: Named, seed: string, line: number, complain: Complain): void {
  if (declared === undefined || declared.has(dataKey)) return;
  complain({
    seed,
    line,
    column: 'data_key',
    found: quoted(dataKey),
    expected: `one of ${[...declared].join(', ')}`,
    message: 'the data_key is not declared',
    fix: adviceToDeclare(dataKey),
  });
}
