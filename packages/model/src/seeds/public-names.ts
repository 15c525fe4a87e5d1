import { quoted, seedLine } from '../findings/finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { Named, SeedRow } from './seed-table';

/** Internal location → the name under which it is published. */
export type PublicNames = ReadonlyMap<string, string>;

export function publicNamesOf(rows: readonly SeedRow[], complain: Complain): PublicNames {
  refuseRepeats(rows, ['from'], 'location_map', complain);
  // Two internal locations under one public name would be published as one.
  refuseRepeats(rows, ['to'], 'location_map', complain);
  for (const row of rows) {
    const other = rows.find((one) => one !== row && one.from === row.to);
    if (other === undefined) continue;
    complain({
      seed: 'location_map',
      line: row.line,
      column: 'to',
      found: quoted(String(row.to)),
      expected: 'a name that is not the internal location of another row',
      message: `the public name is the internal location of line ${other.line}`,
      fix: 'give the location a public name of its own',
    });
  }
  return new Map(rows.map((row) => [String(row.from), String(row.to)]));
}

/** Only locations that are listed are published, so that no internal name slips out. */
export function requirePublicName(
  location: string,
  listed: Named,
  seed: string,
  line: number,
  complain: Complain,
): void {
  if (listed === undefined || listed.has(location)) return;
  complain({
    seed,
    line,
    column: 'location',
    found: quoted(location),
    expected: 'a location of seeds/location_map.csv',
    message: 'the location has no public name',
    fix: `add the line ${seedLine(location, '<public name>')} to seeds/location_map.csv (the same name twice if it is public)`,
  });
}
