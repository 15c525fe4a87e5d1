import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readShape } from '../support/configured-source';
import { readParquet } from '../support/published';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'times-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const caseOf = (name: string) => readFile(join('test/cases', name), 'utf8');

/** A wide source of `Temperature`, and of `Humidity` where the header has it. */
async function readWide(row: Readonly<Record<string, string>>, text: string): Promise<ExportReport> {
  const [header = ''] = text.split('\n');
  const keys = { Temperature: 'temp_indoor', Humidity: 'humidity_indoor' };
  const mapped = Object.entries(keys).filter(([label]) => header.includes(label));
  const mapping = [
    'data_key_original,location,data_key',
    ...mapped.map(([label, key]) => `${label},SM2_01_L1_01,${key}`),
  ];
  const shape = { fileName: 'shape.csv', row: { required_columns: 'Time', ...row }, mapping: mapping.join('\n') };
  return readShape(folder, shape, Buffer.from(text));
}

/** A long source: `Meter`, `Register` (in and out), `kWh`, and the time in `From`. */
async function readLong(row: Readonly<Record<string, string>>, text: string): Promise<ExportReport> {
  const shape = {
    fileName: 'shape.csv',
    row: {
      required_columns: 'From;Meter;Register;kWh',
      layout: 'long',
      sensor_column: 'Meter',
      quantity_column: 'Register',
      value_column: 'kWh',
      datetime_format: '%Y-%m-%d %H:%M',
      ...row,
    },
    mapping: 'column,data_key\nin,temp_indoor\nout,temp_ambient',
    sensors: 'sensor,location\nm1,SM2_01_L1_01\nm2,SM2_02_L1_01\n',
  };
  return readShape(folder, shape, Buffer.from(text));
}

/** Rows of the landing: the instant, and the value of a column. */
async function landed(label = 'Temperature'): Promise<(readonly [string, unknown])[]> {
  const parts = (await readdir(folder)).filter((name) => name.startsWith('landing'));
  const rows = (await Promise.all(parts.sort().map((part) => readParquet(join(folder, part))))).flat();
  return rows.map((row) => [(row._time as Date).toISOString().slice(0, 16), row[label]] as const);
}

const times = async (label?: string) => (await landed(label)).map(([time]) => time);
const said = ({ findings }: ExportReport) => findings.map(findingLine).join('\n');
/** Instants at even steps, as they land. */
const even = (start: string, minutes: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.parse(`${start}Z`) + i * minutes * 60_000).toISOString().slice(0, 16),
  );
const lines = (rows: readonly string[]) => `Time,Temperature\n${rows.join('\n')}\n`;
const withValues = (labels: readonly string[]) => lines(labels.map((label, i) => `${label},${i}`));

describe('a 12-hour clock', () => {
  test('is read if it is declared', async () => {
    const text = await caseOf('twelve-hour-times/ampm_one.csv');
    const report = await readWide({ datetime_format: '%m/%d/%Y %I:%M:%S %p', timezone: 'UTC' }, text);
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-10-13T10:00', 20, 30));
  });

  test('is read beside a date in a column of its own', async () => {
    const text = await caseOf('ampm-times-become-sensors/ampm_two_wide.csv');
    const row = { required_columns: 'Date;Time', time_columns: 'Date;Time', datetime_format: '%m/%d/%Y %I:%M:%S %p' };
    const report = await readWide(row, text);
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-10-13T08:00', 60, 60));
  });

  test('beside formats of other exports of the source is distinguished from them', async () => {
    const row = { datetime_format: '%Y-%m-%d %H:%M|%d-%b-%Y %I:%M %p', timezone: 'UTC' };
    const report = await readWide(row, withValues(['13-Oct-2024 11:30 AM', '13-Oct-2024 12:00 PM']));
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-10-13T11:30', 30, 2));
  });

  test('has no 13 PM: the row is quarantined', async () => {
    const row = { datetime_format: '%m/%d/%Y %I:%M %p', timezone: 'UTC', reject_limit: '1' };
    const report = await readWide(row, withValues(['10/13/2024 12:30 PM', '10/13/2024 13:00 PM']));
    expect(report.rejected).toMatchObject([{ line: 3, code: 'type-error' }]);
    expect(await times()).toEqual(['2024-10-13T12:30']);
  });
});

