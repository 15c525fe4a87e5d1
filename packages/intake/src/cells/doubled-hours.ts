import { quoted } from '@sensor-warehouse/model/findings/finding';
import { DAY } from '@sensor-warehouse/model/time/units';
import { endLabels, type Zone } from '@sensor-warehouse/model/time/zone';
import type { RowPlan } from '../header/row-plan';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { constantOffsets, gapTest, type Undecided } from './localise';
import { type Beside, mostFrequent, type RowsOfSensor, type Run, resolveRuns } from './runs-of-sensor';
import { readingTest, refuseClock, type SkippedHours, watchSkippedHours } from './skipped-hours';
import { textColumn } from './text-column';
import { readTime, timeCells } from './time-cell';

/** The rows of a long export that are in a doubled hour. */
export interface DoubledHours {
  /** Line → instant, milliseconds. */
  readonly instants: ReadonlyMap<number, number>;
  readonly undecided: Undecided;
}

interface SensorRows extends RowsOfSensor {
  previous: number;
  open: Run | undefined;
  readonly runs: Run[];
  /** Quantity → its last time, on the days around a change. */
  readonly last: Map<number, Beside>;
  readonly skipped: SkippedHours;
  forwards: number;
  backwards: number;
  readonly steps: Map<number, number>;
}

/** More rows in one doubled hour mean a stopped clock. */
const LONGEST_RUN = 50_000;
const MOST_STEPS = 1000;

/**
 * Resolves the doubled autumn hour where rows of several sensors are mixed: either each time of a sensor and quantity
 * occurs twice, or the rows of a sensor step back in time. A separate pass over the file, which keeps only those rows.
 * @throws UnreadableFile where the rows of a sensor go through the hour that is skipped in spring
 */
export async function resolveDoubledHours(
  file: TextFile,
  { headerLine, header, datasource, format }: RowPlan,
  clock: Zone,
): Promise<DoubledHours> {
  const zone = datasource.timeLabel === 'end' ? endLabels(clock) : clock;
  const columnOf = (label: string | undefined) =>
    header.roles.findIndex((role) => role.kind === 'text' && role.label === label);
  const [sensorAt, quantityAt] = [columnOf(datasource.sensorColumn), columnOf(datasource.quantityColumn)];
  const timeOf = timeCells(header.timeAt);
  const sensorOf = textColumn('', sensorAt);
  const quantityOf = quantityAt < 0 ? undefined : textColumn('', quantityAt);
  const offsetOn = constantOffsets(clock);
  const isInGap = gapTest(clock);
  const hasReading = readingTest(header, datasource);
  const last = Math.max(...header.timeAt, sensorAt, quantityAt);
  const sensors: SensorRows[] = [];
  await visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined || cells.count <= last) return true;
    const wall = readTime(timeOf(row, cells), format);
    if (Number.isNaN(wall)) return true;
    const code = sensorOf.code(row, cells);
    sensors[code] ??= newSensor();
    const sensor = sensors[code];
    if (!Number.isNaN(offsetOn(wall))) {
      see(sensor, wall);
      return true;
    }
    const isSkipped = isInGap(wall);
    if (!isSkipped || hasReading(row, cells)) sensor.skipped.see(wall, row.line, isSkipped);
    const quantity = quantityOf?.code(row, cells) ?? 0;
    if (zone.resolve(wall).kind === 'ambiguous') seeDoubled(sensor, wall, row.line, quantity);
    else {
      see(sensor, wall);
      seeBeside(sensor, wall, quantity);
    }
    return true;
  });
  for (const [code, { skipped, steps }] of sensors.entries()) {
    refuseClock(skipped, mostFrequent(steps), datasource, clock, `of ${quoted(sensorOf.dictionary[code]!)} `);
  }
  const instants = new Map<number, number>();
  const undecided: number[] = [];
  let unrepeated = 0;
  for (const sensor of sensors) {
    const runs = resolveRuns(sensor, zone, instants);
    for (const line of runs.undecided) undecided.push(line);
    unrepeated += runs.unrepeated;
  }
  const first = undecided.reduce((first, line) => Math.min(first, line), Infinity);
  return { instants, undecided: { count: undecided.length, line: first, unrepeated } };
}

function newSensor(): SensorRows {
  const skipped = watchSkippedHours();
  return {
    previous: Number.NaN,
    open: undefined,
    runs: [],
    last: new Map(),
    skipped,
    forwards: 0,
    backwards: 0,
    steps: new Map(),
  };
}

function step(sensor: SensorRows, wall: number): void {
  const step = wall - sensor.previous;
  if (step > 0) sensor.forwards++;
  else if (step < 0) sensor.backwards++;
  if (step !== 0 && !Number.isNaN(step) && (sensor.steps.has(Math.abs(step)) || sensor.steps.size < MOST_STEPS))
    sensor.steps.set(Math.abs(step), (sensor.steps.get(Math.abs(step)) ?? 0) + 1);
  sensor.previous = wall;
}

function see(sensor: SensorRows, wall: number): void {
  step(sensor, wall);
  if (sensor.open === undefined) return;
  sensor.open.after = wall;
  sensor.open = undefined;
}

function seeDoubled(sensor: SensorRows, wall: number, line: number, quantity: number): void {
  const before = sensor.previous;
  const { open } = sensor;
  if (open !== undefined && (Math.abs(wall - open.walls[0]!) >= DAY || open.walls.length >= LONGEST_RUN))
    see(sensor, wall);
  else step(sensor, wall);
  if (sensor.open === undefined) {
    sensor.open = {
      before,
      walls: [],
      lines: [],
      quantities: [],
      after: Number.NaN,
      besideBefore: new Map([...sensor.last].map(([key, { wall, times }]) => [key, { wall, times }])),
      besideAfter: new Map(),
    };
    sensor.runs.push(sensor.open);
  }
  sensor.open.walls.push(wall);
  sensor.open.lines.push(line);
  sensor.open.quantities.push(quantity);
}

function seeBeside(sensor: SensorRows, wall: number, quantity: number): void {
  const last = sensor.last.get(quantity);
  if (last?.wall === wall) last.times++;
  else sensor.last.set(quantity, { wall, times: 1 });
  const after = sensor.runs.at(-1)?.besideAfter;
  if (after === undefined) return;
  const first = after.get(quantity);
  if (first === undefined) after.set(quantity, { wall, times: 1 });
  else if (first.wall === wall) first.times++;
}
