import { fileURLToPath } from 'node:url';
import { ADD_DATASOURCE } from '@sensor-warehouse/cli/commands/add-datasource';
import { lookAtAll } from '@sensor-warehouse/cli/options/read-samples';
import { type Settle, settleByProposals } from '@sensor-warehouse/cli/options/settle-source';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { angleFindings } from '@sensor-warehouse/warehouse/ingest/mean-of-angles';
import type { Given } from '@sensor-warehouse/warehouse/onboarding/given';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import { beforeAll, describe, expect, test } from 'vitest';

const NOW = Date.UTC(2024, 10, 29);
const NAME = 'meter.csv';
const BASE: Given = { location: ['d:Up'], timezone: ['UTC'] };
let configuration: Configuration;

beforeAll(async () => {
  configuration = await loadConfiguration(fileURLToPath(new URL('../../seeds', import.meta.url)));
});

const settling = (text: string): Settle => {
  return (given) => {
    const mistakes: string[] = [];
    const look = lookAtAll([{ name: NAME, bytes: Buffer.from(text) }], NOW, declaredForm(given, mistakes));
    const settled = settleSource(look, [NAME], given, configuration);
    return { look, ...settled, mistakes: [...mistakes, ...settled.mistakes] };
  };
};

/** What `add-datasource --yes` would write, or the list of what it still asks. */
function add(text: string, given: Given = {}) {
  return settleByProposals({ ...BASE, ...given }, settling(text), true, ADD_DATASOURCE).plan;
}

const asks = (text: string, given: Given = {}) => expect(() => add(text, given));

/** Quarter hours from midnight, each with the cells that `row` gives. */
function table(label: string, values: readonly (number | string)[]): string {
  const rows = values.map((value, i) => {
    const at = new Date(Date.UTC(2024, 9, 1) + i * 900_000).toISOString();
    return `${at.slice(0, 10)} ${at.slice(11, 16)},${value}`;
  });
  return `${['Time,'.concat(label), ...rows].join('\n')}\n`;
}

const FALLS = [30.5, 35.5, 20.5, 5.5, 40.5, 50.5];
const GROWS = Array.from({ length: 16 }, (_, i) => (8350.25 + i * 0.11).toFixed(2));

describe('amounts', () => {
  test.each([
    'Energy (Wh)',
    'Import kWh',
    'Consumption (MWh)',
    'Heat (MJ)',
    'Spotřeba vody (m³)',
    'Water (l)',
    'Gas (ft3)',
    'Rain (mm)',
    'Srážky (mm)',
    'Gas [imp]',
    'Pulses (pulses)',
  ])('in a column %s are asked about: a sum or a mean would be a guess', (label) => {
    asks(table(label, FALLS)).toThrow(`--kind '${label}=`);
  });

  test('that fall are described as amounts of an interval', () => {
    asks(table('Energy (Wh)', FALLS)).toThrow('fall 2 times: they look like amounts, one per interval');
  });

  test.each([
    ['interval', 'additive'],
    ['counter', 'nonadditive'],
    ['level', 'nonadditive'],
  ])('of the kind %s are %s', (kind, measurement) => {
    const { dataKeys } = add(table('Energy (Wh)', FALLS), { kind: [`Energy (Wh)=${kind}`] });
    expect(dataKeys).toMatchObject([{ data_key: 'energy', unit: 'Wh', measurement }]);
  });

  test('that are declared with their data_key are no longer asked about', () => {
    const given = { column: ['Energy (Wh)=e@x'], 'data-key': ['e=Wh;energy;additive;0;'] };
    expect(add(table('Energy (Wh)', FALLS), given).dataKeys).toMatchObject([{ measurement: 'additive' }]);
  });

  test.each(['additive', 'nonadditive'])(
    'that grow like the readings of a meter are asked about, even if declared %s',
    (measurement) => {
      const given = { column: ['Import kWh=e@x'], 'data-key': [`e=kWh;energy;${measurement};0;`] };
      asks(table('Import kWh', GROWS), given).toThrow(
        '8350.25 to 8351.9, never fall: they look like readings of a meter',
      );
      const kind = measurement === 'additive' ? 'interval' : 'counter';
      expect(add(table('Import kWh', GROWS), { ...given, kind: [`Import kWh=${kind}`] }).columns).toHaveLength(1);
    },
  );

  test('that start again from zero each day are readings of a meter too', () => {
    const day = Array.from({ length: 48 }, (_, i) => i * 0.25);
    const given = { column: ['Energy today (kWh)=e@x'], 'data-key': ['e=kWh;energy;additive;0;'] };
    asks(table('Energy today (kWh)', [...day, ...day]), given).toThrow('start again from zero (1 times)');
  });

  test('of a kind that is not that of the data_key are refused', () => {
    const given = {
      column: ['Import kWh=e@x'],
      'data-key': ['e=kWh;energy;additive;0;'],
      kind: ['Import kWh=counter'],
    };
    asks(table('Import kWh', GROWS), given).toThrow('e is additive, and numbers of the kind counter have no sum');
  });

  test('newest first are seen in the order of time', () => {
    const [header, ...rows] = table('Import kWh', GROWS).trim().split('\n');
    asks([header, ...rows.reverse(), ''].join('\n')).toThrow('never fall');
  });

  test.each([
    ['Temperature (°C)', 'a temperature that rises'],
    ['CO₂ (ppm)', 'a concentration'],
    ['Power (W)', 'a power'],
  ])('are not supposed in a column %s: %s is a level', (label) => {
    expect(add(table(label, [500.5, 501.5, 502.5, 503.5])).columns).toHaveLength(1);
  });
});

