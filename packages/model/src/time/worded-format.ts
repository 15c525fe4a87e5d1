import { monthOfName, weekdaysOfName } from './date-words';
import { type DatetimeFormat, dayNumber, instantOf } from './datetime-format';
import { blanks, digits, half, literal, offset, type Step, word, zone } from './format-steps';

const WORDS = /%[IpbBaAZ]/;
const CENTURY = 2000;

/** These name UTC itself; before an offset, as in `GMT+0100`, they say what it counts from. */
const UTC_NAMES: readonly string[] = ['UTC', 'GMT'];

/** The parts of the current time. */
interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 before noon, 1 after it. */
  half: number;
  /** Bits of the weekdays that the name may mean. */
  weekdays: number;
  zoneName: string;
  /** Offset from UTC in milliseconds, if one is written. */
  offset: number | undefined;
}

/** Whether a format has parts that are words, or hours from 1 to 12. */
export function hasWords(text: string): boolean {
  return WORDS.test(text);
}

/**
 * A strptime format with `%I` and `%p`, names of months (`%b`, `%B`) or weekdays (`%a`, `%A`), or the name of a zone
 * (`%Z`), which may come before an offset (`%Z%z`). A blank in it stands for blanks of any number and width. A weekday that
 * is not the date's, and a zone that is not its offset's, are not a time.
 * @param zoneNames what `%Z` reads → offset from UTC in milliseconds; UTC, GMT and Z need not be among them
 * @throws RangeError for a format that cannot be read
 */
export function compileWorded(text: string, zoneNames: ReadonlyMap<string, number>): DatetimeFormat {
  const parts: Parts = { ...NOTHING };
  const zones = new Map([...UTC_NAMES.map((name) => [name, 0] as const), ['Z', 0] as const, ...zoneNames]);
  const hasNames = text.includes('%Z');
  if (hasNames && zoneNames.size === 0) throw new RangeError('%Z needs zone_names, such as CET=+01:00;CEST=+02:00');
  const variants = variantsOf(text).map((variant) => stepsOf(variant, parts));
  const fits = (steps: readonly Step[], bytes: Uint8Array, start: number, end: number): boolean => {
    Object.assign(parts, NOTHING);
    let at = start;
    for (const step of steps) {
      at = step(bytes, at, end);
      if (at < 0) return false;
    }
    return at === end;
  };
  const instantIn = (wall: number): number => {
    if (!hasNames) return wall - (parts.offset ?? 0);
    const named = zones.get(parts.zoneName);
    if (named === undefined) return Number.NaN;
    const { offset = named } = parts;
    return offset === named || UTC_NAMES.includes(parts.zoneName) ? wall - offset : Number.NaN;
  };
  return {
    text,
    absolute: hasNames || text.endsWith('%z'),
    read(bytes, start, end) {
      for (const steps of variants) if (fits(steps, bytes, start, end)) return instantIn(wallOf(parts));
      return Number.NaN;
    },
    isLastHour: () => false,
    undeclaredZone(bytes, start, end) {
      if (!hasNames || !variants.some((steps) => fits(steps, bytes, start, end))) return undefined;
      return zones.has(parts.zoneName) ? undefined : parts.zoneName;
    },
  };
}

const NOTHING: Parts = {
  year: 0,
  month: 0,
  day: 0,
  hour: 0,
  minute: 0,
  second: 0,
  half: -1,
  weekdays: -1,
  zoneName: '',
  offset: undefined,
};

function wallOf({ year, month, day, hour, minute, second, half, weekdays }: Parts): number {
  if (half >= 0 && (hour < 1 || hour > 12)) return Number.NaN;
  const days = dayNumber(year, month, day);
  // 1970-01-01 was a Thursday.
  if (((weekdays >> ((((days + 4) % 7) + 7) % 7)) & 1) === 0) return Number.NaN;
  return instantOf(days, half < 0 ? hour : (hour % 12) + 12 * half, minute, second);
}

/** The format with its optional part, and without it. */
function variantsOf(text: string): string[] {
  const match = /^([^[\]]*)(?:\[([^[\]]+)\]([^[\]]*))?$/.exec(text);
  if (match === null) throw new RangeError('a date format may have one optional part in brackets');
  const [, before = '', optional, after = ''] = match;
  return optional === undefined ? [before] : [before + optional + after, before + after];
}

/** The meaning of each directive: a time has each meaning once. */
const MEANINGS: Readonly<Record<string, string>> = {
  Y: 'year',
  y: 'year',
  m: 'month',
  b: 'month',
  B: 'month',
  d: 'day',
  H: 'hour',
  I: 'hour',
  M: 'minute',
  S: 'second',
  p: 'half of the day',
  a: 'weekday',
  A: 'weekday',
  Z: 'zone',
  z: 'offset',
};

function stepsOf(format: string, parts: Parts): Step[] {
  const set =
    <Part extends keyof Parts>(part: Part) =>
    (value: Parts[Part]) => {
      parts[part] = value;
    };
  const readers: Readonly<Record<string, (dotFollows: boolean) => Step>> = {
    Y: () => digits(4, 4, set('year')),
    y: () => digits(2, 2, (value) => set('year')(CENTURY + value)),
    m: () => digits(1, 2, set('month')),
    d: () => digits(1, 2, set('day')),
    H: () => digits(1, 2, set('hour')),
    I: () => digits(1, 2, set('hour')),
    M: () => digits(1, 2, set('minute')),
    S: () => digits(1, 2, set('second')),
    p: () => half(set('half')),
    b: (dotFollows) => word(dotFollows, monthOfName, set('month')),
    a: (dotFollows) => word(dotFollows, weekdaysOfName, set('weekdays')),
    Z: () => zone(set('zoneName')),
    z: () => offset(set('offset')),
  };
  const steps: Step[] = [];
  const seen = new Map<string, string>();
  for (let rest = format; rest !== ''; ) {
    const [token] = /^(%[\s\S]?| +|[^% ])/u.exec(rest)!;
    rest = rest.slice(token.length);
    if (token.startsWith(' ')) steps.push(blanks);
    else if (!token.startsWith('%')) steps.push(literal(token));
    else {
      const directive = token.slice(1);
      const meaning = MEANINGS[directive];
      if (meaning === undefined) throw new RangeError(`%${directive} is not a known part of a date format`);
      const before = seen.get(meaning);
      if (before !== undefined)
        throw new RangeError(
          before === directive ? `%${directive} occurs twice` : `%${before} and %${directive} are both the ${meaning}`,
        );
      if (directive === 'z' && rest !== '') throw new RangeError('%z must be at the end of a date format');
      seen.set(meaning, directive);
      const reader = readers[directive === 'B' ? 'b' : directive === 'A' ? 'a' : directive]!;
      steps.push(reader(rest.startsWith('.')));
    }
  }
  if (!seen.has('year') || !seen.has('month') || !seen.has('day'))
    throw new RangeError('a date format must name one year, one month and one day');
  if (seen.get('hour') === 'I' && !seen.has('half of the day'))
    throw new RangeError('%I, an hour from 1 to 12, needs %p for AM or PM');
  if (seen.has('half of the day') && seen.get('hour') !== 'I')
    throw new RangeError('%p, AM or PM, goes with %I, an hour from 1 to 12');
  return steps;
}
