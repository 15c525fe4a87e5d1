import { fileURLToPath } from 'node:url';
import type { Given } from '@sensor-warehouse/warehouse/onboarding/given';

/** An export of the field: its file below this folder, and what a person says of it. */
export interface Case {
  /** The folder of the case. */
  readonly name: string;
  readonly file: string;
  /** Why it is here, as a sentence about what happens. */
  readonly sentence: string;
  /** What a person gives besides the location. */
  readonly given: Given;
  /** Files that lie beside it among the uploads. */
  readonly beside?: readonly string[];
}

/** An export with a question that nothing but a person answers. */
export interface Asked extends Case {
  /** What the question says, with the option that answers it. */
  readonly says: RegExp;
}

const ROOM = ['Temperature=temp_indoor@room', 'Humidity=humidity_indoor@room'];
const UTC = ['UTC'];
const PRAGUE = ['Europe/Prague'];

/** Each is published as its `<file>.hours.csv` says, which was computed by a program that shares nothing with ours. */
export const READ: readonly Case[] = [
  {
    name: 'ampm-times-become-sensors',
    file: 'ampm_two_yes.csv',
    sentence: 'a 12-hour clock beside a date is the time, not a sensor',
    given: { timezone: PRAGUE, column: ['Relative Humidity (%)=humidity_indoor'] },
  },
  {
    name: 'ampm-times-become-sensors',
    file: 'ampm_two_wide.csv',
    sentence: 'a 12-hour clock beside a date is the time, not a column to ignore',
    given: { timezone: PRAGUE, layout: ['wide'], column: ROOM },
  },
  {
    name: 'co2-becomes-co',
    file: 'subscript.csv',
    sentence: 'CO₂ is co2 and NO₂ is no2',
    given: { timezone: UTC },
  },
  {
    name: 'declared-format-not-tried',
    file: 'spaces.csv',
    sentence: 'a declared format finds the table: three blanks between date and time',
    given: {
      timezone: UTC,
      'time-column': ['Time'],
      'datetime-format': ['%d/%m/%Y   %H:%M'],
      column: ['Temperature=temp_indoor@room', 'Hum=humidity_indoor@room'],
    },
  },
  {
    name: 'declared-format-not-tried',
    file: 'hour24_two.csv',
    sentence: 'a declared format finds the table: a date and an hour from 1 to 24, its label at the start',
    given: {
      timezone: UTC,
      'time-column': ['DATE', 'HH'],
      'datetime-format': ['%Y%m%d %H'],
      'time-label': ['start'],
      column: ROOM,
    },
  },
  {
    name: 'dst-passes-interleaved',
    file: 'dst15_long_2024.csv',
    sentence: 'both passes of the doubled hour side by side are two hours, in a long table',
    given: {
      timezone: PRAGUE,
      layout: ['long'],
      'sensor-column': ['Meter'],
      'quantity-column': ['Register'],
      'value-column': ['kWh'],
      sensor: ['M1=m1'],
      column: ['in=e_in', 'out=e_out'],
      'data-key': ['e_in=kWh;energy;additive;0;', 'e_out=kWh;energy;additive;0;'],
    },
  },
  {
    name: 'dst-passes-interleaved',
    file: 'dst15_wide_2024.csv',
    sentence: 'both passes of the doubled hour side by side are two hours, in a wide table',
    given: { timezone: PRAGUE, column: ROOM },
  },
  {
    name: 'duplicate-or-blank-labels',
    file: 'dup_ignored.csv',
    sentence: 'a label that occurs twice and is ignored refuses nothing',
    given: { timezone: UTC, column: ROOM, ignore: ['Unit'] },
  },
  {
    name: 'duplicate-or-blank-labels',
    file: 'blank_label.csv',
    sentence: 'a column without a name is ignored by its place',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'duplicate-or-blank-labels',
    file: 'blank_index_time.csv',
    sentence: 'the time may be in a column without a name',
    given: { column: ROOM },
  },
  {
    name: 'duplicate-or-blank-labels',
    file: 'influx_annotated.csv',
    sentence: 'annotated CSV of InfluxDB is a source, with a header for each table',
    given: {
      layout: ['long'],
      'sensor-column': ['room'],
      'quantity-column': ['_field'],
      'value-column': ['_value'],
      'time-column': ['_time'],
      column: ['temperature=temp_indoor', 'humidity=humidity_indoor'],
      sensor: ['kitchen=kitchen', 'hall=hall'],
      ignore: ['table'],
      'null-value': ['_value', 'table'],
    },
  },
  {
    name: 'energy-guessed-as-mean',
    file: 'energy_yes.csv',
    sentence: 'energy of intervals is summed when a person says so',
    given: { timezone: UTC, kind: ['Energy (Wh)=interval'] },
  },
  {
    name: 'exponent-numbers',
    file: 'exponent.csv',
    sentence: 'exponents are numbers',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'ha-text-states',
    file: 'ha_mixed.csv',
    sentence: 'a sensor of words in the history of Home Assistant is left out by its name',
    given: {
      sensor: ['sensor.living_temperature=living'],
      ignore: ['binary_sensor.door'],
      column: ['state=temp_indoor'],
    },
  },
  {
    name: 'hidden-files-hold-the-source',
    file: 'appledouble_1.csv',
    sentence: 'a hidden file of macOS beside the export holds nothing',
    given: { timezone: UTC, pattern: ['*appledouble_*.csv'], column: ROOM },
    beside: ['._appledouble_1.csv'],
  },
  {
    name: 'interval-end-labels',
    file: 'end_label.csv',
    sentence: 'the end of an interval is counted in the hour that it ends',
    given: {
      timezone: UTC,
      'time-label': ['end'],
      column: ['Energy=energy_used@home'],
      'data-key': ['energy_used=kWh;energy;additive;0;'],
    },
  },
  {
    name: 'no-dst-clock-shifts-summer',
    file: 'no_dst_clock_20240402.csv',
    sentence: 'a clock that keeps standard time is read in its own zone',
    given: { timezone: ['Etc/GMT-1'], column: ROOM },
  },
  {
    name: 'no-final-newline',
    file: 'no_final_newline.csv',
    sentence: 'the last row lacks its line end and is believed when a person says so',
    given: { timezone: UTC, column: ROOM, 'final-line-end': ['optional'] },
  },
  {
    name: 'odd-but-readable-numbers',
    file: 'nbsp_cell.csv',
    sentence: 'no-break spaces around a number are blanks',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'odd-but-readable-numbers',
    file: 'unicode_minus.csv',
    sentence: 'U+2212 is a minus',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'odd-but-readable-numbers',
    file: 'thousands_nbsp.csv',
    sentence: 'declared grouping marks are read',
    given: {
      timezone: UTC,
      thousands: ['space'],
      column: ['Power (W)=power@room', 'Temperature=temp_indoor@room'],
      'data-key': ['power=W;power;nonadditive;0;'],
    },
  },
  {
    name: 'preamble-with-date',
    file: 'preamble_date.csv',
    sentence: 'a date above the header begins no table',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'preamble-with-date',
    file: 'preamble_date2.csv',
    sentence: 'a date above the header begins no table, in lines as wide as the rows',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'quoted-decimal-comma',
    file: 'quoted_comma.csv',
    sentence: 'commas between columns and in quoted numbers are both read',
    given: { timezone: UTC, column: ROOM, decimal: [','] },
  },
  {
    name: 'range-cuts-the-sample',
    file: 'hot_water.csv',
    sentence: 'a proposed range holds every reading of the sample',
    given: { timezone: UTC },
  },
  {
    name: 'repeated-header',
    file: 'repeated_header.csv',
    sentence: 'the same header again is left out',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'twelve-hour-times',
    file: 'ampm_one.csv',
    sentence: 'a 12-hour clock is read',
    given: { timezone: UTC, column: ROOM },
  },
  {
    name: 'unit-in-cells-left-out',
    file: 'unit_in_cell2.csv',
    sentence: 'a unit after each number is read when a person maps the column',
    given: { timezone: UTC, column: ['Temperature (°C)=temp_indoor@unit_in_cell2'] },
  },
  {
    name: 'zone-names-in-times',
    file: 'zone_name.csv',
    sentence: 'names of zones after the times tell both passes of the doubled hour apart',
    given: { timezone: PRAGUE, column: ROOM, 'zone-name': ['CET=+01:00', 'CEST=+02:00'] },
  },
];

