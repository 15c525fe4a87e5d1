import type { FoundTable } from './find-table';
import { timePartOf } from './time-parts';

/** A label that says time of day. */
const CLOCK_LABEL = /time|clock|hour|\bhh(:?mm)?\b|\bhr\b|hod|čas|cas\b|zeit|uhr|stunde|heure|hora|\bora\b/iu;
const MOST_ROWS = 0.95;
/** Hours alone, `HH.MM`, `HMM` or `HHMM`, with seconds or without. */
const LOOSE =
  /^(?:([01]?\d|2[0-4])|([01]?\d|2[0-4])[.h]([0-5]\d)(?:\.[0-5]\d)?|([01]?\d|2[0-4])([0-5]\d)(?:[0-5]\d)?)$/;

/**
 * Columns that look like a time of day beside a date: by the form of their cells, and where those are mere numbers, by the label or
 * because they grow within each date and start again at the next.
 * @param dates the date of each row
 */
export function clockColumns({ labels, rows }: FoundTable, dates: readonly string[]): string[] {
  return labels.filter((label, at) => {
    const cells = rows.map((row) => row.cells[at] ?? '');
    const share = (holds: (cell: string) => boolean) => cells.filter(holds).length >= MOST_ROWS * cells.length;
    if (share((cell) => timePartOf(cell) === 'clock')) return true;
    return share((cell) => LOOSE.test(cell)) && (CLOCK_LABEL.test(label) || beginsAgain(cells, dates));
  });
}

/** Rises from row to row of one date, through most of a day, and falls at the next. */
function beginsAgain(cells: readonly string[], dates: readonly string[]): boolean {
  let days = 0;
  for (const [row, cell] of cells.entries()) {
    if (row === 0) continue;
    const rises = minutesOf(cell) > minutesOf(cells[row - 1]!);
    if (dates[row] === dates[row - 1] ? !rises : rises) return false;
    if (dates[row] !== dates[row - 1]) days++;
  }
  return days > 0 && cells.length > 3 * days;
}

function minutesOf(cell: string): number {
  const [, hour, h, m, hh, mm] = LOOSE.exec(cell) ?? [];
  return Number(hour ?? h ?? hh ?? 0) * 60 + Number(m ?? mm ?? 0);
}
