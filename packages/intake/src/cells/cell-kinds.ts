/** The kind of time in a cell. */
export type TimeKind = 'datetime' | 'date' | 'clock';

const DATE =
  /^(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4}|\d{1,2}[-. ]+\p{L}{3,10}\.?[-, ]+\d{2,4})/u;
const CLOCK = /\d{1,2}:\d\d(:\d\d)?([.,]\d+)?( ?[ap]\.?m\.?)?( ?(Z|[A-Z]{3,5}|[+-]\d\d:?(\d\d)?))?$/i;
/** Seconds or milliseconds since 1970, from 2001 to 2099. */
const EPOCH = /^([1-3]\d{9}|40\d{8})(\d{3})?(\.0+)?$/;
/** The most bytes of a cell that are examined; no time is longer. */
const LONGEST = 60;

/** The kind of time that a cell looks like, in any form; undefined if it is not a time. */
export function timeKindOf(cell: string): TimeKind | undefined {
  const text = cell.slice(0, LONGEST);
  if (EPOCH.test(text)) return 'datetime';
  const date = DATE.exec(text)?.[0];
  const clock = CLOCK.exec(date === undefined ? text : text.slice(date.length));
  if (date !== undefined) return clock === null ? (text === date ? 'date' : undefined) : 'datetime';
  return clock?.index === 0 ? 'clock' : undefined;
}