describe('a month as a name', () => {
  test.each([
    ['%d-%b-%Y %H:%M', ['03-Oct-2024 10:00', '03-Oct-2024 10:30', '04-Nov-2024 10:00']],
    ['%B %d %Y %H:%M', ['October 03 2024 10:00', 'October 03 2024 10:30', 'November 04 2024 10:00']],
    ['%d. %B %Y %H:%M', ['3. října 2024 10:00', '3. října 2024 10:30', '4. listopadu 2024 10:00']],
    ['%a %d %b %Y %I:%M %p', ['Thu 03 Oct 2024 10:00 AM', 'Thu 03 Oct 2024 10:30 AM', 'Mon 04 Nov 2024 10:00 AM']],
    ['%y-%b-%d %H:%M', ['24-Okt-03 10:00', '24-Okt-03 10:30', '24-Nov-04 10:00']],
  ])('is read if only %s is declared', async (format, labels) => {
    // Many rows, for only then it is asked whether day and month are swapped.
    const [first, second, third] = labels as [string, string, string];
    const rows = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? first : second));
    const report = await readWide({ datetime_format: format, timezone: 'UTC' }, withValues([...rows, third]));
    expect(report.verdict).toBe('accepted');
    const expected = ['2024-10-03T10:00', '2024-10-03T10:30', '2024-11-04T10:00'];
    expect([...new Set(await times())]).toEqual(expected);
  });
});

describe('a time with a zone name', () => {
  const row = { datetime_format: '%Y-%m-%d %H:%M:%S %Z', zone_names: 'CET=+01:00;CEST=+02:00' };

  test('is an instant through the night of the doubled hour', async () => {
    const report = await readWide(row, await caseOf('zone-names-in-times/zone_name.csv'));
    expect(said(report)).toBe('');
    // The logger slept from seven to ten.
    expect(await times()).toEqual([...even('2024-10-26T20:00', 20, 30), ...even('2024-10-27T09:00', 20, 30)]);
  });

  test('is an instant whatever is before it in the file', async () => {
    const text = withValues(['2024-10-27 02:00:00 CET', '2024-10-27 02:00:00 CEST', '2024-10-27 02:30:00 CET']);
    expect(said(await readWide(row, text))).toBe('');
    expect(await times()).toEqual(['2024-10-27T01:00', '2024-10-27T00:00', '2024-10-27T01:30']);
  });

  test('may have its offset after the name', async () => {
    const text = withValues(['2024-10-27 02:00:00 CEST+0200', '2024-10-27 02:00:00 CET+0100']);
    expect(said(await readWide({ ...row, datetime_format: '%Y-%m-%d %H:%M:%S %Z%z' }, text))).toBe('');
    expect(await times()).toEqual(['2024-10-27T00:00', '2024-10-27T01:00']);
  });

  test('is quarantined if nobody declared the name, and each name is reported', async () => {
    const text = withValues(['2024-10-27 02:00:00 MESZ', '2024-10-27 02:00:00 CET', '2024-10-27 02:00:00 MEZ']);
    const report = await readWide({ ...row, reject_limit: '2' }, text);
    expect(said(report)).toMatch(
      /:2:"?Time.*add MESZ and its offset from UTC to zone_names[\s\S]*add MEZ and its offset/,
    );
    expect(report.counts).toMatchObject({ lines: 3, landed: 1, quarantined: 2 });
    const fixed = { ...row, zone_names: `${row.zone_names};MESZ=+02:00;MEZ=+01:00` };
    expect(said(await readWide(fixed, text))).toBe('');
  });

  test('that a source did not have before can be read as the finding says', async () => {
    const text = withValues(['2024-10-27 02:00:00 CEST', '2024-10-27 02:20:00 CEST', '2024-10-27 02:40:00 CEST']);
    const report = await readWide({ datetime_format: '%Y-%m-%d %H:%M:%S' }, text);
    const advised = /declare (.+) as a further datetime_format/.exec(said(report))?.[1];
    expect(advised).toBe('%Y-%m-%d %H:%M:%S %Z');
    const read = await readWide({ ...row, datetime_format: `%Y-%m-%d %H:%M:%S|${advised}` }, text);
    expect(said(read)).toBe('');
  });
});

