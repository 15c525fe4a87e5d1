import { type Finding, quoted } from '../findings/finding';
import { checkFormat } from '../time/datetime-formats';
import { openZone } from '../time/zone';
import { isApiAddress } from './api-settings';
import { complainTo, listOf } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Takes the pointers out of `temp=main.temp`, so that only labels remain; delimited text has none. */
export function withLabels(row: SeedRow): { readonly row: SeedRow; readonly pointers: ReadonlyMap<string, string> } {
  const pointers = new Map<string, string>();
  if (row.type === 'csv') return { row, pointers };
  const labels = listOf(row.required_columns).map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) return text;
    pointers.set(text.slice(0, at).trim(), text.slice(at + 1).trim());
    return text.slice(0, at).trim();
  });
  return { row: { ...row, required_columns: labels.join(';') }, pointers };
}

/** The time is in the required column that comes first, if nothing else is said. */
export function timeColumnsOf(row: SeedRow): string[] {
  const given = listOf(row.time_columns);
  return given.length > 0 ? given : listOf(row.required_columns).slice(0, 1);
}

export const formatsOf = (row: SeedRow) => String(row.datetime_format || '%Y-%m-%d %H:%M:%S').split('|');
export const timezoneOf = (row: SeedRow) => String(row.timezone || 'UTC');
export const delimiterOf = (row: SeedRow) => (row.delimiter === 'tab' ? '\t' : String(row.delimiter || ','));
export const decimalOf = (row: SeedRow) => (row.decimal || '.') as '.' | ',';

/** How the numbers, times and line ends of a source deviate from the plainest export; each field has its default. */
export interface WritingHabits {
  /** `optional`: the last row may lack its line end and is believed nevertheless. */
  readonly finalLineEnd: 'required' | 'optional';
  /** The mark that groups digits by three; '' if there is none. `space` is a space of any width, breaking or not. */
  readonly thousands: '' | 'space' | "'" | '.' | ',';
  /** Whether a time is the start or the end of the interval that its row covers. */
  readonly timeLabel: 'start' | 'end';
  /** Length of that interval in milliseconds, if it is declared. */
  readonly interval: number | undefined;
  /** What `%Z` reads → offset from UTC in milliseconds (east is positive). */
  readonly zoneNames: ReadonlyMap<string, number>;
  /** Units that may come after a number in its cell. */
  readonly cellUnits: readonly string[];
}

/** No place is farther from UTC: 14 hours east (Line Islands). */
const MOST_OFFSET = 14 * 3_600_000;
const INTERVAL_UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a text such as 15m; undefined if it is empty. */
export function intervalOfText(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * INTERVAL_UNITS[unit]!;
}

