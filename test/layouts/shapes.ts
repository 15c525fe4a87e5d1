import type { Shape } from '../support/configured-source';

const wide = (...labels: string[]) => ['data_key_original,location,data_key', ...labels].join('\n');
const quantities = (...labels: string[]) => ['column,data_key', ...labels].join('\n');
/** Wall time of Prague in winter, outside of any change of the clocks. */
const WINTER = `interval 1 hour`;
const cells = (delimiter: string) => `(select line, string_split(text, '${delimiter}') as c from lines)`;
const utc = (expression: string) => `(${expression})::timestamp at time zone 'UTC'`;
const utcOf = (wall: string) => utc(`${wall} - ${WINTER}`);

/** Two sensors a half hour each through the night of 27 October 2024, whose hour from two to three comes twice. */
function autumnNight(): string {
  const rows: string[] = [];
  for (let time = Date.UTC(2024, 9, 26, 23, 0); time < Date.UTC(2024, 9, 27, 3, 0); time += 1_800_000) {
    const summer = time < Date.UTC(2024, 9, 27, 1, 0);
    const wall = new Date(time + (summer ? 7_200_000 : 3_600_000)).toISOString().replace('T', ' ').slice(0, 16);
    const minutes = time / 60_000;
    rows.push(
      `${wall},cellar,${(minutes % 97) / 10},${minutes % 51}`,
      `${wall},Attic,${(minutes % 89) / 10},${minutes % 53}`,
    );
  }
  return `time,device,t,rh\n${rows.join('\n')}\n`;
}

