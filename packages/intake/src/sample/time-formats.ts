import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { EARLIEST } from '../cells/time-cell';
import { type Form, formLists } from './time-forms';
import { open, type Told, told } from './told';

const NO_ZONES: ReadonlyMap<string, number> = new Map();

/** How the times of a sample are written. */
export interface TimeFormat {
  readonly format: Told<string>;
  /** Whether each time is an instant by itself, in whatever zone the clock was. */
  readonly absolute: boolean;
  /** The times, read by the likeliest format. */
  readonly walls: Float64Array;
}

interface Candidate {
  readonly form: Form;
  readonly walls: Float64Array;
}

/**
 * Which formats read every time of a sample, and whether that is one. A time before 2000 or more than a day after now is
 * none. Where day and month can be either way round, the format is determined only by rows that continue without a gap over
 * midnights: in one order alone they do.
 * @param now the run's clock in milliseconds
 * @param zoneNames what may come after the times → offset from UTC in milliseconds
 */
export function formatOfTimes(
  texts: readonly string[],
  now: number,
  zoneNames: ReadonlyMap<string, number> = NO_ZONES,
): TimeFormat | undefined {
  let all: Candidate[] = [];
  for (const forms of formLists(zoneNames)) if (all.length === 0) all = fitting(forms, texts, now);
  // If a strict and a lenient clock both fit after one date, the strict one is reported. Two dates are two answers, even where
  // this sample reads the same by both: the next export may not.
  const dateOf = ({ form }: Candidate) => form.text.replace(/[ T,]*%[HI].*$/, '');
  const unlike = all.filter((one, i) => all.findIndex((other) => dateOf(other) === dateOf(one)) === i);
  const steady = unlike.map(({ walls }) => nightsPassed(walls));
  const best = steady.indexOf(Math.max(...steady));
  const isTold = unlike.length === 1 || (steady[best]! >= 2 && steady.every((nights, i) => i === best || nights === 0));
  const likely = unlike[isTold && unlike.length > 1 ? best : 0];
  if (likely === undefined) return undefined;
  const evidence = unlike.map(
    ({ form, walls }) => `${form.text} reads ${dayText(walls[0]!)} to ${dayText(walls.at(-1)!)}`,
  );
  return {
    format: isTold
      ? told(likely.form.text)
      : open(
          unlike.map(({ form }) => form.text),
          evidence.join(', '),
        ),
    absolute: isAbsolute(likely.form, texts),
    walls: likely.walls,
  };
}

/** @returns undefined if a declared format does not read the times */
export function readBy(
  format: string,
  texts: readonly string[],
  now: number,
  zoneNames: ReadonlyMap<string, number> = NO_ZONES,
): TimeFormat | undefined {
  const form = { text: format, readers: compileFormats(format.split('|'), zoneNames) };
  const walls = wallsBy(form, texts, now);
  return walls === undefined ? undefined : { format: told(format), absolute: isAbsolute(form, texts), walls };
}

function fitting(forms: readonly Form[], texts: readonly string[], now: number): Candidate[] {
  return forms.flatMap((form) => {
    const walls = wallsBy(form, texts, now);
    return walls === undefined ? [] : [{ form, walls }];
  });
}

/** Wall times of the cells; undefined if one of them cannot be that. */
function wallsBy({ readers }: Form, texts: readonly string[], now: number): Float64Array | undefined {
  const walls = new Float64Array(texts.length);
  for (const [i, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    let wall = Number.NaN;
    for (const reader of readers) if (Number.isNaN(wall)) wall = reader.read(bytes, 0, bytes.length);
    // No zone is more than 14 hours ahead.
    if (!(wall >= EARLIEST && wall <= now + 38 * HOUR)) return undefined;
    walls[i] = wall;
  }
  return walls;
}

function isAbsolute({ readers }: Form, texts: readonly string[]): boolean {
  const absolute = readers.filter((reader) => reader.absolute === true);
  return texts.every((text) => {
    const bytes = Buffer.from(text);
    return absolute.some((reader) => !Number.isNaN(reader.read(bytes, 0, bytes.length)));
  });
}

/** How often the rows continue from one day to the next within the step that they have, and within two hours. */
function nightsPassed(walls: Float64Array): number {
  const steps = walls.slice(1).map((wall, i) => wall - walls[i]!);
  const step = Float64Array.from(steps).sort()[steps.length >> 1] ?? 0;
  if (step <= 0 || step > 2 * HOUR) return 0;
  let nights = 0;
  for (const [i, one] of steps.entries()) {
    const newDay = Math.floor(walls[i]! / (24 * HOUR)) !== Math.floor(walls[i + 1]! / (24 * HOUR));
    if (newDay && one > 0 && one <= 2 * HOUR) nights++;
  }
  return nights;
}

function dayText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
