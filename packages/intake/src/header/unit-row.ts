import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Problem } from '../report/report';
import type { Header } from './header';
import { symbolOf } from './label-units';
import { unitOf } from './units';

/** Compares the row of units with the units of the data_keys: numbers of another unit are never converted. */
export function unitProblems(units: readonly string[], { roles }: Header, datasource: Datasource): Problem[] {
  return roles.flatMap((role, at): Problem[] => {
    if (role.kind !== 'value') return [];
    const found = (units[at] ?? '').replace(/^[([]\s*(.*?)\s*[)\]]$/u, '$1');
    const expected = datasource.units.get(datasource.columns.get(role.label)?.dataKey ?? '');
    if (found === '' || expected === undefined || isSameUnit(found, expected)) return [];
    return [otherUnit(role.label, found, expected)];
  });
}

export function otherUnit(label: string, found: string, expected: string): Problem {
  return {
    code: 'unit-changed',
    column: label,
    found: `the unit ${quoted(found)}`,
    expected: `the unit ${quoted(expected)}`,
    message: `the column ${quoted(label)} has a different unit from its data_key`,
    fix: `export it in ${expected}, or map it to a data_key of its own; nothing is converted automatically`,
  };
}

export function isSameUnit(one: string, other: string): boolean {
  const [a, b] = [unitOf(one), unitOf(other)];
  if (a === undefined || b === undefined) return (symbolOf(one) ?? one) === (symbolOf(other) ?? other);
  return a.symbol === b.symbol || (a.dimension === b.dimension && a.factor === b.factor && a.offset === b.offset);
}
