/**
 * Exports as the devices write them, made from instants: the truth is known before the text is, and the text is made
 * with the rule of the European Union for summer time, not with the code or the database that reads it back.
 */

export interface MadeFile {
  readonly name: string;
  readonly text: string;
}

/** One row of an export: an instant and a value for each column; null is an empty cell. */
export interface Sample {
  readonly time: number;
  readonly values: readonly (number | null)[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Offset of Prague's wall clock from UTC: two hours between the last Sundays of March and October, 01:00 UTC. */
export function pragueOffset(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  const lastSunday = (month: number) => {
    const last = new Date(Date.UTC(year, month + 1, 0, 1));
    return last.getTime() - last.getUTCDay() * 24 * HOUR;
  };
  return instant >= lastSunday(2) && instant < lastSunday(9) ? 2 * HOUR : HOUR;
}

/** A value with one decimal that looks like a measurement, and is another one for every series and instant. */
export function measured(series: number, time: number): number {
  return (((time / MINUTE) * 37 + series * 101) % 200) / 10 + 5;
}

/** Rows at a fixed interval, for `series` columns; `from` and `to` (without it) are UTC instants. */
export function samples(from: string, to: string, minutes: number, series: readonly number[]): Sample[] {
  const rows: Sample[] = [];
  for (let time = Date.parse(from); time < Date.parse(to); time += minutes * MINUTE)
    rows.push({ time, values: series.map((one) => measured(one, time)) });
  return rows;
}

/** A ThermoPro export: temperature and humidity of one sensor, with the order of day and month of the phone. */
export function thermoPro(
  sensor: string,
  rows: readonly Sample[],
  { order = 'DMY', part = '' }: { readonly order?: 'DMY' | 'MDY'; readonly part?: string } = {},
): MadeFile {
  const lines = rows.map(({ time, values }) => {
    const { day, month, year, hour, minute } = wallClock(time);
    const date = order === 'DMY' ? `${day}/${month}/${year}` : `${month}/${day}/${year}`;
    return `${date},${Number(hour)}:${minute},${values.map((value) => value ?? '-').join()},\r\n`;
  });
  const last = wallClock(rows.at(-1)!.time);
  return {
    name: `ThermoProSensor_export_${sensor}_${last.year}${last.month}${last.day}${part}.csv`,
    text: [
      `Timestamp of export ${last.year}-${last.month}-${last.day} ${last.hour}:${last.minute},\r\n`,
      'Date,Time,Temperature_Celsius,Relative_Humidity(%),\r\n',
      ...lines,
    ].join(''),
  };
}

/** The columns of ventilation unit 1, all mapped. */
export const UNIT_1 = [
  'KOT1/Teplota venkovní (°C)',
  'KOT1/VZT 01 | Obj. 1/vzt01_temp-tea-sani (°C)',
  'KOT1/VZT 01 | Obj. 1/vzt01_temp-teb-odvod (°C)',
  'KOT1/VZT 01 | Obj. 1/vzt01_temp-tu1-privod (°C)',
  'KOT1/VZT 01 | Obj. 1/vzt01_temp-tu2-vyfuk (°C)',
] as const;

/** The columns of ventilation unit 2: the outdoor sensor is the one of unit 1. */
export const UNIT_2 = [
  'KOT1/Teplota venkovní (°C)',
  'KOT1/VZT 02 | Obj. 2/vzt02_temp-tea-sani (°C)',
  'KOT1/VZT 02 | Obj. 2/vzt02_temp-teb-odvod (°C)',
  'KOT1/VZT 02 | Obj. 2/vzt02_temp-tu1-privod (°C)',
  'KOT1/VZT 02 | Obj. 2/vzt02_temp-tu2-vyfuk (°C)',
] as const;

/** An Atrea export: one row for all sensors of a ventilation unit, decimal commas. */
export function atrea(name: string, columns: readonly string[], rows: readonly Sample[]): MadeFile {
  const lines = rows.map(({ time, values }) => {
    const { day, month, year, hour, minute } = wallClock(time);
    const cells = values.map((value) => (value === null ? '' : value.toFixed(2).replace('.', ',')));
    return `${day}.${month}.${year} ${hour}:${minute}:00;${cells.join(';')};\r\n`;
  });
  return { name, text: `Date;${columns.join(';')};\r\n${lines.join('')}` };
}

export interface HourTruth {
  readonly n: number;
  readonly sum: number;
}

/** What the hours of one column must be: start of the UTC hour → number and sum of its values. */
export function hoursOf(rows: readonly Sample[], column: number): Map<string, HourTruth> {
  const hours = new Map<string, HourTruth>();
  for (const { time, values } of rows) {
    const value = values[column];
    if (value === null || value === undefined) continue;
    const hour = `${new Date(time).toISOString().slice(0, 13)}:00:00Z`;
    const { n, sum } = hours.get(hour) ?? { n: 0, sum: 0 };
    hours.set(hour, { n: n + 1, sum: sum + value });
  }
  return hours;
}

function wallClock(time: number) {
  const [year, month, day, hour, minute] = new Date(time + pragueOffset(time)).toISOString().split(/[-T:]/);
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute! };
}
