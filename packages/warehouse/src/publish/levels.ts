import { numberText } from '@sensor-warehouse/model/number-text';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings';
import { localStart, type Zone } from '@sensor-warehouse/model/zone';
import type { Hours } from '../aggregate/hours';

/** One aggregated value, labelled with the start of its window. */
export interface LevelRow {
  readonly time: number;
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly value: number;
}

export type Level = 'hourly' | 'daily' | 'weekly';
export const LEVELS: readonly Level[] = ['hourly', 'daily', 'weekly'];

/** What a window's sum and count give: additive quantities are summed, the others averaged. */
export function windowValue(measurement: Measurement, sum: number, n: number): number {
  return measurement === 'additive' ? sum : sum / n;
}

/**
 * Rolls hours up to one level, for one measurement: day and week are local (ISO week) and come from hourly sum and n.
 * @param parts hours of any partitions; a series may go on from one part to the next, in order of time
 */
export function rollUp(parts: readonly Hours[], measurement: Measurement, level: Level, zone: Zone): LevelRow[] {
  const windows = new Map<string, { row: Omit<LevelRow, 'value'>; sum: number; n: number }>();
  for (const hours of parts) {
    for (const segment of hours.segments) {
      if (segment.measurement !== measurement) continue;
      const key = JSON.stringify([segment.location, segment.source, segment.dataKey]);
      for (let row = segment.start; row < segment.end; row++) {
        const hour = hours.hour[row]!;
        const time = level === 'hourly' ? hour : localStart(hour, zone, level === 'daily' ? 'day' : 'week');
        const id = `${time}/${key}`;
        let window = windows.get(id);
        if (window === undefined) {
          const { location, source, dataKey } = segment;
          window = { row: { time, location, source, dataKey }, sum: 0, n: 0 };
          windows.set(id, window);
        }
        window.sum += hours.sum[row]!;
        window.n += hours.n[row]!;
      }
    }
  }
  return [...windows.values()]
    .map(({ row, sum, n }) => ({ ...row, value: windowValue(measurement, sum, n) }))
    .sort(
      (a, b) =>
        a.time - b.time ||
        compareText(a.location, b.location) ||
        compareText(a.source, b.source) ||
        compareText(a.dataKey, b.dataKey),
    );
}

/** The month a window belongs to: UTC for hours, local for days and weeks. */
export function monthOfWindow(time: number, level: Level, zone: Zone): string {
  return new Date(level === 'hourly' ? time : time + zone.offsetAt(time)).toISOString().slice(0, 7);
}

/** CSV with the six columns of a reading; instants as 2024-10-31T12:00:00Z. */
export function levelCsv(rows: readonly LevelRow[], measurement: Measurement): string {
  const lines = ['time,location,source,measurement,data_key,data_value'];
  for (const { time, location, source, dataKey, value } of rows) {
    lines.push(
      `${instantText(time)},${csvText(location)},${csvText(source)},${measurement},${csvText(dataKey)},${numberText(value)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export function instantText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Quoted where CSV needs it; text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection). */
export function csvText(text: string): string {
  const inert = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
