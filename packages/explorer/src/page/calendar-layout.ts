/** Where the squares of a year are, in pixels. */
export interface CalendarLayout {
  /** Side of a square, with the gap after it. */
  readonly cell: number;
  readonly height: number;
  /** Upper left corner of a day; days are counted from the first one of the year. */
  placeOf(at: number): readonly [x: number, y: number];
  /** The day at a point; undefined where there is none. */
  dayAt(x: number, y: number): number | undefined;
  /** The day that an arrow key leads to. */
  step(at: number, key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'): number;
  readonly months: readonly CalendarLabel[];
  /** Left of the squares; weekdays are counted from Monday. */
  readonly weekdays: readonly { readonly weekday: number; readonly y: number }[];
}

/** The name of a month; its lower left corner. */
export interface CalendarLabel {
  readonly month: number;
  readonly x: number;
  readonly y: number;
}

/** A year's days, and those that are drawn. */
export interface CalendarYear {
  readonly year: number;
  /** First and last day that may have data. */
  readonly first: number;
  readonly last: number;
}

export const CALENDAR_LEFT = 56;
const TITLE = 22;
const LABEL = 18;
/** Room that the name of a month takes beside the next one. */
const NAME = 26;
/** Below this width a square of a week beside a week is too small for a finger. */
const NARROW = 560;
const DAY = 86_400_000;

const dayOf = (year: number, month: number) => Math.round((Date.UTC(year, month, 1) - Date.UTC(year, 0, 1)) / DAY);
const lengthOf = (year: number, month: number) => dayOf(year, month + 1) - dayOf(year, month);
/** 0 for Monday. */
const weekdayOf = (year: number, at: number) => (Math.round(Date.UTC(year, 0, 1) / DAY) + at + 3) % 7;

/** Weeks side by side; on a narrow screen months in blocks, as on a calendar on the wall. */
export function calendarLayout(one: CalendarYear, width: number): CalendarLayout {
  return width < NARROW ? monthBlocks(one, width) : weekColumns(one, width);
}

function weekColumns({ year, first, last }: CalendarYear, width: number): CalendarLayout {
  const lead = weekdayOf(year, 0);
  const cell = Math.max(5, Math.min(17, Math.floor((width - CALENDAR_LEFT - 8) / 54)));
  const above = TITLE + LABEL;
  const placeOf = (at: number) =>
    [CALENDAR_LEFT + Math.floor((at + lead) / 7) * cell, above + ((at + lead) % 7) * cell] as const;
  const months: CalendarLabel[] = [];
  for (let month = 0; month < 12; month++) {
    const [start, next] = [Math.max(first, dayOf(year, month)), dayOf(year, month + 1)];
    if (start > last || next <= first) continue;
    const [x] = placeOf(start);
    // The rest of a month has no name if the name of the next one needs its room.
    const hasRoom = start === dayOf(year, month) || next > last || placeOf(next)[0] - x > NAME;
    if (hasRoom && x - (months.at(-1)?.x ?? -100) > NAME) months.push({ month, x, y: above - 6 });
  }
  return {
    cell,
    height: above + 7 * cell + 6,
    placeOf,
    dayAt(x, y) {
      const [week, weekday] = [Math.floor((x - CALENDAR_LEFT) / cell), Math.floor((y - above) / cell)];
      return week < 0 || weekday < 0 || weekday > 6 ? undefined : drawn(week * 7 + weekday - lead, first, last);
    },
    step: (at, key) => at + { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 }[key],
    months,
    weekdays: [0, 2, 4, 6].map((weekday) => ({ weekday, y: above + (weekday + 0.5) * cell })),
  };
}

/** Blocks beside each other, and the space between them. */
const BESIDE = 2;
const BETWEEN = 18;

function monthBlocks({ year, first, last }: CalendarYear, width: number): CalendarLayout {
  const cell = Math.floor((width - BETWEEN * (BESIDE - 1)) / BESIDE / 7);
  const shown = Array.from({ length: 12 }, (_, month) => month).filter(
    (month) => dayOf(year, month) <= last && dayOf(year, month + 1) > first,
  );
  const weeksOf = (month: number) => Math.ceil((weekdayOf(year, dayOf(year, month)) + lengthOf(year, month)) / 7);
  const tops = [TITLE];
  for (let block = 0; block < shown.length; block += BESIDE) {
    const weeks = Math.max(...shown.slice(block, block + BESIDE).map(weeksOf));
    tops.push(tops.at(-1)! + LABEL + weeks * cell + 14);
  }
  const corner = (month: number) => {
    const block = shown.indexOf(month);
    return [(block % BESIDE) * (7 * cell + BETWEEN), tops[Math.floor(block / BESIDE)]!] as const;
  };
  const monthOf = (at: number) => new Date(Date.UTC(year, 0, 1 + at)).getUTCMonth();
  const placeOf = (at: number) => {
    const month = monthOf(at);
    const [left, top] = corner(month);
    const start = dayOf(year, month);
    const square = weekdayOf(year, start) + at - start;
    return [left + (square % 7) * cell, top + LABEL + Math.floor(square / 7) * cell] as const;
  };
  return {
    cell,
    height: tops.at(-1)!,
    placeOf,
    dayAt(x, y) {
      for (const month of shown) {
        const [left, top] = corner(month);
        const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top - LABEL) / cell)];
        if (column < 0 || column > 6 || row < 0 || row >= weeksOf(month)) continue;
        const at = dayOf(year, month) + row * 7 + column - weekdayOf(year, dayOf(year, month));
        return at >= dayOf(year, month) && at < dayOf(year, month + 1) ? drawn(at, first, last) : undefined;
      }
      return undefined;
    },
    step: (at, key) => at + { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[key],
    months: shown.map((month) => {
      const [x, top] = corner(month);
      return { month, x, y: top + LABEL - 6 };
    }),
    weekdays: [],
  };
}

const drawn = (at: number, first: number, last: number) => (at >= first && at <= last ? at : undefined);
