/** A calendar month in UTC, as `YYYY-MM`: the unit in which readings are archived. */
export type Month = string;

/** The UTC month of an instant in milliseconds. */
export function monthOf(instant: number): Month {
  return new Date(instant).toISOString().slice(0, 7);
}

/** First instant of the month, in milliseconds. */
export function monthStart(month: Month): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

/** The month `by` months later (or earlier, when negative). */
export function shiftMonth(month: Month, by: number): Month {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The months from one to another, both included. */
export function monthsFrom(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = shiftMonth(month, 1)) months.push(month);
  return months;
}
