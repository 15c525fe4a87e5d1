import { HEADER, rooms } from '../support/contracts';
import {
  accepts,
  type BadInput,
  declaring,
  exportOf,
  GOOD,
  GOOD_ROWS,
  type LandedRow,
  lines,
  refuses,
  shifted,
} from './bad-input';

const tolerant = declaring({ rejectLimit: 1 });
const at = (...times: readonly string[]) => exportOf(...times.map((time, i) => `${time};${i};0`));
const landedAt = (...instants: readonly (string | undefined)[]): LandedRow[] =>
  instants.flatMap((instant, i) => (instant === undefined ? [] : [[`${instant}:00.000Z`, i + 2, i, 0] as const]));

/** The time cannot be read: its row is kept aside, and refuses the file where no limit is declared. */
function noTime(time: string, sentence = `${time} is not a time`): BadInput[] {
  const bytes = at(time, '23.11.2026 09:00:00');
  return [
    accepts(`${sentence}: its row is kept aside`, bytes, {
      contract: tolerant,
      landed: landedAt(undefined, '2026-11-23T08:00'),
      quarantined: ['2 type-error'],
      findings: ['warning type-error 2:Date ×1'],
    }),
    refuses(`${sentence}, and refuses the file where no row may be kept aside`, bytes, {
      findings: ['error type-error 2:Date ×1'],
      lines: 2,
    }),
  ];
}

const implausible = (time: string, why: string): BadInput =>
  accepts(`${time} is a clock that was wrong (${why})`, at(time, '23.11.2026 09:00:00'), {
    contract: tolerant,
    landed: landedAt(undefined, '2026-11-23T08:00'),
    quarantined: ['2 implausible-time'],
    findings: ['warning implausible-time 2:Date ×1'],
  });

const declared = (format: string, time: string): BadInput =>
  accepts(`${time} is read where ${format} is declared`, at(time), {
    contract: declaring({ datetimeFormats: [format] }),
    landed: landedAt('2026-11-23T07:05'),
  });

const room = (...rows: readonly string[]) =>
  lines('Timestamp', 'Date,Time,Temperature_Celsius,Relative_Humidity(%)', ...rows.map((row) => `${row},20,45`));
const roomAt = (...instants: readonly string[]): LandedRow[] =>
  instants.map((instant, i) => [`${instant}:00.000Z`, i + 3, 20, 45]);
const withoutDate = { contract: rooms, fileName: 'ThermoProSensor_export_493D.csv' };