describe('a night in which both passes of the doubled hour are side by side', () => {
  test('is distinguished in a long table, for each sensor and quantity', async () => {
    const report = await readLong({}, await caseOf('dst-passes-interleaved/dst15_long_2024.csv'));
    expect(said(report)).toBe('');
    const expected = even('2024-10-26T22:00', 15, 28).flatMap((time) => [time, time]);
    expect((await times('kWh')).sort()).toEqual(expected);
    const sums = new Map<string, number>();
    for (const [time, value] of await landed('kWh'))
      sums.set(time.slice(11, 13), (sums.get(time.slice(11, 13)) ?? 0) + Number(value));
    expect([sums.get('00'), sums.get('01')]).toEqual([10, 18]);
  });

  test('is distinguished in a wide table', async () => {
    const text = await caseOf('dst-passes-interleaved/dst15_wide_2024.csv');
    const report = await readWide({ datetime_format: '%Y-%m-%d %H:%M' }, text);
    expect(said(report)).toBe('');
    const rows = new Map(await landed());
    expect([...rows.keys()].sort()).toEqual(even('2024-10-26T22:00', 15, 28));
    expect(['2024-10-27T00:00', '2024-10-27T01:00'].map((time) => rows.get(time))).toEqual([10.8, 30.9]);
  });

  test('has the second pass first in a file with the newest row first', async () => {
    const [header, ...rows] = (await caseOf('dst-passes-interleaved/dst15_wide_2024.csv')).trimEnd().split('\n');
    const text = `${[header, ...rows.reverse()].join('\n')}\n`;
    const report = await readWide({ datetime_format: '%Y-%m-%d %H:%M' }, text);
    expect(said(report)).toBe('');
    expect(new Map(await landed()).get('2024-10-27T00:00')).toBe(10.8);
  });

  test('is distinguished if the rows of two meters mix, and if equal values are repeated', async () => {
    const night = (value: number) =>
      ['01:30', '02:00', '02:00', '02:30', '02:30', '03:00'].flatMap((clock) => [
        `2024-10-27 ${clock},m1,in,${value}`,
        `2024-10-27 ${clock},m2,in,${value}`,
      ]);
    const report = await readLong({}, `From,Meter,Register,kWh\n${night(5).join('\n')}\n`);
    expect(said(report)).toBe('');
    expect((await times('kWh')).sort()).toEqual(even('2024-10-26T23:30', 30, 6).flatMap((time) => [time, time]));
  });

  test('is not decided if two quantities give two rows for each time', async () => {
    const night = ['01:30', '01:45', '02:00', '02:15', '02:30', '02:45', '03:00'].flatMap((clock) => [
      `2024-10-27 ${clock},m1,in,1`,
      `2024-10-27 ${clock},m1,out,2`,
    ]);
    const report = await readLong({}, `From,Meter,Register,kWh\n${night.join('\n')}\n`);
    expect(report.findings).toMatchObject([{ code: 'timezone-ambiguous', count: 8 }]);
  });

  test('with hourly values is decided for two quantities at once, but not if they occur once', async () => {
    const night = (...clocks: string[]) =>
      `From,Meter,Register,kWh\n${clocks
        .flatMap((clock) => [`2024-10-27 ${clock},m1,in,1`, `2024-10-27 ${clock},m1,out,2`])
        .join('\n')}\n`;
    expect(said(await readLong({}, night('01:00', '02:00', '02:00', '03:00')))).toBe('');
    expect(await times('kWh')).toEqual(even('2024-10-26T23:00', 60, 4).flatMap((time) => [time, time]));
    const once = await readLong({}, night('01:00', '02:00', '03:00', '04:00'));
    expect(once.findings).toMatchObject([{ code: 'timezone-ambiguous', count: 2 }]);
    expect(said(once)).toContain('declare the timezone Etc/GMT-1');
  });

  test('with hourly values is not decided if each row of the file occurs twice', async () => {
    const labels = ['00:00', '01:00', '02:00', '03:00'].flatMap((clock) => Array(2).fill(`2024-10-27 ${clock}`));
    const report = await readWide({ datetime_format: '%Y-%m-%d %H:%M' }, withValues(labels));
    expect(report.findings).toMatchObject([{ code: 'timezone-ambiguous', count: 2 }]);
  });

  test('is not decided in a long table if each row of it occurs twice', async () => {
    const night = ['01:30', '01:45', '02:00', '02:15', '02:30', '02:45', '03:00'].flatMap((clock) => [
      `2024-10-27 ${clock},m1,in,1`,
      `2024-10-27 ${clock},m1,in,1`,
    ]);
    const report = await readLong({}, `From,Meter,Register,kWh\n${night.join('\n')}\n`);
    expect(report.findings).toMatchObject([{ code: 'timezone-ambiguous', count: 8 }]);
  });
});