export function writingHabitsOf(row: SeedRow): WritingHabits {
  return {
    finalLineEnd: (row.final_line_end || 'required') as WritingHabits['finalLineEnd'],
    thousands: String(row.thousands ?? '') as WritingHabits['thousands'],
    timeLabel: (row.time_label || 'start') as WritingHabits['timeLabel'],
    interval: intervalOfText(String(row.interval ?? '')),
    zoneNames: new Map(
      listOf(row.zone_names).map((pair) => {
        const [name, sign, hours, minutes] = /^(\w+)=([+-])(\d\d):(\d\d)$/.exec(pair)!.slice(1) as [
          string,
          string,
          string,
          string,
        ];
        return [name, (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000];
      }),
    ),
    cellUnits: listOf(row.cell_units).map((unit) => unit.normalize('NFC')),
  };
}

/** Defaults of a source. */
export const PLAIN_HABITS: WritingHabits = {
  finalLineEnd: 'required',
  thousands: '',
  timeLabel: 'start',
  interval: undefined,
  zoneNames: new Map(),
  cellUnits: [],
};

type ComplainOfField = (column: string, message: string, expected: string, fix: string, found?: string) => void;

/** Complains of the formats of times, and of fields that say more about them and contradict them. */
function checkTimes(row: SeedRow, complain: ComplainOfField): void {
  const { zoneNames, timeLabel, interval } = writingHabitsOf(row);
  const wrongNames = listOf(row.zone_names).filter((pair, i, all) => {
    const [name, offset] = pair.split('=') as [string, string];
    const isRepeated = all.some((other, j) => j < i && other.startsWith(`${name}=`));
    return isRepeated || Math.abs(zoneNames.get(name)!) > MOST_OFFSET || Number(offset.slice(-2)) > 59;
  });
  if (wrongNames.length > 0) {
    const expected = 'each name once, with an offset of at most 14 hours';
    complain('zone_names', 'a zone name has no valid offset', expected, `give ${expected}`, wrongNames.join(';'));
  }
  const readsNames = formatsOf(row).some((format) => format.includes('%Z'));
  for (const format of formatsOf(row)) {
    if (format.includes('%Z') && zoneNames.size === 0) continue;
    try {
      checkFormat(format, zoneNames);
    } catch (error) {
      const known =
        'a date and time of %Y %y %m %b %d %H %I %p %M %S %a %Z %z, iso, or %s or %Q for seconds or milliseconds since 1970';
      complain('datetime_format', (error as Error).message, known, `write it as ${known}`, format);
    }
  }
  const names = 'names of zones and their offsets from UTC, such as CET=+01:00;CEST=+02:00';
  if (readsNames && zoneNames.size === 0) {
    complain('zone_names', '%Z in datetime_format needs zone_names', names, `declare ${names}`);
  } else if (!readsNames && zoneNames.size > 0) {
    const fix = 'write %Z in datetime_format where the name is, or leave zone_names empty';
    complain('zone_names', 'zone_names are read by %Z, which no datetime_format has', 'a datetime_format with %Z', fix);
  }
  if (timeLabel === 'start' && interval !== undefined) {
    const fix = 'declare end if times are the end of their interval, or leave interval empty';
    complain('time_label', 'interval is only for times that mark its end', 'end', fix, 'start');
  }
}

/** Complains of the fields of a row that cannot be used. */
export function checkFields(row: SeedRow, findings: Finding[]): void {
  const complain = (column: string, message: string, expected: string, fix: string, found = String(row[column])) =>
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column,
      found: quoted(found),
      expected,
      message,
      fix,
    });
  const isAddress = /^https:\/\//.test(String(row.location));
  if (row.type === 'api' && !isApiAddress(String(row.location))) {
    const fix = 'write only the address; what to ask belongs in seeds/apis, and names its secrets there';
    // The invalid part may be a secret.
    const found = /[@?#]/.test(String(row.location)) ? 'more than a host and a path' : undefined;
    complain('location', 'the location of an API is not a plain address', 'https://host/path', fix, found);
  } else if (row.type !== 'api' && isAddress) {
    complain('location', 'only the type api can read an address', 'a remote and a folder', 'set type to api');
  }
  if (row.type === 'api' && !String(row.file_pattern).includes('*')) {
    complain(
      'file_pattern',
      'answers need names of their own',
      'a name with *',
      'write it with *, such as weather_*.json',
    );
  }
  try {
    openZone(timezoneOf(row));
  } catch {
    const name = 'an IANA name such as Europe/Prague';
    complain('timezone', 'the time zone is unknown', name, `give ${name}`);
  }
  checkTimes(row, complain);
  const timeColumns = timeColumnsOf(row);
  if (timeColumns.length === 0) {
    const fix = 'name the time column, or list it first in required_columns';
    complain('time_columns', 'no column holds the time', 'one or two labels', fix);
  }
  if (timeColumns.length > 2) {
    complain('time_columns', 'more than two columns hold the time', 'one or two labels', 'give one or two columns');
  }
  if (row.thousands === decimalOf(row)) {
    const message = 'the decimal mark also groups the digits';
    complain('thousands', message, 'two different characters', 'correct thousands or decimal');
  }
  const unfit = listOf(row.cell_units).find((unit) => /^[\d.,'+\u2212-]/.test(unit));
  if (unfit !== undefined) {
    const expected = 'units such as °C;%';
    complain('cell_units', 'a unit could be a part of the number', expected, 'write the unit alone', unfit);
  }
}