describe('directions', () => {
  test.each([
    ['Wind direction (°)', [350, 10, 350, 10]],
    ['wind_dir', [350, 10, 350, 10]],
    ['Azimuth (deg)', [120.5, 130, 90, 80]],
    ['Směr větru (°)', [350, 10, 5, 300]],
    ['Angle (°)', [350, 10, 5, 300]],
  ])('in a column %s are asked about, even if all is declared', (label, values) => {
    const given = { column: [`${label}=dir@x`], 'data-key': ['dir=°;direction;nonadditive;0;360'] };
    asks(table(label, values), given).toThrow('an angle has no mean: 350° and 10° would give 180°');
    expect(add(table(label, values), { ...given, kind: [`${label}=level`] }).columns).toHaveLength(1);
  });

  test('that are configured are a warning in each night', () => {
    const key = { ...configuration.dataKeys.get('temp_indoor')!, dataKey: 'wind', unit: '°', minimum: 0, maximum: 360 };
    const source = { ...configuration.datasources[0]!, columns: new Map([['Wind', { dataKey: 'wind' }]]) };
    const dataKeys = new Map([['wind', key]]);
    expect(angleFindings(source as never, { dataKeys })).toMatchObject([{ code: 'mean-of-angles', column: 'wind' }]);
    expect(angleFindings(source as never, { dataKeys: new Map([['wind', { ...key, unit: '°C' }]]) })).toEqual([]);
  });

  test('are left out by an answer', () => {
    const text = table('Wind direction (°),Temperature (°C)', ['350,20.5', '10,20.6']);
    expect(add(text, { column: ['Wind direction (°)=d@x'], kind: ['Wind direction (°)=-'] }).columns).toHaveLength(1);
  });

  test('are not supposed where an angle is that of a roof', () => {
    expect(add(table('Tilt (°)', [30, 35, 30, 31])).columns).toHaveLength(1);
  });
});

describe('names', () => {
  test.each([
    ['CO₂ (ppm)', 'co2'],
    ['NO₂ (ppb)', 'no2'],
    ['O₃ (ppb)', 'o3'],
    ['SO₂ (ppb)', 'so2'],
    ['PM₂.₅ (µg/m³)', 'pm2_5'],
    ['Teplota ℃', 'teplota'],
  ])('of a column %s are read sign by sign: %s', (label, key) => {
    expect(add(table(label, [400.5, 410.5, 405.5])).columns).toMatchObject([{ dataKey: key }]);
  });

  test('that two columns would share are asked for', () => {
    const text = table('T-1 (°C),T 1 (°C)', ['20.5,21.5', '20.6,21.6']);
    asks(text).toThrow("--column 'T-1 (°C)='");
  });
});

