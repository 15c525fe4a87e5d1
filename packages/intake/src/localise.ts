import type { Zone } from '@sensor-warehouse/model/zone';

/** What became of a file's wall times. */
export interface Localised {
  /** Instants in milliseconds, in the order of the rows; NaN where the wall time does not exist (spring gap). */
  readonly instants: Float64Array;
  /** Rows in a spring gap. */
  readonly inGap: number;
  /** Rows of a doubled hour for which neither a step nor the gaps decided: taken as the first pass. */
  readonly undecided: readonly number[];
}

/**
 * Turns wall times into instants. The doubled autumn hour is resolved by the backward step in the file; without a
 * step, by the reading of fewest gaps; a tie is the first pass. Files may run forwards or backwards in time.
 *
 * @param walls milliseconds as if they were UTC, NaN for rows without a time
 */
export function localise(walls: Float64Array, zone: Zone): Localised {
  const count = walls.length;
  const instants = new Float64Array(count);
  const undecided: number[] = [];
  let inGap = 0;
  const backwards = runsBackwards(walls);
  const at = (i: number) => (backwards ? count - 1 - i : i);
  const interval = nominalInterval(walls);
  let dayChecked = Number.NaN;
  let dayOffset = Number.NaN;
  for (let i = 0; i < count; i++) {
    const wall = walls[at(i)]!;
    if (Number.isNaN(wall)) {
      instants[at(i)] = Number.NaN;
      continue;
    }
    const day = Math.floor(wall / 86_400_000);
    if (day !== dayChecked) {
      dayChecked = day;
      dayOffset = constantOffset(day, zone);
    }
    if (!Number.isNaN(dayOffset)) {
      instants[at(i)] = wall - dayOffset;
      continue;
    }
    const resolved = zone.resolve(wall);
    if (resolved.kind !== 'ambiguous') {
      instants[at(i)] = resolved.first;
      if (resolved.kind === 'gap') inGap++;
      continue;
    }
    let stop = i + 1;
    while (stop < count && isAmbiguousNear(walls[at(stop)]!, wall, zone)) stop++;
    const run = Array.from({ length: stop - i }, (_, k) => at(i + k));
    const before = i > 0 ? instants[at(i - 1)]! : Number.NaN;
    const after = stop < count ? walls[at(stop)]! : Number.NaN;
    const split = splitOf(
      run.map((row) => walls[row]!),
      zone,
      before,
      after,
      interval,
    );
    run.forEach((row, k) => {
      const both = zone.resolve(walls[row]!);
      instants[row] = k < split.at ? both.first : both.second;
      if (!split.decided) undecided.push(row);
    });
    i = stop - 1;
  }
  return { instants, inGap, undecided };
}

/** The zone's offset on a day without any change near it, NaN otherwise. */
function constantOffset(day: number, zone: Zone): number {
  const start = day * 86_400_000;
  const offset = zone.offsetAt(start - 86_400_000);
  return offset === zone.offsetAt(start + 2 * 86_400_000) && offset === zone.offsetAt(start) ? offset : Number.NaN;
}

function isAmbiguousNear(wall: number, first: number, zone: Zone): boolean {
  return Math.abs(wall - first) < 86_400_000 && zone.resolve(wall).kind === 'ambiguous';
}

/** How many rows of the run belong to the first pass, and whether anything decided it. */
function splitOf(
  walls: readonly number[],
  zone: Zone,
  before: number,
  nextWall: number,
  interval: number,
): { readonly at: number; readonly decided: boolean } {
  let largest = 0;
  let step = -1;
  let repeat = -1;
  for (let k = 1; k < walls.length; k++) {
    const back = walls[k - 1]! - walls[k]!;
    if (back > largest) {
      largest = back;
      step = k;
    }
    if (back === 0 && repeat < 0) repeat = k;
  }
  if (step >= 0) return { at: step, decided: true };
  // Data by the hour show the doubled hour as one label that stands twice.
  if (repeat >= 0 && walls.length === 2) return { at: repeat, decided: true };
  const after = Number.isNaN(nextWall) ? Number.NaN : zone.resolve(nextWall).first;
  const gaps = (split: number): number => {
    let previous = before;
    let found = 0;
    const look = (instant: number) => {
      if (!Number.isNaN(previous) && !Number.isNaN(instant)) {
        if (instant - previous > interval * 1.5) found++;
        if (instant < previous) found += 2;
      }
      previous = instant;
    };
    walls.forEach((wall, k) => {
      const both = zone.resolve(wall);
      look(k < split ? both.first : both.second);
    });
    look(after);
    return found;
  };
  let best = walls.length;
  let fewest = gaps(best);
  let tie = false;
  for (let split = walls.length - 1; split >= 0; split--) {
    const found = gaps(split);
    if (found < fewest) {
      fewest = found;
      best = split;
      tie = false;
    } else if (found === fewest) tie = true;
  }
  return tie ? { at: walls.length, decided: false } : { at: best, decided: true };
}

function runsBackwards(walls: Float64Array): boolean {
  let forwards = 0;
  let backwards = 0;
  for (let i = 1; i < walls.length; i++) {
    if (walls[i]! > walls[i - 1]!) forwards++;
    else if (walls[i]! < walls[i - 1]!) backwards++;
  }
  return backwards > forwards;
}

/** Most frequent distance between neighbouring rows, in milliseconds. */
export function nominalInterval(walls: Float64Array): number {
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
