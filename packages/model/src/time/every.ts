import { MINUTE } from './units';

/** How long the windows of an aggregation level are. Each unit has counts that cut the next longer one into equal parts. */
export interface Every {
  readonly unit: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

const UNITS: Readonly<Record<string, readonly [Every['unit'], readonly number[]]>> = {
  m: ['minute', [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30]],
  h: ['hour', [1, 2, 3, 4, 6, 8, 12]],
  d: ['day', [1]],
  w: ['week', [1]],
  mo: ['month', [1, 2, 3, 4, 6]],
  y: ['year', [1]],
};

/** The values that a seed may have, for messages. */
export const EVERY_EXPECTED = Object.entries(UNITS)
  .map(([unit, [, counts]]) => counts.map((count) => `${count}${unit}`).join(', '))
  .join('; ');

/** `15m`, `3h`, `1d`, `1w`, `3mo`, `1y`; undefined for what is not one of EVERY_EXPECTED. */
export function parseEvery(text: string): Every | undefined {
  const [, digits, letters] = /^([1-9][0-9]?)(mo|[mhdwy])$/.exec(text) ?? [];
  const known = UNITS[letters ?? ''];
  const count = Number(digits);
  return known?.[1].includes(count) ? { unit: known[0], count } : undefined;
}

/** Length in milliseconds of windows under an hour; undefined for the others, whose length a zone decides. */
export function minutesOf({ unit, count }: Every): number | undefined {
  return unit === 'minute' ? count * MINUTE : undefined;
}
