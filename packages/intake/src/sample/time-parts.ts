import { monthOfName, weekdaysOfName } from '@sensor-warehouse/model/time/date-words';

/** What one cell holds of a time. */
export type TimePart = 'instant' | 'date' | 'clock' | undefined;

const HALF = String.raw`\s?[aApP]\.?\s?([mM]\.?)?`;
const CLOCK = String.raw`\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(${HALF})?|\d{1,2}\s?[aApP]\.?[mM]\.?`;
const DATE = String.raw`(?:\d{4}(?<a>[-/.])\d{1,2}\k<a>\d{1,2}|\d{1,2}(?<b>[-/.])\s?\d{1,2}\k<b>\s?(?:\d{4}|\d{2})|\d{2}(?<c>[-/])\d{1,2}\k<c>\d{1,2})`;
/** A name stands where the month is; which it is, is looked up. */
const WORDED = String.raw`(?:(?<day>\p{L}{2,9})[.,]?\s+)?(?:\d{1,2}[-/.\s]\s?(?<m>\p{L}{3,12})[-/.,\s]\s?(?:\d{4}|\d{2})|(?<n>\p{L}{3,12})\.?\s+\d{1,2},?\s+\d{4}|\d{4}[-/.\s](?<o>\p{L}{3,12})[-/.\s]\d{1,2})`;
/** `20241031`, and `202410311400` with seconds or without. */
const COMPACT = /^20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-4])[0-5]\d([0-5]\d)?)?$/;
const ZONE = String.raw`(?:\s?(?:Z|z|[+-]\d{2}(?::?\d{2})?)|\s(?<zone>[A-Za-z]{2,5})(?:[+-]\d{2}:?\d{2})?)?`;

const ONLY_CLOCK = new RegExp(`^(?:${CLOCK})$`);
const ONLY_DATE = new RegExp(`^${DATE}$`);
const ONLY_WORDED = new RegExp(`^${WORDED}$`, 'u');
const INSTANT = new RegExp(String.raw`^${DATE}(?:[T\s]|,\s)\s*(?:${CLOCK})${ZONE}$`);
const WORDED_INSTANT = new RegExp(String.raw`^${WORDED}(?:[T\s:]|,\s)\s*(?:${CLOCK})${ZONE}$`, 'u');
/** As `date` of Unix writes it. */
const UNIX = /^(?<day>[A-Z][a-z]{2}) (?<m>[A-Z][a-z]{2}) [ \d]\d \d{2}:\d{2}:\d{2}( (?<zone>[A-Za-z]{2,5}))? \d{4}$/;
const DOTTED = new RegExp(String.raw`^${DATE}\s\d{1,2}(?:\.\d{2}){1,2}$`);

/** A quick look at one cell: whether it can be a time at all. A number is none by itself, but for `20241031`. */
export function timePartOf(text: string): TimePart {
  if (text.length < 3 || text.length > 60) return undefined;
  if (ONLY_CLOCK.test(text)) return 'clock';
  if (INSTANT.test(text) || DOTTED.test(text)) return 'instant';
  if (ONLY_DATE.test(text)) return 'date';
  const compact = COMPACT.exec(text);
  if (compact !== null) return compact[3] === undefined ? 'date' : 'instant';
  if (!/\p{L}{3}/u.test(text) || !/\d/.test(text)) return undefined;
  if (isNamed(WORDED_INSTANT.exec(text)) || isNamed(UNIX.exec(text))) return 'instant';
  return isNamed(ONLY_WORDED.exec(text)) ? 'date' : undefined;
}

/** Whether a cell holds a date, alone or with a time of day. */
export function isDated(text: string): boolean {
  const part = timePartOf(text);
  return part === 'instant' || part === 'date';
}

function isNamed(match: RegExpExecArray | null): boolean {
  if (match === null) return false;
  const { day, m, n, o } = match.groups ?? {};
  return monthOfName(m ?? n ?? o ?? '') > 0 && (day === undefined || weekdaysOfName(day) > 0);
}

/** The name of the zone after a time; undefined if it has none. AM and PM are not names of zones. */
export function zoneNameIn(text: string): string | undefined {
  const match = INSTANT.exec(text) ?? WORDED_INSTANT.exec(text) ?? UNIX.exec(text);
  const name = match?.groups?.zone;
  return name === undefined || /^([ap]m|z)$/i.test(name) ? undefined : name;
}

/** Seconds or milliseconds since 1970, in this century. */
const EPOCH = /^(9\d{8}|[1-3]\d{9})(\.\d+|\d{3})?$/;

/** Whether a number may be a time since 1970. */
export function isEpoch(text: string): boolean {
  return EPOCH.test(text);
}
