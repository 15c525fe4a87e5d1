import { HOUR } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import { secondOfPairs } from './doubled-pairs';
import { localise } from './localise';

/** The time of a quantity beside a doubled hour, and how often it occurs there. */
export interface Beside {
  readonly wall: number;
  times: number;
}

/** Neighbouring rows of one sensor in one doubled hour, with the wall times before and after them; NaN where none is. */
export interface Run {
  readonly before: number;
  readonly walls: number[];
  readonly lines: number[];
  readonly quantities: number[];
  after: number;
  /** Quantity → its last time before the run, and its first one after it. */
  readonly besideBefore: ReadonlyMap<number, Beside>;
  readonly besideAfter: Map<number, Beside>;
}

/** The rows of one sensor. */
export interface RowsOfSensor {
  readonly runs: readonly Run[];
  readonly forwards: number;
  readonly backwards: number;
  /** Distance of neighbouring rows → how often. */
  readonly steps: ReadonlyMap<number, number>;
}

/**
 * Resolves each run, with its neighbours, as a short file of one sensor.
 * @returns the undecided lines, and how many of them pass through the hour once at the usual step
 */
export function resolveRuns(
  sensor: RowsOfSensor,
  zone: Zone,
  into: Map<number, number>,
): { readonly undecided: readonly number[]; readonly unrepeated: number } {
  const order = { backwards: sensor.backwards > sensor.forwards, interval: mostFrequent(sensor.steps) };
  let steady = 0;
  const open = sensor.runs.flatMap((run) => {
    const { before, lines, after } = run;
    const moments = momentsOf(run);
    const start = Number.isNaN(before) ? 0 : 1;
    const around = [before, ...moments.map(({ wall }) => wall), after].filter((wall) => !Number.isNaN(wall));
    // Pairs are looked for in the rows of each quantity.
    const { instants, undecided, unrepeated } = localise(
      Float64Array.from(around),
      zone,
      order,
      undefined,
      () => undefined,
    );
    for (const [i, { rows }] of moments.entries()) for (const row of rows) into.set(lines[row]!, instants[start + i]!);
    const paired = resolvePairs(run, zone, order.backwards, into);
    const open = undecided.flatMap((at) => moments[at - start]!.rows.map((row) => lines[row]!));
    // Each time of those occurs once: there are no pairs among them.
    if (unrepeated > 0) steady += open.length;
    return open.filter((line) => !paired.has(line));
  });
  return { undecided: open, unrepeated: steady };
}

/** Neighbouring rows of one time, each with another quantity: a sensor's readings at one moment. */
function momentsOf({ walls, quantities }: Run): { readonly wall: number; readonly rows: readonly number[] }[] {
  const moments: { wall: number; rows: number[]; quantities: Set<number> }[] = [];
  for (const [row, wall] of walls.entries()) {
    const last = moments.at(-1);
    if (last?.wall === wall && !last.quantities.has(quantities[row]!)) {
      last.rows.push(row);
      last.quantities.add(quantities[row]!);
    } else moments.push({ wall, rows: [row], quantities: new Set([quantities[row]!]) });
  }
  return moments;
}

/**
 * The rows of quantities whose times all occur twice in the hour, and once beside it.
 * @returns their lines
 */
function resolvePairs(run: Run, zone: Zone, backwards: boolean, into: Map<number, number>): ReadonlySet<number> {
  const paired = new Set<number>();
  for (const quantity of new Set(run.quantities)) {
    const isRepeated = [run.besideBefore, run.besideAfter].some((beside) => (beside.get(quantity)?.times ?? 0) > 1);
    if (isRepeated) continue;
    const rows = [...run.walls.keys()].filter((row) => run.quantities[row] === quantity);
    if (backwards) rows.reverse();
    const both = rows.map((row) => zone.resolve(run.walls[row]!));
    const seconds = secondOfPairs(
      rows.map((row) => run.walls[row]!),
      both,
    );
    for (const [k, isSecond] of seconds?.entries() ?? []) {
      const line = run.lines[rows[k]!]!;
      into.set(line, isSecond ? both[k]!.second : both[k]!.first);
      paired.add(line);
    }
  }
  return paired;
}

/** The usual one of distances, given how often each occurs; an hour if there is none. */
export function mostFrequent(steps: ReadonlyMap<number, number>): number {
  let best = HOUR;
  let most = 0;
  for (const [step, times] of steps) {
    if (times < most || (times === most && step > best)) continue;
    most = times;
    best = step;
  }
  return best;
}
