import type { Zone } from '@sensor-warehouse/model/zone';

/** What is true of the whole file, and must not change from one piece of it to the next. */
export interface TimeOrder {
  /** Whether the newest row stands first. */
  readonly backwards: boolean;
  /** Most frequent distance between neighbouring rows, in milliseconds. */
  readonly interval: number;
}

/** The row before the first one at hand, in the order of the file. */
export interface RowBefore {
  readonly wall: number;
  readonly instant: number;
}

/** What became of a piece's wall times. */
export interface Localised {
  /** Instants in milliseconds, in the order of the rows; NaN where the wall time does not exist (spring gap). */
  readonly instants: Float64Array;
  /** Rows of a doubled hour for which neither a step nor the gaps decided: taken as the first pass. */
  readonly undecided: readonly number[];
}

const DAY = 86_400_000;

/**
 * Turns wall times into instants. The doubled autumn hour is resolved by the backward step in the file; without a
 * step, by the reading of fewest gaps; a tie is the first pass. Files may run forwards or backwards in time.
 *
 * @param walls milliseconds as if they were UTC, NaN for rows without a time
 */
export function localise(
  walls: Float64Array,
  zone: Zone,
  order: TimeOrder = timeOrderOf(walls),
  rowBefore?: RowBefore,
): Localised {
  const count = walls.length;
  const instants = new Float64Array(count);
  const undecided: number[] = [];
  const at = (i: number) => (order.backwards ? count - 1 - i : i);
  const offsetOn = constantOffsets(zone);
  for (let i = 0; i < count; i++) {
    const wall = walls[at(i)]!;
    const offset = offsetOn(wall);
    if (!Number.isNaN(offset)) {
      instants[at(i)] = wall - offset;
      continue;
    }
    const resolved = Number.isNaN(wall) ? GAP : zone.resolve(wall);
    if (resolved.kind !== 'ambiguous') {
      instants[at(i)] = resolved.first;
      continue;
    }
    let stop = i + 1;
    while (stop < count && isSameNight(walls[at(stop)]!, wall, zone)) stop++;
    const run = Array.from({ length: stop - i }, (_, k) => at(i + k));
    // What stands before and after the run in time; the row before the piece is on either side.
    const earlier = i > 0 ? instants[at(i - 1)]! : order.backwards ? Number.NaN : (rowBefore?.instant ?? Number.NaN);
    const next = stop < count ? walls[at(stop)]! : order.backwards ? (rowBefore?.wall ?? Number.NaN) : Number.NaN;
    const later = Number.isNaN(next) ? Number.NaN : zone.resolve(next).first;
    const both = run.map((row) => zone.resolve(walls[row]!));
    const split = splitOf(
      both.map(({ first }) => first),
      both.map(({ second }) => second),
      earlier,
      later,
      order.interval,
    );
    run.forEach((row, k) => {
      instants[row] = k < split.at ? both[k]!.first : both[k]!.second;
      if (!split.decided) undecided.push(row);
    });
    i = stop - 1;
  }
  return { instants, undecided };
}

const GAP = { kind: 'gap', first: Number.NaN, second: Number.NaN } as const;

/** A test for wall times inside a spring gap, quick on all days but those around a change. */
export function gapTest(zone: Zone): (wall: number) => boolean {
  const offsetOn = constantOffsets(zone);
  return (wall) => Number.isNaN(offsetOn(wall)) && zone.resolve(wall).kind === 'gap';
}

/** How many of the last rows stand in a doubled hour that may go on in the next piece. */
export function openRun(walls: Float64Array, zone: Zone): number {
  let start = walls.length;
  const last = walls[start - 1]!;
  while (start > 0 && isSameNight(walls[start - 1]!, last, zone)) start--;
  return walls.length - start;
}

/** The zone's offset on the day of a wall time without any change near it, NaN otherwise. */
export function constantOffsets(zone: Zone): (wall: number) => number {
  let dayChecked = Number.NaN;
  let dayOffset = Number.NaN;
  return (wall) => {
    const day = Math.floor(wall / DAY);
    if (day !== dayChecked) {
      dayChecked = day;
      const start = day * DAY;
      const offset = Number.isNaN(day) ? Number.NaN : zone.offsetAt(start);
      const constant = offset === zone.offsetAt(start - DAY) && offset === zone.offsetAt(start + 2 * DAY);
      dayOffset = constant ? offset : Number.NaN;
    }
    return dayOffset;
  };
}

function isSameNight(wall: number, other: number, zone: Zone): boolean {
  return Math.abs(wall - other) < DAY && zone.resolve(wall).kind === 'ambiguous';
}

/**
 * How many rows of a doubled hour belong to the first pass: the number for which the fewest steps between rows are
 * odd. A gap is odd, so is the same time twice, and a step back in time is worse than both; hence a backward step of
 * the wall times always decides, and a second 02:00 in data by the hour is the second pass.
 */
function splitOf(
  first: readonly number[],
  second: readonly number[],
  earlier: number,
  later: number,
  interval: number,
): { readonly at: number; readonly decided: boolean } {
  const count = first.length;
  const oddness = (from: number, to: number): number => {
    if (Number.isNaN(from) || Number.isNaN(to)) return 0;
    if (to < from) return 2;
    return to === from || to - from > interval * 1.5 ? 1 : 0;
  };
  // Oddness of the rows from k on if all of them are the second pass, for every k.
  const rest = new Int32Array(count + 1);
  for (let k = count - 1; k >= 0; k--) {
    rest[k] = rest[k + 1]! + oddness(second[k]!, k + 1 < count ? second[k + 1]! : later);
  }
  let before = 0;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let tie = false;
  for (let k = 0; k <= count; k++) {
    const previous = k === 0 ? earlier : first[k - 1]!;
    const odd = before + oddness(previous, k < count ? second[k]! : later) + rest[k]!;
    if (odd < least) {
      tie = false;
      least = odd;
      best = k;
    } else if (odd === least) tie = true;
    if (k < count) before += oddness(previous, first[k]!);
  }
  return tie ? { at: count, decided: false } : { at: best, decided: true };
}

/** Which way a file runs and by what step, judged by its first rows. */
export function timeOrderOf(walls: Float64Array): TimeOrder {
  let forwards = 0;
  let backwards = 0;
  for (let i = 1; i < walls.length; i++) {
    if (walls[i]! > walls[i - 1]!) forwards++;
    else if (walls[i]! < walls[i - 1]!) backwards++;
  }
  return { backwards: backwards > forwards, interval: nominalInterval(walls) };
}

function nominalInterval(walls: Float64Array): number {
  const seen = new Map<number, number>();
  const until = Math.min(walls.length, 10_000);
  for (let i = 1; i < until; i++) {
    const distance = Math.abs(walls[i]! - walls[i - 1]!);
    if (distance > 0) seen.set(distance, (seen.get(distance) ?? 0) + 1);
  }
  let best = 3_600_000;
  let most = 0;
  for (const [distance, times] of seen) {
    if (times > most || (times === most && distance < best)) {
      best = distance;
      most = times;
    }
  }
  return best;
}