describe('a clock that stays on standard time', () => {
  const minutes = { datetime_format: '%Y-%m-%d %H:%M' };
  const march = (clocks: readonly string[]) => clocks.map((clock) => `2024-03-31 ${clock}`);
  const quarters = ['01:30', '01:45', '02:00', '02:15', '02:30', '02:45', '03:00', '03:15', '03:30'];

  test('is found by its rows in the skipped hour: the file is refused, and its source held', async () => {
    const text = await caseOf('no-dst-clock-shifts-summer/no_dst_clock_20240402.csv');
    const report = await readWide(minutes, text);
    expect(report).toMatchObject({
      verdict: 'refused',
      holds: true,
      findings: [{ code: 'clock-without-dst', line: 106 }],
    });
    expect(said(report)).toContain('4 rows from 2024-03-31 02:00 to 02:45 (lines 106 to 109)');
    const zone = /declare the timezone (\S+)/.exec(said(report))![1]!;
    expect(zone).toBe('Etc/GMT-1');
    const read = await readWide({ ...minutes, timezone: zone }, text);
    expect(said(read)).toBe('');
    expect(await times()).toEqual(even('2024-03-29T23:00', 15, 288));
  });

  test.each([
    ['by the hour', march(['00:00', '01:00', '02:00', '03:00', '04:00', '05:00'])],
    ['with the newest row first', march(quarters).reverse()],
    ['with one row missing in the hour', march(quarters.filter((clock) => clock !== '02:15'))],
    ['with one row missing elsewhere', march(['00:00', '00:15', '00:45', ...quarters, '04:00'])],
  ])('is found %s', async (_, labels) => {
    expect(await readWide(minutes, withValues(labels))).toMatchObject({ findings: [{ code: 'clock-without-dst' }] });
  });

  test('that is set a few hours late names the rows whose times are wrong', async () => {
    const labels = march([...quarters, '03:45', '04:00', '05:15', '05:30', '05:45']);
    const report = await readWide(minutes, withValues(labels));
    expect(report).toMatchObject({ verdict: 'refused', findings: [{ code: 'clock-without-dst', line: 4 }] });
    expect(said(report)).toContain('was set only before line 13');
    // The rows from line 4 to 12 are left out.
    const left = labels.filter((_, i) => i < 2 || i > 10);
    expect(said(await readWide(minutes, withValues(left)))).toBe('');
  });

  test('is found in a zone that is not whole hours from UTC, and the advised zone reads it', async () => {
    const labels = ['01:45', '02:00', '02:15', '02:30', '02:45'].map((clock) => `2024-10-06 ${clock}`);
    const report = await readWide({ ...minutes, timezone: 'Australia/Lord_Howe' }, withValues(labels));
    const zone = /declare the timezone (\S+)/.exec(said(report))![1]!;
    expect(zone).toBe('+10:30');
    expect(said(await readWide({ ...minutes, timezone: zone }, withValues(labels)))).toBe('');
    expect((await times())[0]).toBe('2024-10-05T15:15');
  });

  test('is found among the sensors of a long table, and named', async () => {
    const rows = quarters.flatMap((clock) => [
      ...(clock.startsWith('02') ? [] : [`2024-03-31 ${clock},m1,in,1`]),
      `2024-03-31 ${clock},M2,in,1`,
    ]);
    const report = await readLong({}, `From,Meter,Register,kWh\n${rows.join('\n')}\n`);
    expect(report).toMatchObject({ verdict: 'refused', findings: [{ code: 'clock-without-dst' }] });
    expect(said(report)).toContain('of "M2" 4 rows');
  });

  test.each([
    ['rows in the hour that stop before its end', march(['01:45', '02:00', '02:15', '03:30', '03:45', '04:00'])],
    ['one row in the hour of a clock by the minute', march(['01:58', '01:59', '02:30', '03:00', '03:01', '03:02'])],
    ['two rows of a clock that is set within the hour', march(['01:30', '01:45', '02:00', '02:15', '03:20', '03:30'])],
    ['rows at the begin of a file', march(['02:30', '02:45', '03:00', '03:15'])],
    ['rows at the end of a file', march(['01:30', '01:45', '02:00', '02:15'])],
  ])('is not proven by %s: these are quarantined, as before', async (_, labels) => {
    const report = await readWide(minutes, withValues(labels));
    expect(report).toMatchObject({ verdict: 'accepted', findings: [{ code: 'timezone-nonexistent' }] });
  });

  test('is not proven by rows that a program filled in, without any reading', async () => {
    const rows = quarters.map((clock) => `2024-03-31 ${clock},${clock.startsWith('02') ? 'NA' : '20'}`);
    const report = await readWide({ ...minutes, null_values: 'NA' }, lines(rows));
    expect(report).toMatchObject({ verdict: 'accepted', counts: { landed: 5, quarantined: 4 } });
  });

  test('in autumn is a warning that names the zone to declare', async () => {
    const labels = quarters.map((clock) => `2024-10-27 ${clock}`);
    const report = await readWide(minutes, withValues(labels));
    expect(report).toMatchObject({ verdict: 'accepted', findings: [{ code: 'timezone-ambiguous', count: 4 }] });
    const zone = /declare the timezone (\S+)/.exec(said(report))![1]!;
    expect(zone).toBe('Etc/GMT-1');
    expect(said(await readWide({ ...minutes, timezone: zone }, withValues(labels)))).toBe('');
  });
});

