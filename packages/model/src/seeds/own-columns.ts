import type { Finding } from '../findings/finding';
import { quoted } from '../findings/finding';
import { longColumnsOf, namesOfLong } from './long-layout';
import type { Mapping } from './mapping';
import { complainTo, listOf } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Labels that name the place of a row, where no mapping seed says what a column is. */
const PLACES = ['location', 'sensor', 'device', 'station', 'name'];

/**
 * The types of required columns of a source without mapping seeds, besides its time: those that name sensor and
 * quantity, or the first that names a place, are text; the others are numbers. Ignored ones are left out.
 */
export function ownColumns(
  row: SeedRow,
  timeColumns: readonly string[],
  ignored: readonly SeedRow[],
  findings: Finding[],
): Pick<Mapping, 'columns'> & { readonly textColumns: readonly string[] } {
  const required = listOf(row.required_columns);
  const named = namesOfLong(longColumnsOf(row));
  const places = PLACES.flatMap((name) => required.filter((label) => label.toLowerCase() === name));
  const textColumns = named.length > 0 ? named : places.slice(0, 1);
  const left = new Set([...timeColumns, ...textColumns, ...ignored.map(({ column }) => String(column))]);
  const value = longColumnsOf(row).valueColumn;
  const labels = required.filter((label) => !left.has(label) && (value === undefined || label === value));
  const names = required.map((label) => label.toLowerCase());
  const unfit = required.filter((label, at) => label.startsWith('_') || names.indexOf(names[at]!) < at);
  if (unfit.length > 0) {
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column: 'required_columns',
      found: quoted(unfit.join(';')),
      expected: 'labels that differ in more than their case, and do not begin with _',
      message: 'models cannot distinguish the columns of the source',
      fix: `create seeds/mapping_${row.datasource_id}.csv, which takes any label`,
    });
  }
  if (labels.length === 0) {
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column: 'mapping',
      found: quoted(String(row.required_columns)),
      expected: `seeds/mapping_${row.datasource_id}.csv, or columns of values in required_columns`,
      message: 'the source has no mapping seed, and requires no column of values',
      fix: `create seeds/mapping_${row.datasource_id}.csv, or add the columns to required_columns and write the source's models`,
    });
  }
  return { textColumns, columns: new Map(labels.map((label) => [label, { location: '', dataKey: '' }])) };
}