/** Dates, times, and the two nights in which the clocks change. */
export const times: readonly BadInput[] = [
  ...noTime('31.02.2026 08:00:00', 'the 31st of February is not a date, and never the 3rd of March'),
  ...noTime('00.00.0000 00:00:00', 'a date of zeros is not a date'),
  ...noTime('29.02.2027 08:00:00', 'the 29th of February of a common year is not a date'),
  accepts('the 29th of February of a leap year is a date', at('29.02.2024 08:00:00'), {
    landed: landedAt('2024-02-29T07:00'),
  }),
  accepts('24:00 is the midnight that ends the day', at('23.11.2026 24:00:00'), {
    landed: landedAt('2026-11-23T23:00'),
  }),
  ...noTime('23.11.2026 24:00:01'),
  ...noTime('23.11.2026 23:59:60', 'a leap second is not a time'),
  accepts(
    'a time that the clocks skip in spring is kept aside, whatever the limit',
    at('28.03.2027 01:30:00', '28.03.2027 02:30:00', '28.03.2027 03:30:00'),
    {
      landed: landedAt('2027-03-28T00:30', undefined, '2027-03-28T01:30'),
      quarantined: ['3 timezone-nonexistent'],
      findings: ['warning timezone-nonexistent 3:Date ×1'],
    },
  ),
  accepts(
    'the hour that the clocks repeat in autumn is distinguished by the step back',
    at(
      '25.10.2026 02:00:00',
      '25.10.2026 02:30:00',
      '25.10.2026 02:00:00',
      '25.10.2026 02:30:00',
      '25.10.2026 03:00:00',
    ),
    {
      landed: landedAt(
        '2026-10-25T00:00',
        '2026-10-25T00:30',
        '2026-10-25T01:00',
        '2026-10-25T01:30',
        '2026-10-25T02:00',
      ),
    },
  ),
  accepts(
    'the same holds for an export with the newest row first',
    at(
      '25.10.2026 03:00:00',
      '25.10.2026 02:30:00',
      '25.10.2026 02:00:00',
      '25.10.2026 02:30:00',
      '25.10.2026 02:00:00',
      '25.10.2026 01:30:00',
    ),
    {
      landed: landedAt(
        '2026-10-25T02:00',
        '2026-10-25T01:30',
        '2026-10-25T01:00',
        '2026-10-25T00:30',
        '2026-10-25T00:00',
        '2026-10-24T23:30',
      ),
    },
  ),
  accepts(
    'the repeated hour without a step is the reading of fewest gaps',
    at('25.10.2026 01:00:00', '25.10.2026 01:30:00', '25.10.2026 02:00:00', '25.10.2026 02:30:00'),
    {
      landed: landedAt('2026-10-24T23:00', '2026-10-24T23:30', '2026-10-25T00:00', '2026-10-25T00:30'),
    },
  ),
  accepts(
    'the repeated hour that nothing decides is the first pass, with a warning',
    at('25.10.2026 02:00:00', '25.10.2026 02:30:00'),
    {
      landed: landedAt('2026-10-25T00:00', '2026-10-25T00:30'),
      findings: ['warning timezone-ambiguous 2:Date ×2'],
    },
  ),
  ...noTime('2026-11-23T08:00:00Z', 'a time with Z'),
  ...noTime('2026-11-23T08:00:00+01:00', 'a time with its offset'),
  refuses(
    'times with and without Z in one file are not guessed at',
    lines(HEADER, '2026-11-23T08:00:00Z;0;0', '2026-11-23T09:00:00;0;0'),
    {
      contract: declaring({ datetimeFormats: ['%Y-%m-%dT%H:%M:%SZ'], timezone: 'UTC' }),
      findings: ['error type-error 3:Date ×1'],
      found: /09:00:00"$/,
      lines: 2,
    },
  ),
  accepts('Z is a literal of a source whose time zone is UTC', lines(HEADER, '2026-11-23T08:00:00Z;0;0'), {
    contract: declaring({ datetimeFormats: ['%Y-%m-%dT%H:%M:%SZ'], timezone: 'UTC' }),
    landed: landedAt('2026-11-23T08:00'),
  }),
  ...noTime('23.11.26 08:00:00', 'a year of two digits is not one of four'),
  declared('%d.%m.%y %H:%M:%S', '23.11.26 08:05:00'),
  ...noTime('1795417500', 'seconds since 1970 are not a declared time'),
  ...noTime('1795417500000', 'milliseconds since 1970 are not a declared time'),
  ...noTime('1795417500000000', 'microseconds since 1970 are not a declared time'),
  ...noTime('1795417500000000000', 'nanoseconds since 1970 are not a declared time'),
  ...noTime('46349,33', "Excel's number of a day is not a declared time"),
  implausible('01.01.1970 00:00:00', 'it was never set'),
  implausible('31.12.1999 23:59:59', 'before there were such sensors'),
  implausible('23.11.2099 08:00:00', 'far in the future'),
  implausible('02.06.2027 02:00:01', 'more than a day after now'),
  accepts('a time up to a day after now is believed', at('02.06.2027 02:00:00'), {
    landed: landedAt('2027-06-02T00:00'),
  }),
  refuses(
    'two orders of day and month in one file are refused where the second begins',
    room('23/11/2026,8:00', '11/24/2026,8:00'),
    {
      contract: rooms,
      findings: ['error dateformat-mixed 4:Date ×1'],
      found: /11\/24\/2026/,
      lines: 2,
    },
  ),
  accepts('a date that cannot be the other way round decides the order', room('10/13/2026,8:00', '11/12/2026,8:00'), {
    contract: rooms,
    landed: roomAt('2026-10-13T06:00', '2026-11-12T07:00'),
  }),
  accepts(
    'steps of a month between rows decide against an order',
    room('11/10/2026,8:00', '11/11/2026,8:00', '11/12/2026,8:00'),
    {
      ...withoutDate,
      landed: roomAt('2026-11-10T07:00', '2026-11-11T07:00', '2026-11-12T07:00'),
    },
  ),
  accepts('the date of the export decides the order of a single day', room('11/12/2026,8:00', '11/12/2026,9:00'), {
    contract: rooms,
    fileName: 'ThermoProSensor_export_493D_20261112.csv',
    landed: roomAt('2026-11-12T07:00', '2026-11-12T08:00'),
  }),
  refuses('an order of day and month that nothing decides is refused', room('11/12/2026,8:00', '11/12/2026,9:00'), {
    ...withoutDate,
    findings: ['error dateformat-ambiguous 4:Date ×1'],
    lines: 2,
  }),
  accepts('a day that reads alike in both orders needs no decision', room('11/11/2026,8:00', '11/11/2026,9:00'), {
    ...withoutDate,
    landed: roomAt('2026-11-11T07:00', '2026-11-11T08:00'),
  }),
  ...noTime('2026-W47', 'a week is not a time'),
  ...noTime('23. listopadu 2026 8:05', 'the name of a Czech month is not a declared part of a time'),
  declared('%d. %m. %Y %H:%M', '23. 11. 2026 8:05'),
  declared('%Y-%m-%dT%H:%M[:%S]', '2026-11-23T08:05'),
  declared('%H:%M %m/%d/%Y', '8:05 11/23/2026'),
  accepts(
    'rows out of order land in the order of the file',
    at('23.11.2026 09:00:00', '23.11.2026 08:00:00', '23.11.2026 10:00:00'),
    {
      landed: landedAt('2026-11-23T08:00', '2026-11-23T07:00', '2026-11-23T09:00'),
    },
  ),
  accepts('a row that is repeated lands twice, to be counted where keys are merged', exportOf(GOOD[0], GOOD[0]), {
    landed: [GOOD_ROWS[0]!, shifted(1)[0]!],
  }),
  accepts(
    'two values for one time land both, the later one last',
    exportOf('23.11.2026 08:00:00;4,5;21', '23.11.2026 08:00:00;4,9;21'),
    {
      landed: [GOOD_ROWS[0]!, ['2026-11-23T07:00:00.000Z', 3, 4.9, 21]],
    },
  ),
];
