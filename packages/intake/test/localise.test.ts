import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gapTest, localise, timeOrderOf } from '@sensor-warehouse/intake/cells/localise';
import { growChunk, newChunk } from '@sensor-warehouse/intake/landing/chunk';
import { openLandingParts } from '@sensor-warehouse/intake/landing/landing-parts';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Zones with a doubled hour in either half of the year, a half hour, one at midnight, and none. */
const ZONES = [
  'Europe/Prague',
  'Europe/Lisbon',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Asia/Kolkata',
  'UTC',
] as const;

/** Both nights of Europe, America and Australia in some years. */
const NIGHTS = [2023, 2024, 2026].flatMap((year) =>
  [
    [2, 26],
    [2, 31],
    [2, 10],
    [3, 2],
    [9, 2],
    [9, 27],
    [9, 29],
    [10, 3],
  ].map(([month, day]) => Date.UTC(year, month!, day!)),
);

/** Readings at even steps around a night, without a gap in it. */
const series = fc.record({
  zone: fc.constantFrom(...ZONES),
  start: fc
    .tuple(fc.constantFrom(...NIGHTS), fc.integer({ min: -60, max: 30 }))
    .map(([night, hours]) => night + hours * HOUR),
  step: fc.constantFrom(10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
  count: fc.integer({ min: 100, max: 600 }),
  backwards: fc.boolean(),
});

function instantsOf({
  start,
  step,
  count,
  backwards,
}: {
  start: number;
  step: number;
  count: number;
  backwards: boolean;
}) {
  const instants = Array.from({ length: count }, (_, i) => start + i * step);
  return backwards ? instants.reverse() : instants;
}

const python = process.env.DBT_PYTHON ?? 'python3';
const zoneinfo = spawnSync(python, ['-c', "import zoneinfo; zoneinfo.ZoneInfo('Europe/Prague')"]).status === 0;

/** What Python does for each `[zone, numbers]`. */
function askPython(code: string, cases: readonly (readonly [string, readonly number[]])[]): (number | null)[][] {
  const program = `
import json, sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
EPOCH = datetime(1970, 1, 1)
UTC = timezone.utc
milliseconds = lambda moment: round((moment - EPOCH).total_seconds() * 1000)
${code}
print(json.dumps([[answer(number, ZoneInfo(zone)) for number in numbers] for zone, numbers in json.load(sys.stdin)]))
`;
  const { stdout, stderr, status } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as (number | null)[][];
}

/** The wall time that a clock shows at an instant. */
const SHOW = `
def answer(number, zone):
    return milliseconds((EPOCH + timedelta(milliseconds=number)).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None))
`;

/** Whether a clock ever shows a wall time. */
const EXISTS = `
def answer(number, zone):
    wall = EPOCH + timedelta(milliseconds=number)
    back = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return int(back == wall)
`;

describe.skipIf(!zoneinfo)('wall times, beside Python’s zoneinfo', () => {
  test('with even steps become the original instants over both nights, forwards and backwards', () => {
    const cases = fc.sample(series, { numRuns: 400, seed: 1 });
    const instants = cases.map(instantsOf);
    const walls = askPython(
      SHOW,
      cases.map(({ zone }, i) => [zone, instants[i]!]),
    );
    cases.forEach(({ zone }, i) => {
      const found = localise(Float64Array.from(walls[i] as number[]), openZone(zone));
      expect({ zone, instants: [...found.instants], undecided: found.undecided.length }).toEqual({
        zone,
        instants: instants[i],
        undecided: 0,
      });
    });
  });

  test('are in a gap exactly where no clock shows them', () => {
    const cases = fc.sample(series, { numRuns: 200, seed: 2 });
    const walls = cases.map((one) => instantsOf({ ...one, step: 15 * MINUTE, backwards: false }));
    const exists = askPython(
      EXISTS,
      cases.map(({ zone }, i) => [zone, walls[i]!]),
    );
    let gaps = 0;
    cases.forEach(({ zone }, i) => {
      const isInGap = gapTest(openZone(zone));
      const found = walls[i]!.map((wall) => (isInGap(wall) ? 0 : 1));
      expect({ zone, found }).toEqual({ zone, found: exists[i] });
      gaps += found.filter((one) => one === 0).length;
    });
    expect(gaps).toBeGreaterThan(20);
  });
});

describe('the doubled hour', () => {
  const zone = openZone('Europe/Prague');
  const wallsOf = (instants: readonly number[]) =>
    Float64Array.from(instants, (instant) => instant + zone.offsetAt(instant));

  test('by the hour is distinguished by its second 02:00', () => {
    const instants = Array.from({ length: 12 }, (_, i) => Date.UTC(2026, 9, 24, 20) + i * HOUR);
    expect([...localise(wallsOf(instants), zone).instants]).toEqual(instants);
  });

  test('with one pass missing is taken as the pass that leaves fewer gaps', () => {
    const all = Array.from({ length: 48 }, (_, i) => Date.UTC(2026, 9, 24, 22) + i * 10 * MINUTE);
    const firstPass = (instant: number) => instant >= Date.UTC(2026, 9, 25, 0) && instant < Date.UTC(2026, 9, 25, 1);
    const secondPass = (instant: number) => instant >= Date.UTC(2026, 9, 25, 1) && instant < Date.UTC(2026, 9, 25, 2);
    const withoutStart = all.filter((instant) => !firstPass(instant) && instant > Date.UTC(2026, 9, 24, 23));
    const started = localise(wallsOf(withoutStart), zone);
    // Both passes leave one gap of an hour: nothing decides, and the warning says so.
    expect(started.undecided).toHaveLength(6);
    const withoutEnd = all.filter((instant) => !secondPass(instant) && instant < Date.UTC(2026, 9, 25, 2));
    expect([...localise(wallsOf(withoutEnd), zone).instants]).toEqual(withoutEnd);
  });
});

describe('a landing in parts', () => {
  const LABEL = 'Temperature_Celsius';
  const COLUMNS = { columns: { time: undefined, texts: [], values: [LABEL] }, labels: [LABEL], names: [] };
  let folder: string;
  let runs = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function landed(walls: Float64Array, zoneName: string, mostRows: number) {
    const stem = join(folder, String(++runs));
    const parts = openLandingParts(stem, 7, COLUMNS, openZone(zoneName));
    const chunk = newChunk(1, 0, mostRows);
    for (const [i, wall] of walls.entries()) {
      if (chunk.count === chunk.capacity) growChunk(chunk);
      chunk.walls[chunk.count] = wall;
      chunk.lines[chunk.count] = i + 3;
      chunk.values[0]![chunk.count++] = i / 10;
      if (chunk.count === chunk.most) await parts.write(chunk, false);
    }
    await parts.write(chunk, true);
    const names = (await readdir(folder)).filter((name) => name.startsWith(`${runs}-`)).sort();
    const kinds = { _time: 'instant', _line: 'integer', [LABEL]: 'number' } as const;
    const tables = await Promise.all(names.map((name) => readParquetTable(join(folder, name), kinds)));
    return {
      parts: names.length,
      rows: parts.landed,
      time: tables.flatMap(({ columns }) => [...columns._time]),
      lines: tables.flatMap(({ columns }) => [...columns._line]),
      values: tables.flatMap(({ columns }) => [...columns[LABEL]]),
      undecided: parts.undecided,
    };
  }

  test('counts as readings the cells written with a value, and none that lost it on the way', async () => {
    const parts = openLandingParts(join(folder, 'readings'), 7, COLUMNS, openZone('UTC'));
    const chunk = newChunk(1);
    chunk.count = 3;
    chunk.values[0]!.set([20.5, Number.NaN, 21]);
    await parts.write(chunk, true);
    expect([parts.landed, parts.readings]).toEqual([3, 2]);
  });

  test('is the landing of the whole, wherever the parts end', async () => {
    await fc.assert(
      fc.asyncProperty(series, fc.integer({ min: 40, max: 150 }), async (one, mostRows) => {
        const zone = openZone(one.zone);
        const instants = instantsOf(one);
        const walls = Float64Array.from(instants, (instant) => instant + zone.offsetAt(instant));
        const { parts, rows, time, lines, values } = await landed(walls, one.zone, mostRows);
        expect(parts).toBeGreaterThanOrEqual(Math.floor(walls.length / mostRows));
        expect(rows).toBe(walls.length);
        expect(time).toEqual([...localise(walls, zone, timeOrderOf(walls)).instants]);
        expect(time).toEqual(instants);
        expect(lines).toEqual(instants.map((_, i) => i + 3));
        expect(values).toEqual(instants.map((_, i) => i / 10));
      }),
      { numRuns: 60 },
    );
  });

  test('is the landing of the whole even if rows are missing in the doubled hour', async () => {
    const kept = fc.array(fc.constantFrom(true, true, true, false), { minLength: 600, maxLength: 600 });
    const prague = fc.record({
      start: fc.integer({ min: -30, max: -8 }).map((hours) => Date.UTC(2026, 9, 25) + hours * HOUR),
      step: fc.constantFrom(10 * MINUTE, 15 * MINUTE),
      count: fc.integer({ min: 200, max: 300 }),
      backwards: fc.boolean(),
    });
    // Also a night with only one recorded pass.
    const pass = fc.constantFrom(-1, 0, 1);
    await fc.assert(
      fc.asyncProperty(prague, kept, pass, fc.integer({ min: 40, max: 150 }), async (one, keep, lost, mostRows) => {
        const zone = openZone('Europe/Prague');
        const isLost = (instant: number) => Math.floor((instant - Date.UTC(2026, 9, 25)) / HOUR) === lost;
        const instants = instantsOf(one).filter((instant, i) => keep[i] && !isLost(instant));
        const walls = Float64Array.from(instants, (instant) => instant + zone.offsetAt(instant));
        const order = timeOrderOf(walls.subarray(0, mostRows));
        const whole = localise(walls, zone, order);
        const { time, undecided } = await landed(walls, 'Europe/Prague', mostRows);
        expect(time).toEqual([...whole.instants]);
        expect(undecided.count).toBe(whole.undecided.length);
        if (whole.undecided.length > 0) expect(undecided.line).toBe(Math.min(...whole.undecided) + 3);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['the first pass', -1, false],
    ['the first pass', -1, true],
    ['the second pass', 0, false],
    ['the second pass', 0, true],
  ])('is the landing of the whole wherever a part ends in a night without %s', async (_, lost, backwards) => {
    const zone = openZone('Europe/Prague');
    const night = Date.UTC(2026, 9, 25, 1);
    // By ten minutes for 17 hours: the doubled hour is in rows 40 to 60, from either end.
    const all = instantsOf({ start: night - 8 * HOUR, step: 10 * MINUTE, count: 102, backwards });
    const instants = all.filter((instant) => Math.floor((instant - night) / HOUR) !== lost);
    const walls = Float64Array.from(instants, (instant) => instant + zone.offsetAt(instant));
    const whole = localise(walls, zone);
    for (let mostRows = 30; mostRows <= 70; mostRows++) {
      const { time, undecided } = await landed(walls, 'Europe/Prague', mostRows);
      expect({ mostRows, time }).toEqual({ mostRows, time: [...whole.instants] });
      expect({ mostRows, undecided: undecided.count }).toEqual({ mostRows, undecided: whole.undecided.length });
    }
  });

  test('is one empty part if there are no rows', async () => {
    expect(await landed(new Float64Array(0), 'UTC', 100)).toMatchObject({ parts: 1, rows: 0 });
  });
});
