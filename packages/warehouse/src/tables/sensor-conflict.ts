import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';

/** Two sensors that deliver different values for one key. */
export interface Conflict {
  readonly location: string;
  readonly dataKey: string;
  readonly time: number;
  readonly sensors: readonly [string, string];
  readonly values: readonly [number, number];
  readonly file: string;
  readonly line: number;
}

/** One finding for each pair of sensors at a location, with its first conflict. It can never be right, whatever the threshold. */
export function conflictFindings(datasource: string, conflicts: readonly Conflict[]): Finding[] {
  const groups = new Map<string, { readonly first: Conflict; count: number }>();
  for (const conflict of conflicts) {
    const key = JSON.stringify([conflict.location, conflict.dataKey, [...conflict.sensors].sort()]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: conflict, count: 1 });
    else group.count++;
  }
  return [...groups.values()].map(({ first, count }) => ({
    code: 'sensor-conflict',
    severity: 'error',
    datasource,
    file: first.file,
    line: first.line,
    count,
    found: `${first.values[0]} from ${quoted(first.sensors[0])} and ${first.values[1]} from ${quoted(first.sensors[1])} at ${new Date(first.time).toISOString()}`,
    expected: `one sensor for ${quoted(first.location)} at a time`,
    message: `two sensors deliver different ${first.dataKey} for ${quoted(first.location)}`,
    fix: 'give the two sensors valid_from and valid_to in the mapping, or different locations',
  }));
}
