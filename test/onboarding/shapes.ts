import { gzipSync } from 'node:zlib';

/** What a made export says: for each time the values of its series, in order. */
export interface Made {
  readonly time: number;
  readonly values: readonly number[];
}

/** A way in which a program that is in use writes its table, and what a person has to say of it besides `--yes`. */
export interface Shape {
  readonly sentence: string;
  readonly file: string;
  readonly write: (rows: readonly Made[]) => string | Buffer;
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Of each value of a row, where and what it is in the dataset. */
  readonly series: readonly (readonly [location: string, dataKey: string])[];
}

const two = (n: number) => String(n).padStart(2, '0');
/** On the wall of Prague in summer. */
function wall(time: number) {
  const at = new Date(time + 7_200_000);
  return {
    Y: String(at.getUTCFullYear()),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    clock: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`,
    iso: at.toISOString().slice(0, 19).replace('T', ' '),
  };
}
const comma = (value: number) => String(value).replace('.', ',');
const lines = (...parts: readonly (string | readonly string[])[]) => `${parts.flat().join('\n')}\n`;
const PRAGUE = { timezone: ['Europe/Prague'] };

export const SHAPES: readonly Shape[] = [
  {
    sentence: 'an app for a hygrometer: byte order mark, a sentence for the label of the time',
    file: 'Hygro-Bedroom_export202410011859.csv',
    write: (rows) =>
      `\ufeff${lines(
        'Timestamp for sample frequency every 10 min,Temperature_Celsius,Relative_Humidity',
        rows.map(({ time, values: [t, h] }) => `${wall(time).iso},${t},${h}`),
      )}`,
    options: { ...PRAGUE, id: ['hygro'], column: ['Relative_Humidity=humidity_indoor@hygro'] },
    series: [
      ['hygro', 'temperature'],
      ['hygro', 'humidity_indoor'],
    ],
  },
  {
    sentence:
      'a weather station of a cloud: seconds since 1970 beside local time, lines about the station before the header',
    file: 'Indoor_1_10_2024.csv',
    write: (rows) =>
      lines(
        'Name;Long;Lat',
        '"Station";14.4;50.1',
        'Timestamp;"Timezone : Europe/Prague";Temperature;CO2',
        rows.map(({ time, values: [t, c] }) => `${time / 1000};"${wall(time).iso.replaceAll('-', '/')}";${t};${c}`),
      ),
    options: {
      id: ['cloud'],
      'time-column': ['Timestamp'],
      decimal: ['.'],
      column: ['Temperature=temp_indoor@cloud', 'CO2=co2@cloud'],
      'data-key': ['co2=ppm;concentration;nonadditive;0;10000'],
    },
    series: [
      ['cloud', 'temp_indoor'],
      ['cloud', 'co2'],
    ],
  },
  {
    sentence: 'the history of a home server: a row for each state, words where there is none, ISO times in UTC',
    file: 'history.csv',
    write: (rows) =>
      lines(
        'entity_id,state,last_changed',
        rows.flatMap(({ time, values }) =>
          values.map((value, i) => `sensor.room_${i},${value},${new Date(time).toISOString()}`),
        ),
        'sensor.room_0,unavailable,2024-10-01T12:30:00.000Z',
      ),
    options: { column: ['state=temp_indoor'], sensor: ['sensor.room_0=history_0', 'sensor.room_1=history_1'] },
    series: [
      ['history_0', 'temp_indoor'],
      ['history_1', 'temp_indoor'],
    ],
  },
  {
    sentence: 'a panel of a dashboard: sep=, in the first line, everything in quotation marks, compressed',
    file: 'Rooms-data-2024-10-01.csv.gz',
    write: (rows) =>
      gzipSync(
        lines(
          'sep=,',
          '"Time","Living room","Bed, small"',
          rows.map(({ time, values: [a, b] }) => `"${wall(time).iso}","${a}","${b}"`),
        ),
      ),
    options: { ...PRAGUE, id: ['panel'], column: ['Living room=temp_indoor@living', 'Bed, small=temp_indoor@bed'] },
    series: [
      ['living', 'temp_indoor'],
      ['bed', 'temp_indoor'],
    ],
  },
  {
    sentence: 'an inverter: whole numbers between semicolons, energy of each interval',
    file: 'inverter.csv',
    write: (rows) =>
      lines(
        'Datum und Uhrzeit;Energie (Wh)',
        rows.map(({ time, values: [e] }) => {
          const { Y, m, d, clock } = wall(time);
          return `${d}.${m}.${Y} ${clock};${Math.round(e!)}`;
        }),
      ),
    options: {
      ...PRAGUE,
      decimal: [','],
      column: ['Energie (Wh)=energy_made@roof'],
      'data-key': ['energy_made=Wh;energy;additive;0;'],
    },
    series: [['roof', 'energy_made']],
  },
  {
    sentence: 'a channel of a public service: a counter of entries, offsets from UTC, a column that was never filled',
    file: 'feeds.csv',
    write: (rows) =>
      lines(
        'created_at,entry_id,field1,field2,elevation',
        rows.map(
          ({ time, values: [a, b] }, i) => `${new Date(time).toISOString().slice(0, 19)}+00:00,${i + 1},${a},${b},`,
        ),
      ),
    options: {
      ignore: ['entry_id=counts the entries'],
      column: ['field1=temp_ambient@feed', 'field2=temp_indoor@feed'],
    },
    series: [
      ['feed', 'temp_ambient'],
      ['feed', 'temp_indoor'],
    ],
  },
  {
    sentence: 'a logger with a title: American dates, commas and units inside of labels, a column of row numbers',
    file: 'attic_logger.csv',
    write: (rows) =>
      lines(
        '"Plot Title: attic"',
        '"#","Date Time, GMT+02:00","Temp, (°C)","RH, (%)"',
        rows.map(({ time, values: [t, h] }, i) => {
          const { Y, m, d, clock } = wall(time);
          return `${i + 1},${m}/${d}/${Y.slice(2)} ${clock}:00,${t},${h}`;
        }),
      ),
    options: { timezone: ['Etc/GMT-2'], 'datetime-format': ['%m/%d/%y %H:%M:%S'], id: ['attic'], ignore: ['#'] },
    series: [
      ['attic', 'temp'],
      ['attic', 'rh'],
    ],
  },
  {
    sentence: 'a station on tabs: comments, a row of units, dashes where nothing was measured',
    file: 'mast.txt',
    write: (rows) =>
      lines(
        '# mast 3',
        '# firmware 2.1',
        'Time\tAir\tPressure',
        '\t[°C]\t[hPa]',
        rows.map(({ time, values: [t, p] }) => `${wall(time).iso.slice(0, 16).replaceAll('-', '/')}\t${t}\t${p}`),
        '2024/10/01 20:00\t---\t---',
      ),
    options: PRAGUE,
    series: [
      ['mast', 'air'],
      ['mast', 'pressure'],
    ],
  },
  {
    sentence: 'a spreadsheet: UTF-16, tabs, decimal commas, date and time in two columns',
    file: 'Messung 1.txt',
    write: (rows) =>
      Buffer.from(
        `\ufeff${lines(
          'Datum\tZeit\tKessel (°C)\tAußen (°C)',
          rows.map(({ time, values: [a, b] }) => {
            const { Y, m, d, clock } = wall(time);
            return `${d}.${m}.${Y}\t${clock}\t${comma(a!)}\t${comma(b!)}`;
          }),
        )}`,
        'utf16le',
      ),
    options: { ...PRAGUE, id: ['sheet'] },
    series: [
      ['sheet', 'kessel'],
      ['sheet', 'au_en'],
    ],
  },
  {
    sentence: 'a gateway: a row for each reading, milliseconds since 1970, decimal commas',
    file: 'gateway.csv',
    write: (rows) =>
      lines(
        'timestamp;sensor;quantity;value',
        rows.flatMap(({ time, values: [t, h] }) => [
          `${time};A 7;T (°C);${comma(t!)}`,
          `${time};A 7;RH (%);${comma(h!)}`,
        ]),
        `${Date.UTC(2024, 9, 1, 6)};B;T (°C);1,5`,
      ),
    options: {
      sensor: ['A 7=gate', 'B=gate_b'],
      column: ['T (°C)=temp_indoor', 'RH (%)=humidity_indoor'],
      'sensor-column': ['sensor'],
    },
    series: [
      ['gate', 'temp_indoor'],
      ['gate', 'humidity_indoor'],
    ],
  },
];
