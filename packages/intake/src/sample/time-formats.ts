import { compileFormats, type DatetimeFormat } from '@sensor-warehouse/model/datetime-formats';
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

/** A way to write times: one format, or those between which a file decides. */
interface Form {
  readonly text: string;
  readonly readers: readonly DatetimeFormat[];
}

const formOf = (text: string): Form => ({ text, readers: compileFormats([text]) });

/** The strict forms first: what fits them all is told by the first. */
const FORMS = [...CLOCKS, LENIENT_CLOCK]
  .flatMap((clock) => JOINTS.flatMap((joint) => DATES.map((date) => `${date}${joint}${clock}`)))
  .concat(DATES)
  .map(formOf);
/** Looked for where none of those fits: an offset from UTC, a fraction of a second, a count since 1970. */
const OTHER_FORMS = ['iso', '%s', '%Q'].map(formOf);

const CLOCK = /^\d{1,2}:\d{2}(:\d{2})?$/;
const DATE = String.raw`(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.]) ?\d{1,2}\3 ?(\d{4}|\d{2})|\d{2}([-/])\d{1,2}\5\d{1,2})`;
const ONLY_DATE = new RegExp(`^${DATE}$`);
const INSTANT = new RegExp(String.raw`^${DATE}[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|z|[+-]\d{2}(:?\d{2})?)?$`);
/** Seconds or milliseconds since 1970, in this century. */
const EPOCH = /^(9\d{8}|[1-3]\d{9})(\.\d+|\d{3})?$/;
const EARLIEST = Date.UTC(2000, 0, 1);
const HOUR = 3_600_000;

/** What one cell holds of a time. */
export type TimePart = 'instant' | 'date' | 'clock' | undefined;

/** A quick look at one cell: whether it can be a time at all. A number is none by itself. */
export function timePartOf(text: string): TimePart {
  if (text.length < 4 || text.length > 40) return undefined;
  if (CLOCK.test(text)) return 'clock';
  if (INSTANT.test(text)) return 'instant';
  return ONLY_DATE.test(text) ? 'date' : undefined;
}

/** Whether a number may be a time since 1970. */
export function isEpoch(text: string): boolean {
  return EPOCH.test(text);
}

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
 * none. Where day and month can be either way round, the format is told only by rows that go on without a gap over
 * midnights: in one order alone they do.
 * @param now the run's clock in milliseconds
 */
export function formatOf(texts: readonly string[], now: number): TimeFormat | undefined {
  const usual = fitting(FORMS, texts, now);
  const all = usual.length > 0 ? usual : fitting(OTHER_FORMS, texts, now).slice(0, 1);
  // Of a strict and a lenient clock behind one date the strict one is told. Two dates are two answers, even where this sample
  // reads the same by both: the next export may not.
  const dateOf = ({ form }: Candidate) => form.text.replace(/%H.*$/, '');
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
export function readBy(format: string, texts: readonly string[], now: number): TimeFormat | undefined {
  const form = { text: format, readers: compileFormats(format.split('|')) };
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