export const SHAPES: readonly Shape[] = [
  {
    sentence: 'wide, decimal points, ISO times without an offset',
    fileName: 'shape.csv',
    text: 'when,Hall,Attic\n2024-12-01T10:00,20.5,-3\n2024-12-01T10:30:15.250,20.25,\n',
    row: { required_columns: 'when', datetime_format: 'iso' },
    mapping: wide('Hall,SM2_01_L1_01,temp_indoor', 'Attic,SM2_02_L1_01,temp_indoor'),
    sql: `select ${utcOf('c[1]::timestamp')} as time, '' as sensor, unnest(['Hall', 'Attic']) as label,
          try_cast(unnest(c[2:3]) as double) as value from ${cells(',')} where line > 1`,
  },
  {
    sentence: 'wide, tabs, decimal commas, date and time in two columns',
    fileName: 'shape.txt',
    text: 'Datum\tČas\tTeplota\r\n1.12.2024\t9:05\t20,5\r\n1.12.2024\t9:10\t-0,25\r\n',
    row: {
      required_columns: 'Datum;Čas',
      time_columns: 'Datum;Čas',
      datetime_format: '%d.%m.%Y %H:%M',
      delimiter: 'tab',
      decimal: ',',
    },
    mapping: wide('Teplota,SM2_01_L1_01,temp_indoor'),
    sql: `select ${utcOf(`strptime(c[1] || ' ' || c[2], '%-d.%-m.%Y %-H:%M')`)} as time, '' as sensor, 'Teplota' as label,
          replace(rtrim(c[3], chr(13)), ',', '.')::double as value from ${cells('\t')} where line > 1`,
  },
  {
    sentence: 'long with several value columns, and sensors that mix in the night of the doubled hour',
    fileName: 'shape.csv',
    text: autumnNight(),
    row: {
      required_columns: 'time;device',
      layout: 'long',
      sensor_column: 'device',
      datetime_format: '%Y-%m-%d %H:%M',
    },
    mapping: quantities('t,temp_indoor', 'rh,humidity_indoor'),
    sensors: 'sensor,location\ncellar,SM2_01_L1_01\nattic,SM2_02_L1_01\n',
    sql: `with passes as (
            select *, c[1]::timestamp as wall,
                   row_number() over (partition by c[2], c[1] order by line) as pass from ${cells(',')} where line > 1)
          select ${utc(`wall - case when wall < '2024-10-27 02:00' or (wall < '2024-10-27 03:00' and pass = 1)
                   then interval 2 hour else interval 1 hour end`)} as time,
                 c[2] as sensor, unnest(['t', 'rh']) as label, unnest(c[3:4])::double as value from passes`,
  },
  {
    sentence: 'long with a row for each reading, seconds since 1970, a quantity that is ignored',
    fileName: 'shape.csv',
    text: 'ts;id;kind;v\n1733043600;A 1;T;20,5\n1733043600;A 1;Batt;3,1\n1733043600.5;b-2;H;41\n1733043660;A 1;T;NA\n',
    row: {
      required_columns: 'ts',
      layout: 'long',
      sensor_column: 'id',
      quantity_column: 'kind',
      value_column: 'v',
      datetime_format: '%s',
      delimiter: ';',
      decimal: ',',
      null_values: 'NA',
    },
    mapping: quantities('T,temp_indoor', 'H,humidity_indoor'),
    sensors: 'sensor,location\na 1,SM2_01_L1_01\nB-2,SM2_02_L1_01\n',
    sql: `select make_timestamptz((c[1]::double * 1000000)::bigint) as time, c[2] as sensor, c[3] as label,
          try_cast(replace(c[4], ',', '.') as double) as value from ${cells(';')} where line > 1 and c[3] <> 'Batt'`,
  },
  {
    sentence: 'wide, milliseconds since 1970, quoted cells',
    fileName: 'shape.csv',
    text: '"ms","Hall, lower"\n"1733043600123","20.5"\n1733043660000,21\n',
    row: { required_columns: 'ms', datetime_format: '%Q' },
    mapping: wide('"Hall, lower",SM2_01_L1_01,temp_indoor'),
    sql: `select make_timestamptz(replace(c[1], '"', '')::bigint * 1000) as time, '' as sensor, 'Hall, lower' as label,
          replace(c[2], '"', '')::double as value from ${cells(',')} where line > 1`,
  },
  {
    sentence: 'wide, ISO times with their offsets, which need no time zone',
    fileName: 'shape.csv',
    text: 'when,Hall\n2024-10-27T02:30:00+02:00,1\n2024-10-27T02:30:00+0100,2\n2024-10-27 02:30Z,3\n2024-10-27T02:30:00.5-11,4\n',
    row: { required_columns: 'when', datetime_format: 'iso' },
    mapping: wide('Hall,SM2_01_L1_01,temp_indoor'),
    sql: `select unnest(['2024-10-27 00:30:00+00', '2024-10-27 01:30:00+00', '2024-10-27 02:30:00+00',
          '2024-10-27 13:30:00.5+00'])::timestamptz as time, '' as sensor, 'Hall' as label, unnest([1, 2, 3, 4])::double as value`,
  },
  {
    sentence: 'wide, declared times with an offset',
    fileName: 'shape.csv',
    text: 'when;Hall\n27.10.2024 02:30 +02:00;1,5\n27.10.2024 02:30 +01:00;2,5\n',
    row: { required_columns: 'when', datetime_format: '%d.%m.%Y %H:%M %z', delimiter: ';', decimal: ',' },
    mapping: wide('Hall,SM2_01_L1_01,temp_indoor'),
    sql: `select strptime(c[1], '%d.%m.%Y %H:%M %z') as time, '' as sensor, 'Hall' as label,
          replace(c[2], ',', '.')::double as value from ${cells(';')} where line > 1`,
  },
  {
    sentence: 'wide, with lines before the header, comments and a row of units',
    fileName: 'shape.csv',
    text: '# logger 7\nexported 2024-12-02\n\n# columns\nwhen,Hall,RH\n,[°C],%\n2024-12-01 10:00:00,20.5,40\n# battery changed\n2024-12-01 10:05:00,21,41\n',
    row: { required_columns: 'when', skip_lines: '2', comment: '#', unit_row: 'true' },
    mapping: wide('Hall,SM2_01_L1_01,temp_indoor', 'RH,SM2_01_L1_01,humidity_indoor'),
    sql: `select ${utcOf('c[1]::timestamp')} as time, '' as sensor, unnest(['Hall', 'RH']) as label,
          unnest(c[2:3])::double as value from ${cells(',')} where line > 6 and c[1] like '2024%'`,
  },
  {
    sentence: 'a file for each sensor, with an id of its own kind in the name',
    fileName: 'loft-Probe7_export.csv',
    text: 'when,t,rh\n2024-12-01 10:00:00,20.5,40\n2024-12-01 10:05:00,,41\n',
    row: { required_columns: 'when', layout: 'file-per-sensor', sensor_pattern: '*-{id}_export.csv' },
    mapping: quantities('t,temp_indoor', 'rh,humidity_indoor'),
    sensors: 'sensor,location\nprobe7,SM2_01_L1_01\n',
    sql: `select ${utcOf('c[1]::timestamp')} as time, '' as sensor, unnest(['t', 'rh']) as label,
          try_cast(unnest(c[2:3]) as double) as value from ${cells(',')} where line > 1`,
  },
  {
    sentence: 'a gzip of two members, semicolons, Windows-1250',
    fileName: 'shape.csv.gz',
    text: 'Čas;Teplota přívodu\r\n01.12.2024 10:00;20,5\r\n01.12.2024 10:05;21\r\n',
    row: {
      required_columns: 'Čas',
      datetime_format: '%d.%m.%Y %H:%M',
      delimiter: ';',
      decimal: ',',
      encoding: 'windows-1250',
    },
    mapping: wide('Teplota přívodu,SM2_01_L1_01,temp_indoor'),
    sql: `select ${utcOf(`strptime(c[1], '%d.%m.%Y %H:%M')`)} as time, '' as sensor, 'Teplota přívodu' as label,
          replace(rtrim(c[2], chr(13)), ',', '.')::double as value from ${cells(';')} where line > 1`,
  },
];
