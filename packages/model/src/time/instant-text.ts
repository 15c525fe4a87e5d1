const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/;

/**
 * Milliseconds of a UTC date 2024-10-31 or instant 2024-10-31T12:00:00Z; NaN for anything else, and for days that do not
 * exist: `Date.parse` takes 30 February for 1 March.
 */
export function readInstant(text: string): number {
  const instant = FORM.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant)) return Number.NaN;
  return new Date(instant).toISOString().startsWith(text.slice(0, 10)) ? instant : Number.NaN;
}