describe('a range', () => {
  test('that is proposed holds the sample', () => {
    const [key] = add(table('Flow (°C)', [60.5, 80.5, 95.5])).dataKeys;
    expect(Number(key!.maximum)).toBeGreaterThan(95.5);
  });

  test('of a declared data_key that does not hold the sample is not proposed', () => {
    expect(add(table('Temp indoor (°C)', [60.5, 80.5, 95.5])).columns[0]!.dataKey).not.toBe('temp_indoor');
  });

  test('is asked for where a number may stand for a fault', () => {
    asks(table('T (°C)', [20.5, -127, 21.5])).toThrow('-127 may mean a fault');
  });
});

describe('numbers in odd writing', () => {
  test.each([
    ['a unit', 'Temperature (°C)', ['20.0 °C', '20.1 °C'], '°C'],
    ['a unit without a blank', 'Humidity', ['40%', '41.5%'], '%'],
    ['a unit that nothing knows', 'Speed', ['4.5 furlongs', '4.1 furlongs'], 'furlongs'],
  ])('with %s in each cell are asked about, and the unit is declared', (_, label, cells, unit) => {
    asks(table(label, cells)).toThrow(`with "${unit}" in each cell`);
    const key = unit === '°C' ? 'temp_indoor' : unit === '%' ? 'humidity_indoor' : 'speed';
    const given = {
      column: [`${label}=${key}@x`],
      ...(key === 'speed' ? { 'data-key': ['speed=furlongs;speed;nonadditive;;'] } : {}),
    };
    expect(add(table(label, cells), given).row.cell_units).toBe(unit);
  });

  test('with two units are refused: nothing is converted', () => {
    asks(table('Power', ['450 W', '1.2 kW']), { column: ['Power=p@x'] }).toThrow('it is in kW and in W');
  });

  test.each([
    ['a space', ['1 250.5', '1 300.5'], 'space'],
    ['a no-break space', ['1\u00a0250.5', '950.5'], 'space'],
    ['an apostrophe', ["1'250.5", '950.5'], "'"],
    ['commas in quotation marks', ['"1,250.5"', '950.5'], ','],
  ])('grouped by %s are asked about, and the mark is declared', (_, cells, mark) => {
    asks(table('Power (W)', cells)).toThrow('what groups digits by three');
    const { row, columns } = add(table('Power (W)', cells), { thousands: [mark] });
    expect([row.thousands, columns.length]).toEqual([mark, 1]);
  });

  test.each([
    ['exponents', ['2.05e+01', '2.10E1']],
    ['a minus sign U+2212', ['\u22122.5', '\u22122.4']],
    ['no-break spaces around', ['20.5\u00a0', '\u00a020.6']],
  ])('such as %s are numbers', (_, cells) => {
    expect(add(table('T (°C)', cells)).columns).toHaveLength(1);
  });

  test.each([
    ['a sign of doubt', ['<0.5', '<0.6', '0.7*']],
    ['digits of another script', ['٢٠', '٢١']],
    ['an estimate', ['12 (est.)', '13 (est.)']],
  ])('such as %s are never left out by --yes', (_, cells) => {
    asks(table('Level (ppm)', [...cells, ...cells])).toThrow(/--column 'Level \(ppm\)='|not read|in each cell/);
  });

  test('are shown with the odd sign by name', () => {
    asks(table('T', ['20–5', '20–6', '21–5', '22–5']), { column: ['T=temp_indoor@x'] }).toThrow('U+2013');
  });
});

