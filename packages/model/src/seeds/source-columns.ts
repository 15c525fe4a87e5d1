import { type Finding, quoted } from '../findings/finding';
import type { Contract } from './contract';
import type { DataKeys } from './data-keys';
import { longColumnsOf } from './long-layout';
import type { Mapping } from './mapping';
import { complainTo, listOf } from './seed-findings';
import type { SeedRow } from './seed-table';
import { timeColumnsOf } from './source-fields';

/** `data_type` says which quantities people expect of a source: it must give them. */
export function checkQuantities(row: SeedRow, { columns }: Mapping, dataKeys: DataKeys, findings: Finding[]): void {
  const yielded = new Set<string>();
  for (const { dataKey } of columns.values()) {
    const known = dataKeys.get(dataKey);
    // A data_key with a mistake of its own may be the quantity.
    if (known === undefined) return;
    yielded.add(known.quantity);
  }
  if (yielded.size === 0) return;
  for (const quantity of listOf(row.data_type)) {
    if (yielded.has(quantity)) continue;
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column: 'data_type',
      found: quoted(quantity),
      expected: `quantities that the source gives: ${[...yielded].join(';')}`,
      message: 'the mapping of the source gives no such quantity',
      fix: 'correct data_type, or complete the mapping',
    });
  }
}

/** A label that stands for a column which nobody knows would hide that column's loss. */
export function refuseStrayAliases(
  { aliases }: Contract,
  row: SeedRow,
  { columns }: Mapping,
  ignored: readonly SeedRow[],
  findings: Finding[],
): void {
  const known = new Set([
    ...columns.keys(),
    ...Object.values(longColumnsOf(row)),
    ...timeColumnsOf(row),
    ...listOf(row.required_columns),
    ...ignored.map(({ column }) => String(column)),
  ]);
  for (const [label, standsFor] of aliases) {
    if (known.has(standsFor) && !known.has(label)) continue;
    findings.push({
      code: 'seed-error',
      severity: 'error',
      file: `seeds/contracts/${row.datasource_id}.json`,
      count: 1,
      found: `${quoted(label)} for ${quoted(standsFor)}`,
      expected: 'a label that is not mapped, for one that is',
      message: 'an alias of the contract names no column of the source, or is itself a column',
      fix: 'correct or remove the alias',
    });
  }
}

/** One of the two would have no effect. */
export function refuseMappedAndIgnored(
  ignored: readonly SeedRow[],
  { columns, sensors }: Mapping,
  findings: Finding[],
): void {
  for (const row of ignored) {
    const name = String(row.column);
    const kind = columns.has(name) ? 'column' : sensors.has(name.toUpperCase()) ? 'sensor' : undefined;
    if (kind === undefined) continue;
    complainTo(findings)({
      seed: 'ignored_columns',
      line: row.line,
      column: 'column',
      found: quoted(name),
      expected: `a ${kind} that is not mapped`,
      message: `the ${kind} is mapped and ignored`,
      fix: 'remove it from one of the two seeds',
    });
  }
}
