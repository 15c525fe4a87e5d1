import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { DatetimeFormat } from '@sensor-warehouse/model/time/datetime-format';
import type { Problem } from './report/report';
import type { Row, RowCells } from './text/rows';

// Problems of a row, as messages: found, expected, one thing to do.

export function extraCell(row: Row, cells: RowCells, width: number, datasource: Datasource): Problem {
  const { delimiter, decimal, thousands } = datasource;
  const isMark = delimiter === decimal || delimiter === thousands;
  return {
    code: 'extra-cell',
    column: String(width + 1),
    found: quoted(row.bytes.toString('utf8', cells.starts[width]!, row.end)),
    expected: `${width} cells`,
    message: 'the row has a cell without a column',
    fix: isMark
      ? `put numbers with ${quoted(delimiter)} in quotation marks, because it also separates the columns, or export the file again`
      : 'correct the row, or export the file again',
  };
}

/** 23.4 at the end of a file may be 23.45. */
export function maybeCutOff(text: string): Problem {
  return {
    code: 'truncated-row',
    found: quoted(text),
    expected: 'a line end after the last row',
    message: 'the last row has no line end: it may be cut off, and was quarantined',
    fix: 'nothing to do if the next export has the whole row; set final_line_end to optional in seeds/datasources_config.csv if exports of the source never end with one',
  };
}

export function mixedFormats(
  line: number,
  text: string,
  format: DatetimeFormat,
  other: DatetimeFormat,
  datasource: Datasource,
): Problem {
  return {
    code: 'dateformat-mixed',
    line,
    column: datasource.timeColumns[0]!,
    found: quoted(text),
    expected: `a date and time as ${format.text}, as in the rows before`,
    message: `the file mixes date formats: this time is written as ${other.text}`,
    fix: 'export the file again with one date format',
  };
}

export function unreadableTime(text: string, format: DatetimeFormat, datasource: Datasource): Problem {
  return {
    code: 'type-error',
    column: datasource.timeColumns[0]!,
    found: quoted(text),
    expected: `a date and time as ${format.text}`,
    message: 'the time cannot be read, or does not exist',
    fix: 'correct the row, or export the file again',
  };
}

export function undeclaredZone(text: string, name: string, { timeColumns, zoneNames }: Datasource): Problem {
  return {
    code: 'zone-name-undeclared',
    column: timeColumns[0]!,
    found: quoted(text),
    expected: `a time with one of the names ${[...zoneNames.keys()].join(', ')}`,
    message: `the zone ${quoted(name)} is not declared`,
    fix: `add ${name} and its offset from UTC to zone_names`,
  };
}

export function implausibleTime(text: string, datasource: Datasource): Problem {
  return {
    code: 'implausible-time',
    column: datasource.timeColumns[0]!,
    found: quoted(text),
    expected: 'a time since 2000 and at most a day after now',
    message: 'the clock of the sensor was wrong',
    fix: 'set the clock of the sensor, and remove the row',
  };
}

export function timeInGap(text: string, datasource: Datasource): Problem {
  return {
    code: 'timezone-nonexistent',
    column: datasource.timeColumns[0]!,
    found: quoted(text),
    expected: `times that exist in ${datasource.timezone}`,
    message: 'times inside the hour that the clocks skip in spring were quarantined',
    fix: 'set the device’s clock to follow daylight saving time',
  };
}

export function unnamed(label: string): Problem {
  return {
    code: 'missing-cell',
    column: label,
    found: 'an empty cell',
    expected: 'a name',
    message: 'the row does not say what it belongs to',
    fix: 'correct the row, or export the file again',
  };
}
