import { DAY } from '@sensor-warehouse/model/time/units';
import type { WallTime, Zone } from '@sensor-warehouse/model/time/zone';
import { secondOfPairs } from './doubled-pairs';

/** Facts about the whole file, which must not change from one piece to the next. */
export interface TimeOrder {
  /** Whether the newest row comes first. */
  readonly backwards: boolean;
  /** Most frequent distance between neighbouring rows, in milliseconds. */
  readonly interval: number;
}

/** The row before the first row of this piece, in file order. */
export interface RowBefore {
  readonly wall: number;
  readonly instant: number;
  /** Whether the row before it has the same time. */
  readonly isRepeated: boolean;
}

/** Undecided rows of doubled hours, taken as the first pass. */
export interface Undecided {
  readonly count: number;
  /** Of the first. */
  readonly line: number;
  /** How many of them pass through the hour once at the usual step, like a clock that never changes. */
  readonly unrepeated: number;
}

/** A piece's wall times as instants. */
export interface Localised {
  /** Instants in milliseconds, in the order of the rows; NaN where the wall time does not exist (spring gap). */
  readonly instants: Float64Array;
  /** Rows of a doubled hour that neither a step nor the gaps decided: taken as the first pass. */
  readonly undecided: readonly number[];
  /** How many of them pass through the hour once at the usual step. */
  readonly unrepeated: number;
}

/**
 * Turns wall times into instants. If each time of the doubled autumn hour occurs twice, that decides; otherwise the
 * backward step in the file; without a step, the choice with the fewest gaps; in a tie, the first pass. Files may run
 * forwards or backwards in time.
 *
 * @param walls milliseconds as if they were UTC, NaN for rows without a time
 */
export function localise(
  walls: Float64Array,
  zone: Zone,
  order: TimeOrder = timeOrderOf(walls),
  rowBefore?: RowBefore,
  findPairs = secondOfPairs,
): Localised {
  const count = walls.length;
  const instants = new Float64Array(count);
  const undecided: number[] = [];
  let unrepeated = 0;
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
    // The rows before and after the run in time; the row before the piece may be on either side.
    const earlier = i > 0 ? instants[at(i - 1)]! : order.backwards ? Number.NaN : (rowBefore?.instant ?? Number.NaN);
    const next = stop < count ? walls[at(stop)]! : order.backwards ? (rowBefore?.wall ?? Number.NaN) : Number.NaN;
    const later = Number.isNaN(next) ? Number.NaN : zone.resolve(next).first;
    const both = run.map((row) => zone.resolve(walls[row]!));
    const wallsOfRun = run.map((row) => walls[row]!);
    const split = (rows: readonly WallTime[]) => splitRun(rows, earlier, later, order.interval);
    const seconds = isRepeatedBeside(walls, run, rowBefore)
      ? splitRepeated(wallsOfRun, both, split)
      : (findPairs(wallsOfRun, both) ?? split(both));
    run.forEach((row, k) => {
      const { first, second, edge } = both[k]!;
      instants[row] = (seconds?.[k] ?? edge === 'end') ? second : first;
      if (seconds === undefined && edge !== 'end') undecided.push(row);
    });
    const previous = i > 0 ? walls[at(i - 1)]! : order.backwards ? Number.NaN : (rowBefore?.wall ?? Number.NaN);
    if (seconds === undefined && isSteady([previous, ...wallsOfRun, next], order.interval))
      unrepeated += both.filter(({ edge }) => edge !== 'end').length;
    i = stop - 1;
  }
  return { instants, undecided, unrepeated };
}

/**
 * Whether the rows next to a doubled hour occur twice too: then every row of the file does, and pairs are not two
 * passes.
 */
function isRepeatedBeside(walls: Float64Array, run: readonly number[], rowBefore: RowBefore | undefined): boolean {
  const [one, other] = [run[0]!, run.at(-1)!];
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  const before =
    from > 1 ? walls[from - 1] === walls[from - 2] : from === 1 ? walls[0] === rowBefore?.wall : rowBefore?.isRepeated;
  return before === true || (to + 2 < walls.length && walls[to + 1] === walls[to + 2]);
}

/** Where several rows have the same time throughout the file, those of a doubled hour that follow each other are one for `split`. */
function splitRepeated(
  walls: readonly number[],
  both: readonly WallTime[],
  split: (rows: readonly WallTime[]) => readonly boolean[] | undefined,
): readonly boolean[] | undefined {
  const begins = walls.map((wall, k) => k === 0 || wall !== walls[k - 1]);
  const seconds = split(both.filter((_, k) => begins[k]));
  let group = -1;
  return seconds && begins.map((isNext) => seconds[isNext ? ++group : group]!);
}

/** Whether times continue at the usual step, each of them once. */
function isSteady(walls: readonly number[], interval: number): boolean {
  return walls.every((wall, k) => k === 0 || (wall > walls[k - 1]! && wall - walls[k - 1]! <= interval * 1.5));
}

const GAP = { kind: 'gap', first: Number.NaN, second: Number.NaN } as const;

/** Tests wall times for a spring gap; quick on all days except those around a change. */
export function gapTest(zone: Zone): (wall: number) => boolean {
  const offsetOn = constantOffsets(zone);
  return (wall) => Number.isNaN(offsetOn(wall)) && zone.resolve(wall).kind === 'gap';
}

/** How many of the last rows are in a doubled hour that may continue in the next piece, or are the only one after it. */
export function openRun(walls: Float64Array, zone: Zone): number {
  let start = walls.length;
  if (start > 1 && zone.resolve(walls[start - 1]!).kind !== 'ambiguous') start--;
  const last = walls[start - 1]!;
  const open = start;
  while (start > 0 && isSameNight(walls[start - 1]!, last, zone)) start--;
  return start === open ? 0 : walls.length - start;
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
 * Which rows of a doubled hour are the second pass, if that can be determined: those after the split that leaves the
 * fewest odd steps between rows. A gap is odd, a repeated time is too, and a step back in time is worse than both. So a
 * backward step of the wall times always decides, and in hourly data a second 02:00 is the second pass.
 */
function splitRun(
  both: readonly WallTime[],
  earlier: number,
  later: number,
  interval: number,
): readonly boolean[] | undefined {
  const first = both.map((one) => one.first);
  const second = both.map((one) => one.second);
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
  return tie ? undefined : first.map((_, k) => k >= best);
}

/** The direction and the step of a file, judged by its first rows. */
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
