import { quoted } from './finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';
import { openZone } from './zone';

const EVERY: Readonly<Record<string, string>> = { hourly: '1h', daily: '1d', weekly: '1w' };

/** The zone in which days and weeks begin. */
export function localZoneOf(rows: readonly SeedRow[], complain: Complain): string {
  refuseRepeats(rows, ['level'], 'aggregations', complain);
  const zones = new Set<string>();
  for (const row of rows) {
    const level = String(row.level);
    const zone = String(row.timezone);
    const wrong = (column: string, message: string, expected: string) =>
      complain({
        seed: 'aggregations',
        line: row.line,
        column,
        found: quoted(String(row[column])),
        expected,
        message,
        fix: `write ${expected}`,
      });
    if (EVERY[level] !== row.every) wrong('every', `${level} is not every ${row.every}`, EVERY[level]!);
    if (level === 'hourly') {
      if (zone !== 'UTC') wrong('timezone', 'hours are UTC hours', 'UTC');
      continue;
    }
    if (!isZone(zone)) wrong('timezone', 'the time zone is not known', 'an IANA name such as Europe/Prague');
    else if (zones.size > 0 && !zones.has(zone)) {
      wrong('timezone', 'days and weeks have different time zones', [...zones][0]!);
    } else zones.add(zone);
  }
  const missing = Object.keys(EVERY).filter((level) => rows.length > 0 && !rows.some((row) => row.level === level));
  for (const level of missing) {
    complain({
      seed: 'aggregations',
      column: 'level',
      found: rows.map((row) => row.level).join(', '),
      expected: Object.keys(EVERY).join(', '),
      message: `the level ${level} is missing`,
      fix: `add a row ${level},${EVERY[level]},…`,
    });
  }
  return [...zones][0] ?? 'UTC';
}

function isZone(name: string): boolean {
  try {
    openZone(name);
    return true;
  } catch {
    return false;
  }
}
