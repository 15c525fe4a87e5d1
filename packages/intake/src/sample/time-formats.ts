import { compileFormat, type DatetimeFormat } from '@sensor-warehouse/model/datetime-format';
import { open, type Told, told } from './told';

const DATES = [
  '%Y-%m-%d',
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%y-%m-%d',
  '%y/%m/%d',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%d-%m-%y',
  '%m-%d-%y',
]
  .concat(['%d/%m/%Y', '%m/%d/%Y', '%d/%m/%y', '%m/%d/%y'])
  // With dots, no country writes the month first.
  .concat(['%d.%m.%Y', '%d.%m.%y', '%d. %m. %Y', '%Y%m%d']);
const CLOCKS = ['%H:%M', '%H:%M:%S'];
const LENIENT_CLOCK = '%H:%M[:%S]';
const JOINTS = [' ', 'T'];

const compiled = (texts: readonly string[]) => texts.map(compileFormat);

/** Dates without a time of day. */
const OF_DATES = compiled(DATES);
/** The strict forms first: what fits them all is told by the first. */
const OF_INSTANTS = compiled(
  [...CLOCKS, LENIENT_CLOCK].flatMap((clock) =>
    JOINTS.flatMap((joint) => DATES.map((date) => `${date}${joint}${clock}`)),
  ),
);
const CLOCK = /^\d{1,2}:\d{2}(:\d{2})?$/;
const DATE = String.raw`(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.]) ?\d{1,2}\3 ?(\d{4}|\d{2})|\d{2}([-/])\d{1,2}\5\d{1,2})`;
const ONLY_DATE = new RegExp(`^${DATE}$`);
const INSTANT = new RegExp(String.raw`^${DATE}[ T]\d{1,2}:\d{2}(:\d{2})?$`);
const EARLIEST = Date.UTC(2000, 0, 1);
const HOUR = 3_600_000;

/** What one cell holds of a time. */
export type TimePart = 'instant' | 'date' | 'clock' | undefined;

/** A quick look at one cell: whether it can be a time at all. A number of eight digits is none by itself. */
export function timePartOf(text: string): TimePart {
  if (text.length < 4 || text.length > 40) return undefined;
  if (CLOCK.test(text)) return 'clock';
  if (INSTANT.test(text)) return 'instant';
  return ONLY_DATE.test(text) ? 'date' : undefined;
}

interface Candidate {
  readonly format: DatetimeFormat;
  readonly walls: Float64Array;
}

/**
 * Which formats read every time of a sample, and whether that is one. A time before 2000 or more than a day after now is
 * none. Where day and month can be either way round, the format is told only by rows that go on without a gap over
 * midnights: in one order alone they do.
 * @param now the run's clock in milliseconds
 */
export function formatOf(texts: readonly string[], now: number): Told<string> | undefined {
  const fitting = [...OF_INSTANTS, ...OF_DATES].flatMap((format): Candidate[] => {
    const walls = wallsBy(format, texts, now);
    return walls === undefined ? [] : [{ format, walls }];
  });
  // Of a strict and a lenient clock behind one date the strict one is told. Two dates are two answers, even where this sample
  // reads the same by both: the next export may not.
  const dateOf = ({ format }: Candidate) => format.text.replace(/%H.*$/, '');
  const unlike = fitting.filter((one, i) => fitting.findIndex((other) => dateOf(other) === dateOf(one)) === i);
  const [first, ...others] = unlike;
  if (first === undefined) return undefined;
  if (others.length === 0) return told(first.format.text);
  const steady = unlike.map((one) => nightsPassed(one.walls));
  const best = steady.indexOf(Math.max(...steady));
  if (steady[best]! >= 2 && steady.every((nights, i) => i === best || nights === 0))
    return told(unlike[best]!.format.text);
  return open(
    unlike.map(({ format }) => format.text),
    unlike
      .map(({ format, walls }) => `${format.text} reads ${dayText(walls[0]!)} to ${dayText(walls.at(-1)!)}`)
      .join(', '),
  );
}

/** Wall times of the cells; undefined if one of them cannot be that. */
export function wallsBy(format: DatetimeFormat, texts: readonly string[], now: number): Float64Array | undefined {
  const walls = new Float64Array(texts.length);
  for (const [i, text] of texts.entries()) {
    const bytes = Buffer.from(text);
    const wall = format.read(bytes, 0, bytes.length);
    // No zone is more than 14 hours ahead.
    if (!(wall >= EARLIEST && wall <= now + 38 * HOUR)) return undefined;
    walls[i] = wall;
  }
  return walls;
}

/** How often the rows go on from one day to the next within the step that they have, and within two hours. */
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
