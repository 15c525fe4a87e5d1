import type { Zone } from '@sensor-warehouse/model/time/zone';
import type { SeriesName } from '../dataset/parquet-file';
import type { SeriesRows, TimeStep } from '../dataset/series-rows';
import { rowsIn } from './steps';
import type { Language } from './words';

export interface CsvSeries {
  readonly key: SeriesName;
  readonly unit: string;
  readonly rows: SeriesRows;
}

/** Spreadsheets take a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * The rows of a window as CSV that a spreadsheet of this language opens with a double click: in Czech with semicolons and
 * decimal commas.
 * @param zone the zone of days and weeks; hours have their instant in UTC and the time on the wall
 */
export function csvOf(
  series: readonly CsvSeries[],
  step: TimeStep,
  window: readonly [number, number],
  zone: Zone,
  language: Language,
): string {
  const separator = language === 'cs' ? ';' : ',';
  const number = (value: number) => {
    if (Number.isNaN(value)) return '';
    return language === 'cs' ? String(value).replace('.', ',') : String(value);
  };
  const text = (value: string) => {
    const safe = FORMULA.test(value) ? `'${value}` : value;
    return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const wall = (instant: number) => new Date(instant + zone.offsetAt(instant)).toISOString();
  const times =
    step === 'hour'
      ? (start: number) => [
          new Date(start).toISOString().slice(0, 19).concat('Z'),
          wall(start).slice(0, 16).replace('T', ' '),
        ]
      : (start: number) => [wall(start).slice(0, 10)];
  const head = [
    ...(step === 'hour' ? ['time', `time_${zone.name}`] : [step === 'day' ? 'date' : 'week_start']),
    ...['location', 'source', 'data_key', 'data_value', 'unit', 'n', 'minimum', 'maximum'],
  ];
  const lines = [head.map(text).join(separator)];
  for (const { key, unit, rows } of series) {
    const name = [key.location, key.source, key.dataKey].map(text);
    const [first, end] = rowsIn(rows, step, ...window, zone);
    for (let i = first; i < end; i++) {
      const values = [
        number(rows.value[i]!),
        text(unit),
        number(rows.n[i]!),
        number(rows.minimum[i]!),
        number(rows.maximum[i]!),
      ];
      lines.push([...times(rows.start[i]!), ...name, ...values].join(separator));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
