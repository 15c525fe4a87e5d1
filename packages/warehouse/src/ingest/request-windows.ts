import type { ApiWindow } from '@sensor-warehouse/model/seeds/api-settings';
import { HOUR } from '@sensor-warehouse/model/time/units';

/** A period to request from an API, in milliseconds; the end is exclusive. */
export interface RequestWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * The last windows that had ended at `now`, oldest first; windows begin at multiples of their length since 1970, in
 * UTC.
 */
export function requestWindows({ hours, back }: ApiWindow, now: number): RequestWindow[] {
  const length = hours * HOUR;
  const last = Math.floor(now / length) * length;
  return Array.from({ length: back }, (_, i) => {
    const start = last - (back - i) * length;
    return { start, end: start + length };
  });
}

/** A text of the settings with `{start}` and `{end}` filled in, in the API's time format. */
export function withWindow(template: string, { format }: ApiWindow, { start, end }: RequestWindow): string {
  const text = (time: number) => {
    if (format === 'epoch') return String(time / 1000);
    const iso = new Date(time).toISOString();
    return format === 'date' ? iso.slice(0, 10) : iso.replace('.000Z', 'Z');
  };
  return template.replaceAll('{start}', () => text(start)).replaceAll('{end}', () => text(end));
}
