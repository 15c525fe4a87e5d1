import type { DatetimeFormat } from '@sensor-warehouse/model/datetime-formats';
import type { Zone } from '@sensor-warehouse/model/zone';
import type { Header } from './header';
import { constantOffsets, localise } from './localise';
import { textColumn } from './text-column';
import type { TextFile } from './text-file';
import { readTime, timeCells } from './time-cell';
import { visitRows } from './visit-rows';

/** The rows of a long export that stand in a doubled hour. */
export interface DoubledHours {
  /** Line → instant, milliseconds. */
  readonly instants: ReadonlyMap<number, number>;
  /** Rows taken for the first pass because nothing decided, and the line of the first. */
  readonly undecided: { readonly count: number; readonly line: number };
}

/** Neighbouring rows of one sensor in one doubled hour, with the wall times before and after them; NaN where none is. */
interface Run {
  readonly before: number;
  readonly walls: number[];
  readonly lines: number[];
  after: number;
}

interface SensorRows {
  previous: number;
  open: Run | undefined;
  readonly runs: Run[];
  forwards: number;
  backwards: number;
  /** Distance of neighbouring rows → how often. */
  readonly steps: Map<number, number>;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** More rows of one doubled hour are a clock that stands still. */
const LONGEST_RUN = 50_000;
const MOST_STEPS = 1000;

/**
 * Resolves the doubled autumn hour where rows of several sensors stand between each other: the step back in time that
 * decides is one within the rows of a sensor. A pass over the file of its own, which keeps those rows alone.
 */
export async function resolveDoubledHours(
  file: TextFile,
  headerLine: number,
  header: Header,
  sensorAt: number,
  format: DatetimeFormat,
  zone: Zone,
): Promise<DoubledHours> {
  const timeOf = timeCells(header.timeAt);
  const sensorOf = textColumn('', sensorAt);
  const offsetOn = constantOffsets(zone);
  const last = Math.max(...header.timeAt, sensorAt);
  const sensors: SensorRows[] = [];
  await visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined || cells.count <= last) return true;
    const wall = readTime(timeOf(row, cells), format);
    if (Number.isNaN(wall)) return true;
    const code = sensorOf.code(row, cells);
    sensors[code] ??= { previous: Number.NaN, open: undefined, runs: [], forwards: 0, backwards: 0, steps: new Map() };
    const isDoubled = Number.isNaN(offsetOn(wall)) && zone.resolve(wall).kind === 'ambiguous';
    see(sensors[code], wall, row.line, isDoubled);
    return true;
  });
  const instants = new Map<number, number>();
  const undecided: number[] = [];
  for (const sensor of sensors) undecided.push(...resolveRuns(sensor, zone, instants));
  return {
    instants,
    undecided: { count: undecided.length, line: undecided.reduce((first, line) => Math.min(first, line), Infinity) },
  };
}

function see(sensor: SensorRows, wall: number, line: number, isDoubled: boolean): void {
  const step = wall - sensor.previous;
  if (step > 0) sensor.forwards++;
  else if (step < 0) sensor.backwards++;
  if (step !== 0 && !Number.isNaN(step) && (sensor.steps.has(Math.abs(step)) || sensor.steps.size < MOST_STEPS))
    sensor.steps.set(Math.abs(step), (sensor.steps.get(Math.abs(step)) ?? 0) + 1);
  const { open } = sensor;
  if (
    open !== undefined &&
    (!isDoubled || Math.abs(wall - open.walls[0]!) >= DAY || open.walls.length >= LONGEST_RUN)
  ) {
    open.after = wall;
    sensor.open = undefined;
  }
  if (isDoubled) {
    if (sensor.open === undefined) {
      sensor.open = { before: sensor.previous, walls: [], lines: [], after: Number.NaN };
      sensor.runs.push(sensor.open);
    }
    sensor.open.walls.push(wall);
    sensor.open.lines.push(line);
  }
  sensor.previous = wall;
}

/** Each run with its neighbours is a short file of one sensor. @returns the lines that nothing decided */
function resolveRuns(sensor: SensorRows, zone: Zone, into: Map<number, number>): number[] {
  const order = { backwards: sensor.backwards > sensor.forwards, interval: mostFrequent(sensor.steps) };
  return sensor.runs.flatMap(({ before, walls, lines, after }) => {
    const start = Number.isNaN(before) ? 0 : 1;
    const around = [before, ...walls, after].filter((wall) => !Number.isNaN(wall));
    const { instants, undecided } = localise(Float64Array.from(around), zone, order);
    for (const [i, line] of lines.entries()) into.set(line, instants[start + i]!);
    return undecided.flatMap((at) => lines[at - start] ?? []);
  });
}

function mostFrequent(steps: ReadonlyMap<number, number>): number {
  let best = HOUR;
  let most = 0;
  for (const [step, times] of steps) {
    if (times < most || (times === most && step > best)) continue;
    most = times;
    best = step;
  }
  return best;
}