/** What would be published wrongly if it were guessed. */
export const ASKED: readonly Asked[] = [
  {
    name: 'energy-guessed-as-mean',
    file: 'energy_yes.csv',
    sentence: 'whether an energy is the amount of an interval or the reading of a meter',
    given: { timezone: UTC },
    says: /--kind 'Energy \(Wh\)='.*interval.*counter/,
  },
  {
    name: 'counter-summed',
    file: 'counter_additive.csv',
    sentence: 'whether numbers that never fall are a meter, though they are declared additive',
    given: {
      timezone: UTC,
      column: ['Import kWh=energy_used@home'],
      'data-key': ['energy_used=kWh;energy;additive;0;'],
    },
    says: /--kind 'Import kWh='.*never fall.*meter.*docs\/models\.md/,
  },
  {
    name: 'counter-summed',
    file: 'counter_additive.csv',
    sentence: 'whether numbers that never fall are a meter, though they are declared nonadditive',
    given: {
      timezone: UTC,
      column: ['Import kWh=energy_used@home'],
      'data-key': ['energy_used=kWh;energy;nonadditive;0;'],
    },
    says: /--kind 'Import kWh='.*never fall.*meter/,
  },
  {
    name: 'wind-direction-mean',
    file: 'wind_dir.csv',
    sentence: 'what to do with directions, which have no mean',
    given: {
      timezone: UTC,
      column: ['Wind direction (°)=wind_dir@mast', 'Temperature=temp_ambient@mast'],
      'data-key': ['wind_dir=°;direction;nonadditive;0;360'],
    },
    says: /--kind 'Wind direction \(°\)='.*an angle has no mean.*docs\/models\.md/,
  },
  {
    name: 'interval-end-labels',
    file: 'end_label.csv',
    sentence: 'whether a time is the start or the end, where its label says that it is the end',
    given: {
      timezone: UTC,
      column: ['Energy=energy_used@home'],
      'data-key': ['energy_used=kWh;energy;additive;0;'],
    },
    says: /--time-label .*possible: end {2}start/,
  },
  {
    name: 'declared-format-not-tried',
    file: 'hour24_two.csv',
    sentence: 'whether a time is the start or the end, where hours go from 1 to 24',
    given: {
      timezone: UTC,
      'time-column': ['DATE', 'HH'],
      'datetime-format': ['%Y%m%d %H'],
      column: ROOM,
    },
    says: /--time-label /,
  },
  {
    name: 'no-final-newline',
    file: 'no_final_newline.csv',
    sentence: 'whether a last row without its line end is whole',
    given: { timezone: UTC, column: ROOM },
    says: /--final-line-end /,
  },
  {
    name: 'unit-in-cells-left-out',
    file: 'unit_in_cell2.csv',
    sentence: 'what a column is whose numbers have a unit after them',
    given: { timezone: UTC },
    says: /--column 'Temperature \(°C\)=/,
  },
  {
    name: 'odd-but-readable-numbers',
    file: 'thousands_nbsp.csv',
    sentence: 'what groups the digits',
    given: {
      timezone: UTC,
      column: ['Power (W)=power@room', 'Temperature=temp_indoor@room'],
      'data-key': ['power=W;power;nonadditive;0;'],
    },
    says: /--thousands /,
  },
];

export function pathOf({ name, file }: Pick<Case, 'name' | 'file'>): string {
  return fileURLToPath(new URL(`./${name}/${file}`, import.meta.url));
}
