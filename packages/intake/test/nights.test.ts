import { localise, openRun, timeOrderOf } from '@sensor-warehouse/intake/cells/localise';
import { endLabels, fixedZoneName, openZone } from '@sensor-warehouse/model/time/zone';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Zones, and an instant in their autumn night: when clocks are set back. */
const BACK = [
  ['Europe/Prague', Date.UTC(2024, 9, 27, 1)],
  ['America/New_York', Date.UTC(2024, 10, 3, 6)],
  ['Australia/Sydney', Date.UTC(2024, 3, 6, 16)],
  ['Australia/Lord_Howe', Date.UTC(2024, 3, 6, 15)],
] as const;
/** The same for spring. */
const FORTH = [
  ['Europe/Prague', Date.UTC(2024, 2, 31, 1)],
  ['America/New_York', Date.UTC(2024, 2, 10, 7)],
  ['Australia/Lord_Howe', Date.UTC(2024, 9, 5, 15, 30)],
] as const;

/** What the platform's own clock shows, as if it were UTC. */
function wallAt(instant: number, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  return Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Even steps from some hours before a night to some after it. */
const around = (changes: readonly (readonly [string, number])[]) =>
  fc
    .record({
      change: fc.constantFrom(...changes),
      minutes: fc.constantFrom(5, 10, 15, 30),
      before: fc.integer({ min: 3, max: 20 }),
      after: fc.integer({ min: 3, max: 20 }),
      backwards: fc.boolean(),
    })
    .map(({ change: [zone, change], minutes, before, after, backwards }) => {
      const count = ((before + after) * 60) / minutes;
      const instants = Array.from({ length: count }, (_, i) => change - before * HOUR + i * minutes * MINUTE);
      return { zone, change, step: minutes * MINUTE, instants, backwards };
    });

/** Sorted by the clock on the wall: the rows of both passes stand side by side. */
function byWall(instants: readonly number[], zone: string): number[] {
  return [...instants].sort((a, b) => wallAt(a, zone) - wallAt(b, zone) || a - b);
}

const wallsOf = (instants: readonly number[], zone: string) =>
  Float64Array.from(instants, (instant) => wallAt(instant, zone));

describe('a night in autumn that is sorted by local time', () => {
  test('has its first rows in the first pass, and in the second those that come after them', () => {
    fc.assert(
      fc.property(around(BACK), ({ zone, instants, backwards }) => {
        const sorted = byWall(instants, zone);
        if (backwards) sorted.reverse();
        const { instants: found, undecided } = localise(wallsOf(sorted, zone), openZone(zone));
        expect([...found]).toEqual(sorted);
        expect(undecided).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('is the same wherever the file is cut into pieces', () => {
    fc.assert(
      fc.property(around(BACK), fc.integer({ min: 61, max: 150 }), ({ zone: name, instants, backwards }, most) => {
        const zone = openZone(name);
        const sorted = byWall(instants, name);
        if (backwards) sorted.reverse();
        const walls = wallsOf(sorted, name);
        const order = timeOrderOf(walls);
        const found: number[] = [];
        let before: Parameters<typeof localise>[3];
        for (let from = 0; from < walls.length; ) {
          const piece = walls.subarray(from, from + most);
          const open = from + most >= walls.length ? 0 : openRun(piece, zone);
          const count = open > most / 2 ? piece.length : piece.length - open;
          const rows = localise(piece.subarray(0, count), zone, order, before).instants;
          found.push(...rows);
          from += count;
          before = { wall: walls[from - 1]!, instant: rows.at(-1)!, isRepeated: walls[from - 1] === walls[from - 2] };
        }
        expect(found).toEqual(sorted);
      }),
      { numRuns: 100 },
    );
  });

  const prague = openZone('Europe/Prague');
  const quarters = Array.from({ length: 36 }, (_, i) => Date.UTC(2024, 9, 26, 22) + i * 15 * MINUTE);
  const sorted = byWall(quarters, 'Europe/Prague');
  const doubled = [...sorted.keys()].filter(
    (row) => prague.resolve(wallAt(sorted[row]!, 'Europe/Prague')).kind === 'ambiguous',
  );

  test('is not decided if one of its times occurs once', () => {
    const walls = wallsOf(sorted, 'Europe/Prague').filter((_, row) => row !== doubled[2]);
    expect(localise(walls, prague).undecided).toHaveLength(7);
  });

  test('is not decided if one of its times occurs three times', () => {
    const walls = [...wallsOf(sorted, 'Europe/Prague')];
    walls.splice(doubled[2]!, 0, walls[doubled[2]!]!);
    expect(localise(Float64Array.from(walls), prague).undecided).toHaveLength(9);
  });

  test('is not decided if each row of the file occurs twice', () => {
    const once = quarters.filter(
      (instant) => instant < Date.UTC(2024, 9, 27, 0) || instant >= Date.UTC(2024, 9, 27, 1),
    );
    const twice = once.flatMap((instant) => [instant, instant]);
    expect(localise(wallsOf(twice, 'Europe/Prague'), prague).undecided).toHaveLength(8);
  });

  test('that passes through the hour once at the usual step is reported as a clock that never changes', () => {
    const standard = Float64Array.from(quarters, (instant) => instant + HOUR);
    expect(localise(standard, prague)).toMatchObject({ unrepeated: 4 });
    const withHole = standard.filter((_, row) => row !== 13);
    expect(localise(withHole, prague)).toMatchObject({ unrepeated: 0 });
  });
});

/** Labels as a clock shows the end, and as programs write them that add the step to the start on the wall. */
const CONVENTIONS = [
  ['the clock shows', (start: number, step: number, zone: string) => wallAt(start + step, zone)],
  ['is the start on the wall and the step', (start: number, step: number, zone: string) => wallAt(start, zone) + step],
] as const;

describe.each(CONVENTIONS)('a label that is the end of an interval as %s', (_, labelOf) => {
  test.each([
    ['autumn', BACK],
    ['spring', FORTH],
  ])('is the instant of that end through a night in %s', (_, changes) => {
    fc.assert(
      fc.property(around(changes), ({ zone: name, step, instants, backwards }) => {
        // Rows are in the order of time.
        const starts = backwards ? [...instants].reverse() : instants;
        const labels = Float64Array.from(starts, (start) => labelOf(start, step, name));
        const { instants: ends, undecided } = localise(labels, endLabels(openZone(name)));
        expect([...ends]).toEqual(starts.map((start) => start + step));
        expect(undecided).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('holds for hourly values too', () => {
    for (const [name, change] of [BACK[0]!, FORTH[0]!, BACK[1]!, FORTH[1]!]) {
      const starts = Array.from({ length: 30 }, (_, i) => change + (i - 12) * HOUR);
      const labels = Float64Array.from(starts, (start) => labelOf(start, HOUR, name));
      const { instants: ends, undecided } = localise(labels, endLabels(openZone(name)));
      expect([...ends]).toEqual(starts.map((start) => start + HOUR));
      expect(undecided).toEqual([]);
    }
  });

  test('holds if the night is sorted by local time', () => {
    fc.assert(
      fc.property(around(BACK), ({ zone: name, step, instants, backwards }) => {
        const rows = instants
          .map((start) => ({ end: start + step, label: labelOf(start, step, name) }))
          .sort((a, b) => a.label - b.label || a.end - b.end);
        if (backwards) rows.reverse();
        const { instants: ends, undecided } = localise(
          Float64Array.from(rows, ({ label }) => label),
          endLabels(openZone(name)),
        );
        expect([...ends]).toEqual(rows.map(({ end }) => end));
        expect(undecided).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  [HOUR, 'Etc/GMT-1'],
  [-5 * HOUR, 'Etc/GMT+5'],
  [0, 'UTC'],
  [10.5 * HOUR, '+10:30'],
  [-3.5 * HOUR, '-03:30'],
])('a zone that is always %i milliseconds from UTC is %s', (offset, name) => {
  expect(fixedZoneName(offset)).toBe(name);
  expect(openZone(name).offsetAt(Date.UTC(2024, 6, 1))).toBe(offset);
  expect(openZone(name).resolve(Date.UTC(2024, 2, 31, 2)).first).toBe(Date.UTC(2024, 2, 31, 2) - offset);
});