describe('a date beside a time of day', () => {
  const clocked = (label: string, clocks: readonly string[]) =>
    `Date,${label},T (°C)\n${clocks.map((clock, i) => `10/${13 + Math.floor(i / 3)}/2024,${clock},20.${i}\n`).join('')}`;

  test.each([
    ['01:00:00 PM', '%m/%d/%Y %I:%M:%S %p', ['10:00:00 AM', '11:00:00 AM', '01:00:00 PM']],
    ['1:00 pm', '%m/%d/%Y %I:%M %p', ['10:00 am', '11:00 am', '1:00 pm']],
    ['12:30a', '%m/%d/%Y %I:%M%p', ['12:30a', '1:30a', '1:30p']],
    ['1 PM', '%m/%d/%Y %I %p', ['10 AM', '11 AM', '1 PM']],
    ['10.30', '%m/%d/%Y %H.%M', ['10.30', '11.30', '13.30']],
    ['1030', '%m/%d/%Y %H%M', ['0930', '1030', '1330']],
    ['10', '%m/%d/%Y %H', ['9', '10', '13']],
  ])('written %s is a part of the time', (_, format, clocks) => {
    const { row } = add(clocked('Time', [...clocks, ...clocks]));
    expect([row.time_columns, row.datetime_format]).toEqual(['Date;Time', format]);
  });

  test('in a form that is not known is refused by the name of its column', () => {
    const clocks = ['930', '1030', '1330'];
    asks(clocked('Time', [...clocks, ...clocks])).toThrow('"Time" looks like a clock, and its form is unknown');
  });

  test('that is left out of the time is neither a sensor nor ignored without a question', () => {
    const clocks = ['10:00 AM', '11:00 AM', '1:00 PM'];
    const given = { 'time-column': ['Date'], layout: ['wide'] };
    asks(clocked('Time', [...clocks, ...clocks]), given).toThrow('look like times of day');
  });
});

describe('times', () => {
  test.each(['Interval end', 'period_end', 'EndTime', 'Until', 'bis', 'Konec', 'Čas do', 'Date (to)'])(
    'under a label %s may be the end of an interval, and are asked about',
    (label) => {
      const text = table('T (°C)', [20.5, 20.6, 20.7]).replace('Time', label);
      asks(text).toThrow('--time-label');
      expect(add(text, { 'time-label': ['end'], interval: ['15m'] }).row).toMatchObject({
        time_label: 'end',
        interval: '15m',
      });
    },
  );

  test.each(['Time', 'Date/Time', 'Start', 'Kalender', 'Timestamp'])('under a label %s are the start', (label) => {
    expect(add(table('T (°C)', [20.5, 20.6]).replace('Time', label)).row).not.toHaveProperty('time_label');
  });

  test('that come to 24:00 may be the end of an interval', () => {
    const text = 'Time,T (°C)\n2024-10-01 23:00,20.5\n2024-10-01 24:00,20.6\n';
    asks(text).toThrow('a time is 2024-10-01 24:00, the end of a day');
  });

  test.each([
    ['13-Oct-2024 10:15', '%d-%b-%Y %H:%M'],
    ['October 13, 2024 10:15 AM', '%b %d, %Y %I:%M %p'],
    ['13. října 2024 10:15', '%d. %b %Y %H:%M'],
    ['Sun Oct 13 10:15:00 2024', '%a %b %d %H:%M:%S %Y'],
    ['10/13/2024 10:15:00 AM', '%m/%d/%Y %I:%M:%S %p'],
    ['13.10.2024 10:15 +02:00', '%d.%m.%Y %H:%M %z'],
  ])('such as %s are seen', (time, format) => {
    expect(add(`Time;T (°C)\n${time};20,5\n${time};20,6\n`).row.datetime_format).toBe(format);
  });

  test('with names of zones are read with the offsets of the names', () => {
    const text = 'Time,T (°C)\n2024-10-27 02:30:00 CEST,20.5\n2024-10-27 02:30:00 CET,20.6\n';
    expect(add(text).row).toMatchObject({
      datetime_format: '%Y-%m-%d %H:%M:%S %Z',
      zone_names: 'CEST=+02:00;CET=+01:00',
    });
    asks(text.replaceAll('CEST', 'EDT').replaceAll('CET', 'EST')).toThrow("--zone-name 'EDT='");
  });
});

test('a sensor of a long table that says words is proposed to be left out, and any other can be', () => {
  const rows = Array.from({ length: 20 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 9, 1) + i * 600_000).toISOString();
    return `sensor.a,${20 + i / 10},${at}\nsensor.b,${30 + i / 7},${at}\ndoor,${i % 2 ? 'on' : 'off'},${at}\n`;
  });
  const text = `entity_id,state,last_changed\n${rows.join('')}`;
  const given = { column: ['state=temp_indoor'], ignore: ['sensor.b'] };
  const { sensors, ignored } = add(text, given);
  expect(sensors.map(({ sensor }) => sensor)).toEqual(['sensor.a']);
  expect(ignored.map(({ column }) => column).sort()).toEqual(['door', 'sensor.b']);
});
