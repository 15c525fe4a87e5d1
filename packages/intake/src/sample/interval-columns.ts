import { isDated } from './time-parts';

/** Labels in a row, each of which is one interval of a day. */
export interface IntervalColumns {
  readonly labels: readonly string[];
  /** Whether they are times of day, not mere numbers. */
  readonly isClock: boolean;
}

/** Bare times of day from which on they are thought to be those of a day; no sensor is called `06:00`. */
const FEWEST_BARE = 4;
/** The same for times that are among other words: a meter may have a tariff of the night. */
const FEWEST_NAMED = 12;
/** Intervals of a day: hours, half hours, quarter hours, five minutes; with one hour more or less where clocks change. */
const OF_A_DAY = new Set([23, 24, 25, 46, 48, 50, 92, 96, 100, 276, 288, 300]);
/** A time of day, or the two between which an interval lies, with what is around. */
const CLOCK =
  /^(?<before>[^\d]*?)(?<h>\d{1,2})[:.h](?<m>[0-5]\d)(?:[:.]00)?(?:\s?[ap]\.?m\.?)?(?:\s*(?:-|–|to|až|bis)\s*\d{1,2}[:.h][0-5]\d(?:[:.]00)?(?:\s?[ap]\.?m\.?)?)?(?<after>[^\d]*)$/iu;
/** `0015`, `V0015`. */
const COMPACT = /^(?<before>\D*)(?<h>[01]\d|2[0-4])(?<m>[0-5]\d)(?<after>\D*)$/u;
/** `H1`, `HE01`, `Interval 1`, `1`. T1 is a thermometer. */
const NUMBERED =
  /^(?:h|he|hb|hr|hh|hour|hour ending|hour beginning|hod|hodina|std|stunde|heure|int|interval|period|slot|quarter|qh|q|viertelstunde|čtvrthodina|sp|settlement period)?[\s._-]?(?<n>\d{1,3})$/iu;

/**
 * The labels of a header that together are the intervals of a day; undefined if there are none. A row of readings may hold
 * such numbers, too: a header says something besides, and has no date.
 */
export function intervalColumns(header: readonly string[]): IntervalColumns | undefined {
  if (header.some(isDated)) return undefined;
  // The quality of each interval may come after it.
  const clocks = risingRun(
    header.filter((label) => clockOf(label) !== undefined),
    clockOf,
  );
  const isBare = clocks.every((label) => /^[\d:\s–-]+$/.test(label));
  if (clocks.length >= (isBare ? FEWEST_BARE : FEWEST_NAMED) && saysMore(header, clocks))
    return { labels: clocks, isClock: true };
  const numbered = [compactOf, numberOfInterval].map((placeOf) => risingRun(header, placeOf));
  const labels = numbered.find((run) => OF_A_DAY.has(run.length) && saysMore(header, run));
  return labels === undefined ? undefined : { labels, isClock: false };
}

function saysMore(header: readonly string[], run: readonly string[]): boolean {
  return header.some((label) => !run.includes(label) && (label === '' || /\p{L}/u.test(label)));
}

/** The longest run of labels side by side whose places rise by one step; midnight may come last. */
function risingRun(header: readonly string[], placeOf: (label: string) => number | undefined): string[] {
  let best: string[] = [];
  for (let first = 0; first < header.length; ) {
    const start = placeOf(header[first]!);
    let next = first + 1;
    if (start !== undefined) {
      const step = (placeOf(header[next] ?? '') ?? Number.NaN) - start;
      const follows = (at: number) => {
        const place = placeOf(header[at] ?? '');
        if (place === undefined || !(step > 0)) return false;
        const rise = place - placeOf(header[at - 1]!)!;
        return rise === step || (rise < 0 && (rise + 1440) % 1440 === step);
      };
      while (next < header.length && follows(next)) next++;
    }
    if (start !== undefined && next - first > best.length) best = header.slice(first, next);
    first = next;
  }
  return best;
}

function clockOf(label: string): number | undefined {
  return minutesOf(CLOCK.exec(label));
}

function compactOf(label: string): number | undefined {
  return minutesOf(COMPACT.exec(label));
}

function minutesOf(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined;
  const { h, m } = match.groups as { h: string; m: string };
  const half = /\d\s?([ap])\.?m/i.exec(match[0])?.[1]?.toLowerCase();
  const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half === 'p' ? 12 : 0);
  return hour > 24 ? undefined : hour * 60 + Number(m);
}

/** From zero or one on. */
function numberOfInterval(label: string): number | undefined {
  const n = NUMBERED.exec(label)?.groups?.n;
  return n === undefined ? undefined : Number(n);
}
