import { readInstant } from '@sensor-warehouse/model/time/instant-text';

/** The clock of a run, in milliseconds; undefined if the text is no UTC instant. */
export function readClock(text: string): number | undefined {
  const instant = text.endsWith('Z') ? readInstant(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

/** A number from 1 to 99; undefined if the text is none. */
export function readWindowMonths(text: string): number | undefined {
  return /^[1-9]\d?$/.test(text) ? Number(text) : undefined;
}
