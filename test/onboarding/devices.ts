import type { Given } from '@sensor-warehouse/warehouse/onboarding/given';

/** A reading every ten minutes: two numbers. */
export interface DeviceRow {
  readonly time: number;
  readonly values: readonly [number, number];
}

/** An export after the public documentation of a device, and what a person has to say of it at the second attempt. */
export interface Device {
  readonly sentence: string;
  readonly file: string;
  readonly write: (rows: readonly DeviceRow[]) => string;
  readonly options: Given;
  /** Of each value of a row, where and what it is in the dataset. */
  readonly series: readonly (readonly [location: string, dataKey: string])[];
}

const two = (n: number) => String(n).padStart(2, '0');

/** What a clock so many hours east of UTC shows. */
function wall(time: number, east: number) {
  const at = new Date(time + 3_600_000 * east);
  const hour = at.getUTCHours();
  return {
    Y: String(at.getUTCFullYear()),
    y: String(at.getUTCFullYear()).slice(2),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    clock: `${two(hour)}:${two(at.getUTCMinutes())}`,
    h: hour % 12 || 12,
    M: two(at.getUTCMinutes()),
    half: hour < 12 ? 'AM' : 'PM',
    iso: at.toISOString().slice(0, 19),
  };
}

const lines = (...parts: readonly (string | readonly string[])[]) => `${parts.flat().join('\n')}\n`;
const LOGGER = '(LGR S/N: 20712345, SEN S/N: 20712345)';

export const DEVICES: readonly Device[] = [
  {
    sentence: 'a CO₂ meter with an app: 12-hour clock, the form of the time in its label, units without a blank',
    file: 'Office_2024-10-14T12_00_00.csv',
    write: (rows) =>
      lines(
        'Time(DD/MM/YYYY h:mm:ss A),Carbon dioxide(ppm),Temperature(°C)',
        rows.map(({ time, values: [a, b] }) => {
          const { d, m, Y, h, M, half } = wall(time, 2);
          return `${d}/${m}/${Y} ${h}:${M}:00 ${half},${a},${b}`;
        }),
      ),
    options: { timezone: ['Europe/Prague'] },
    series: [
      ['office', 'carbon_dioxide'],
      ['office', 'temperature'],
    ],
  },
  {
    sentence:
      'a logger with a title, serial numbers in its labels, its offset in that of the time, and events at the end',
    file: 'archive_u12.csv',
    write: (rows) =>
      lines(
        '\ufeff"Plot Title: Archive"',
        `"#","Date Time, GMT+02:00","Temp, °C ${LOGGER}","RH, % ${LOGGER}","Host Connected (LGR S/N: 20712345)"`,
        rows.map(({ time, values: [a, b] }, i) => {
          const { d, m, y, h, M, half } = wall(time, 2);
          return `${i + 1},${m}/${d}/${y} ${two(h)}:${M}:00 ${half},${a},${b},`;
        }),
        `${rows.length + 1},10/14/24 09:00:00 AM,,,Logged`,
      ),
    // The zone is that of the label.
    options: { ignore: ['#'] },
    series: [
      ['archive_u12', 'temp'],
      ['archive_u12', 'rh'],
    ],
  },
  {
    sentence: 'a weather station of a cloud: the time twice, the zone in a label, no units',
    file: 'Terrace.csv',
    write: (rows) =>
      lines(
        'Name;Long;Lat;ModuleName;ModuleType',
        '"Home";14.4;50.1;"Terrace";"Outdoor"',
        'Timestamp;"Timezone : Europe/Prague";Temperature;Humidity',
        rows.map(
          ({ time, values: [a, b] }) =>
            `${time / 1000};"${wall(time, 2).iso.replaceAll('-', '/').replace('T', ' ')}";${a};${b}`,
        ),
      ),
    options: { column: ['Temperature=temp_ambient', 'Humidity=humidity_indoor'] },
    series: [
      ['terrace', 'temp_ambient'],
      ['terrace', 'humidity_indoor'],
    ],
  },
  {
    sentence: 'a power meter: the label says UTC, amounts of energy of each interval',
    file: 'em_channel.csv',
    write: (rows) =>
      lines(
        'Date/time UTC,Active energy Wh,Returned energy Wh',
        rows.map(({ time, values: [a, b] }) => `${wall(time, 0).iso.slice(0, 16).replace('T', ' ')},${a},${b}`),
      ),
    options: { kind: ['Active energy Wh=interval', 'Returned energy Wh=interval'] },
    series: [
      ['em_channel', 'active_energy'],
      ['em_channel', 'returned_energy'],
    ],
  },
  {
    sentence: 'an air monitor: local time beside UTC, units amid the labels, columns that say which device it is',
    file: 'air.csv',
    write: (rows) =>
      lines(
        '"Location ID","Location Name","Sensor ID","Local Date/Time","UTC Date/Time","PM2.5 (μg/m³) raw","Humidity (%) raw"',
        rows.map(
          ({ time, values: [a, b] }) =>
            `"71221","Kitchen","ag:84fce6","${wall(time, 2).iso.replace('T', ' ')}","${wall(time, 0).iso}.000Z",${a},${b}`,
        ),
      ),
    options: { 'time-column': ['UTC Date/Time'], ignore: ['Location ID'] },
    series: [
      ['air', 'pm2_5_raw'],
      ['air', 'humidity_raw'],
    ],
  },
  {
    sentence: 'a console of a weather station: station above the header, American 12-hour clock, units after a dash',
    file: 'garden_link.csv',
    write: (rows) =>
      lines(
        '"Station","Garden"',
        '',
        '"Date & Time","Temp - °F","Hum - %","Wind Direction"',
        rows.map(({ time, values: [a, b] }, i) => {
          const { d, m, y, h, M, half } = wall(time, 2);
          return `"${Number(m)}/${Number(d)}/${y} ${h}:${M} ${half}","${a}","${b}","${i % 2 ? 'NE' : '--'}"`;
        }),
      ),
    options: { timezone: ['Europe/Prague'] },
    series: [
      ['garden_link', 'temp_temperature'],
      ['garden_link', 'hum'],
    ],
  },
];