test('a sensor whose clock stays at standard time is a doubt in autumn in a long table, too', async () => {
  const rows = ['01:30', '02:00', '02:30', '03:00', '03:30'].map((clock) => `2024-10-27 ${clock},m1,in,1`);
  const report = await readLong({}, `From,Meter,Register,kWh\n${rows.join('\n')}\n`);
  expect(said(report)).toContain('declare the timezone Etc/GMT-1');
});

describe('a time that is the end of an interval', () => {
  const end = { time_label: 'end', datetime_format: '%Y-%m-%d %H:%M' };

  test('lands as its start, by the usual step', async () => {
    const text = (await caseOf('interval-end-labels/end_label.csv')).replace('Interval end,Energy', 'Time,Temperature');
    const report = await readWide({ ...end, timezone: 'UTC' }, text);
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-10-01T00:00', 15, 8));
    expect(report.period).toEqual({
      first: Date.parse('2024-10-01T00:00Z'),
      last: Date.parse('2024-10-01T01:45Z'),
    });
  });

  test('may be an hour from 1 to 24', async () => {
    const row = {
      ...end,
      required_columns: 'DATE;HH',
      time_columns: 'DATE;HH',
      datetime_format: '%Y%m%d %H',
      timezone: 'UTC',
    };
    const report = await readWide(row, await caseOf('declared-format-not-tried/hour24_two.csv'));
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-10-01T00:00', 60, 48));
  });

  test('may be 24:00', async () => {
    const text = withValues(['2024-10-01 23:30', '2024-10-01 24:00', '2024-10-02 00:30']);
    await readWide({ ...end, timezone: 'UTC' }, text);
    expect(await times()).toEqual(even('2024-10-01T23:00', 30, 3));
  });

  test.each([
    ['as the clock shows it', ['01:00', '03:00', '04:00', '05:00']],
    ['where the skipped hour begins', ['01:00', '02:00', '04:00', '05:00']],
  ])('in the spring night may be written %s', async (_, clocks) => {
    const report = await readWide(end, withValues(clocks.map((clock) => `2024-03-31 ${clock}`)));
    expect(said(report)).toBe('');
    expect(await times()).toEqual(even('2024-03-30T23:00', 60, 4));
  });

  test('of a clock that stays on standard time is found in spring, even with hourly values', async () => {
    const labels = ['00:00', '01:00', '02:00', '03:00', '04:00'].map((clock) => `2024-03-31 ${clock}`);
    const report = await readWide(end, withValues(labels));
    expect(report).toMatchObject({ verdict: 'refused', findings: [{ code: 'clock-without-dst' }] });
  });

  test('of a whole day is a day of the calendar, of 23 or 25 hours', async () => {
    await readWide(
      { ...end, datetime_format: '%Y-%m-%d' },
      withValues(['2024-10-26', '2024-10-27', '2024-10-28', '2024-10-29']),
    );
    expect(await times()).toEqual(['2024-10-24T22:00', '2024-10-25T22:00', '2024-10-26T22:00', '2024-10-27T23:00']);
  });

  test('of a whole day is one of the time zone where the time has an offset, too', async () => {
    const row = { ...end, interval: '1d', datetime_format: 'iso' };
    await readWide(row, withValues(['2024-03-31T00:00:00+01:00', '2024-04-01T00:00:00+02:00']));
    expect(await times()).toEqual(['2024-03-29T23:00', '2024-03-30T23:00']);
  });

  test('has the declared interval, whatever the steps are', async () => {
    await readWide({ ...end, interval: '15m', timezone: 'UTC' }, withValues(['2024-10-01 10:00']));
    expect(await times()).toEqual(['2024-10-01T09:45']);
  });

  test.each([
    ['one row', ['10:00']],
    ['two rows, between which others may be missing', ['10:00', '11:00']],
    ['steps of all lengths', ['10:00', '10:07', '10:30', '11:00', '11:01', '11:20']],
    ['steps that become others in its midst', ['06:00', '07:00', '08:00', '09:00', '09:15', '09:30', '09:45']],
  ])('in a file of %s needs a declared interval', async (_, clocks) => {
    const text = withValues(clocks.map((clock) => `2024-10-01 ${clock}`));
    const report = await readWide({ ...end, timezone: 'UTC' }, text);
    expect(report).toMatchObject({ verdict: 'refused', findings: [{ code: 'interval-unknown' }] });
    expect(said(report)).toContain('declare interval');
    expect((await readWide({ ...end, timezone: 'UTC', interval: '15m' }, text)).verdict).toBe('accepted');
  });

  test('in a long table has the step of its sensor and quantity', async () => {
    const rows = [
      ...['00:15', '00:30', '00:45', '01:00', '01:15', '01:30', '01:45', '02:00'].map((c) => `2024-12-01 ${c},m1,in,1`),
      ...['01:00', '02:00', '03:00'].map((clock) => `2024-12-01 ${clock},m2,in,2`),
      ...['00:30', '01:00', '01:30'].map((clock) => `2024-12-01 ${clock},m1,out,3`),
    ].sort();
    const report = await readLong(end, `From,Meter,Register,kWh\n${rows.join('\n')}\n`);
    expect(said(report)).toBe('');
    const of = async (value: number) => (await landed('kWh')).flatMap(([time, one]) => (one === value ? [time] : []));
    expect(await of(1)).toEqual(even('2024-11-30T23:00', 15, 8));
    expect(await of(2)).toEqual(even('2024-11-30T23:00', 60, 3));
    expect(await of(3)).toEqual(even('2024-11-30T23:00', 30, 3));
  });

  test('of a sensor with one row has the step that all others have', async () => {
    const rows = ['00:15,m1', '00:30,m1', '00:45,m1', '00:45,m2'].map((one) => `2024-12-01 ${one},in,1`);
    expect(said(await readLong(end, `From,Meter,Register,kWh\n${rows.join('\n')}\n`))).toBe('');
    expect((await times('kWh')).at(-1)).toBe('2024-11-30T23:30');
  });

  test('may be up to a day plus its interval in the future', async () => {
    const report = await readWide(
      { ...end, interval: '1h', timezone: 'UTC', reject_limit: '1' },
      withValues(['2025-01-01 01:00', '2025-01-01 01:01']),
    );
    expect(report.rejected).toMatchObject([{ line: 3, code: 'implausible-time' }]);
  });
});

