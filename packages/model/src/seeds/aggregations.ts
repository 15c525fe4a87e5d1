import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '../findings/finding';
import { EVERY_EXPECTED, type Every, parseEvery } from '../time/every';
import { HOUR } from '../time/units';
import { openZone } from '../time/zone';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

/** A level of aggregation: windows of one length that begin where a zone's days do. */
export interface AggregationLevel {
  readonly name: string;
  readonly every: Every;
  /** IANA name of the zone in which windows begin. */
  readonly timezone: string;
  /** The level's query for InfluxDB; without one, the level is computed from n, sum, min and max. */
  readonly flux?: FluxScript;
}

/** A file of the seeds with a query. */
export interface FluxScript {
  readonly file: string;
  readonly text: string;
}

export interface Aggregations {
  /** The zone in which days and weeks begin. */
  readonly localZone: string;
  /** Levels besides hourly, daily and weekly, in the order of the seed. */
  readonly ownLevels: readonly AggregationLevel[];
}

const BUILT_IN: Readonly<Record<string, string>> = { hourly: '1h', daily: '1d', weekly: '1w' };
/** Begin the names of other files in `normalized/`. */
const RESERVED: readonly string[] = ['additive', 'nonadditive'];

type Wrong = (row: SeedRow, column: string, message: string, expected: string) => void;

/** The levels of `seeds/aggregations.csv`; a `flux` file is beside it. */
export async function aggregationsOf(
  rows: readonly SeedRow[],
  seedsFolder: string,
  complain: Complain,
): Promise<Aggregations> {
  refuseRepeats(rows, ['level'], 'aggregations', complain);
  const wrong: Wrong = (row, column, message, expected) =>
    complain({
      seed: 'aggregations',
      line: row.line,
      column,
      found: quoted(String(row[column])),
      expected,
      message,
      fix: `write ${expected}`,
    });
  const builtIn = rows.filter(({ level }) => Object.hasOwn(BUILT_IN, String(level)));
  const localZone = localZoneOf(builtIn, wrong);
  requireBuiltIn(rows, complain);
  const ownLevels: AggregationLevel[] = [];
  for (const row of rows) {
    if (builtIn.includes(row)) continue;
    const level = await ownLevelOf(row, seedsFolder, wrong);
    if (level !== undefined) ownLevels.push(level);
  }
  return { localZone, ownLevels };
}

function localZoneOf(rows: readonly SeedRow[], wrong: Wrong): string {
  const zones = new Set<string>();
  for (const row of rows) {
    const level = String(row.level);
    const zone = String(row.timezone);
    if (BUILT_IN[level] !== row.every)
      wrong(row, 'every', `${level} cannot have windows of ${row.every}`, BUILT_IN[level]!);
    if (row.flux !== '') wrong(row, 'flux', `${level} cannot have a query of its own`, 'nothing');
    if (level === 'hourly') {
      if (zone !== 'UTC') wrong(row, 'timezone', 'hours are UTC hours', 'UTC');
      continue;
    }
    if (!isZone(zone)) wrong(row, 'timezone', ...UNKNOWN_ZONE);
    else if (zones.size > 0 && !zones.has(zone)) {
      wrong(row, 'timezone', 'days and weeks have different time zones', [...zones][0]!);
    } else zones.add(zone);
  }
  return [...zones][0] ?? 'UTC';
}

function requireBuiltIn(rows: readonly SeedRow[], complain: Complain): void {
  const missing = Object.keys(BUILT_IN).filter((level) => rows.length > 0 && !rows.some((row) => row.level === level));
  for (const level of missing) {
    complain({
      seed: 'aggregations',
      column: 'level',
      found: rows.map((row) => row.level).join(', '),
      expected: Object.keys(BUILT_IN).join(', '),
      message: `the level ${level} is missing`,
      fix: `add a row ${level},${BUILT_IN[level]},…`,
    });
  }
}

/** @returns undefined if the row has a mistake */
async function ownLevelOf(row: SeedRow, seedsFolder: string, wrong: Wrong): Promise<AggregationLevel | undefined> {
  const [name, timezone, flux] = [String(row.level), String(row.timezone), String(row.flux)];
  let sound = true;
  const refuse = (column: string, message: string, expected: string) => {
    sound = false;
    wrong(row, column, message, expected);
  };
  if (RESERVED.includes(name)) refuse('level', 'other files have this name', 'another name');
  const every = parseEvery(String(row.every));
  if (every === undefined) refuse('every', 'windows of this length do not fit into a day or a year', EVERY_EXPECTED);
  if (!isZone(timezone)) refuse('timezone', ...UNKNOWN_ZONE);
  else if (timezone !== 'UTC' && every?.unit === 'minute')
    refuse('timezone', 'windows under an hour are parts of UTC hours', 'UTC');
  else if (timezone !== 'UTC' && flux !== '') refuse('timezone', 'a query runs on UTC months', 'UTC');
  else if (!hasWholeHours(timezone))
    refuse(
      'timezone',
      'hours of this zone do not begin with UTC hours',
      'a zone that is a whole number of hours from UTC',
    );
  if (flux === '') return sound ? { name, every: every!, timezone } : undefined;
  if (every !== undefined && !dividesMonths(every))
    refuse('every', 'a query runs month by month, and its windows must not cross months', 'minutes, hours, 1d or 1mo');
  const text = await readScript(join(seedsFolder, flux));
  if (text === undefined)
    refuse('flux', 'the query cannot be read', 'the name of a file beside the seed that holds UTF-8 text');
  return sound ? { name, every: every!, timezone, flux: { file: flux, text: text! } } : undefined;
}

function dividesMonths({ unit, count }: Every): boolean {
  return unit === 'minute' || unit === 'hour' || unit === 'day' || (unit === 'month' && count === 1);
}

async function readScript(path: string): Promise<string | undefined> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return text.trim() === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

const UNKNOWN_ZONE = ['the time zone is unknown', 'an IANA name such as Europe/Prague'] as const;

function isZone(name: string): boolean {
  try {
    openZone(name);
    return true;
  } catch {
    return false;
  }
}

/** Whether the zone is whole hours from UTC in every half year from 2000, before which no reading is accepted, to 2040. */
function hasWholeHours(name: string): boolean {
  const zone = openZone(name);
  for (let year = 2000; year < 2040; year++)
    for (const month of [0, 6]) if (zone.offsetAt(Date.UTC(year, month, 15)) % HOUR !== 0) return false;
  return true;
}
