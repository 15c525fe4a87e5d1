import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Problem } from '../report/report';
import type { FoundTable, NoTable } from './find-table';
import { blanksBetweenColumns } from './other-arrangement';
import type { DeclaredTime, UnreadClock } from './time-columns';

export function unreadable(code: Problem['code'], found: string, message: string): Problem {
  return { code, found, expected: 'a table of delimited text with a header', message, fix: 'export it again as CSV' };
}

/** What a sample lacks that has no table of times. */
export function noTable(reason: NoTable, utf8: Buffer): Problem {
  if (reason === 'no-header') {
    return {
      ...unreadable(
        'missing-header',
        'rows of data',
        'the header is missing: no line above the rows names the columns',
      ),
      fix: 'have the program write a header, a line such as Time,Temperature above the first row',
    };
  }
  const blanks = blanksBetweenColumns(utf8);
  if (blanks !== undefined) return blanks;
  return {
    ...unreadable('not-tabular', 'no rows with a date and another cell', 'the sample has no table of times'),
    expected: 'rows separated by , ; | or tabs, with a date such as 2024-10-31 14:00 in each',
    fix: 'give --delimiter, or export it with the date in numbers',
  };
}

export function noTime({ labels, rows }: FoundTable, { timeColumns, datetimeFormat }: DeclaredTime): Problem {
  const named = timeColumns ?? labels;
  const missing = named.filter((label) => !labels.includes(label));
  if (missing.length > 0)
    return {
      code: 'type-error',
      found: `no column ${missing.map(quoted).join(', ')}`,
      expected: `labels among ${labels.map(quoted).join(', ')}`,
      message: 'a time column is missing',
      fix: 'correct --time-column',
    };
  if (timeColumns !== undefined && rows.length > 0) {
    const shown = timeColumns.map((label) => rows[0]!.cells[labels.indexOf(label)] ?? '').join(' ');
    const format = datetimeFormat === undefined ? 'a known form' : `the form ${datetimeFormat}`;
    return {
      code: 'type-error',
      found: quoted(shown),
      expected: `times since 2000 and up to now in ${format}`,
      message: `the cells of ${timeColumns.map(quoted).join(' and ')} cannot be read as times`,
      fix: 'give their form with --datetime-format; two columns are joined with one space',
    };
  }
  return {
    code: 'type-error',
    found: labels.map(quoted).join(', '),
    expected: 'a column whose cells are times since 2000 and up to now, in one form',
    message: 'no column holds a time that can be read',
    fix: 'name the columns with --time-column, or export the time as 2024-10-31 14:00',
  };
}

/** A date is not a time for rows that share it, and taking it would publish all of them at midnight. */
export function unreadClock({ labels, rows }: FoundTable, { dates, clocks }: UnreadClock): Problem {
  const cells = clocks.map((label) => `${quoted(rows[0]?.cells[labels.indexOf(label)] ?? '')} in ${quoted(label)}`);
  return {
    code: 'type-error',
    found: `${cells.join(', ')} beside the date in ${quoted(dates)}`,
    expected: 'a readable time of day, because several rows have the same date',
    message: `${clocks.map(quoted).join(' and ')} ${clocks.length === 1 ? 'looks like a clock, and its form is' : 'look like clocks, and their forms are'} unknown`,
    fix: `name both columns and their form: --time-column ${quoted(dates)} --time-column ${quoted(clocks[0]!)} --datetime-format '%d.%m.%Y %H.%M'; or export the time as 2024-10-31 14:00`,
  };
}