describe('a generated night of two meters in a long table', () => {
  const night = fc.record({
    minutes: fc.constantFrom(15, 30, 60),
    registers: fc.constantFrom(['in'], ['in', 'out']),
    order: fc.constantFrom('time', 'wall', 'meter'),
    backwards: fc.boolean(),
  });

  test('lands as it was measured, whichever way it is sorted', async () => {
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Prague',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    await fc.assert(
      fc.asyncProperty(night, async ({ minutes, registers, order, backwards }) => {
        const start = Date.UTC(2024, 9, 26, 20);
        const rows = Array.from({ length: (12 * 60) / minutes }, (_, i) => start + i * minutes * 60_000).flatMap(
          (time) =>
            ['m1', 'm2'].flatMap((meter) =>
              registers.map((register) => ({ time, meter, register, wall: clock.format(time) })),
            ),
        );
        if (order === 'wall') rows.sort((a, b) => (a.wall < b.wall ? -1 : a.wall > b.wall ? 1 : a.time - b.time));
        if (order === 'meter') rows.sort((a, b) => a.meter.localeCompare(b.meter) || a.time - b.time);
        if (backwards) rows.reverse();
        const lines = rows.map(({ wall, meter, register }, i) => `${wall},${meter},${register},${i}`);
        const report = await readLong({}, `From,Meter,Register,kWh\n${lines.join('\n')}\n`);
        expect(said(report)).toBe('');
        expect(await times('kWh')).toEqual(rows.map(({ time }) => new Date(time).toISOString().slice(0, 16)));
      }),
      { numRuns: 36, examples: [[{ minutes: 15, registers: ['in', 'out'], order: 'wall', backwards: true }]] },
    );
  });
});
