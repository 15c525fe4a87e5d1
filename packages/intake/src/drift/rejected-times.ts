import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { compileFormats, type DatetimeFormat } from '@sensor-warehouse/model/time/datetime-formats';
import { timeCells } from '../cells/time-cell';
import { acceptanceOf } from '../header/finding-id';
import type { Header } from '../header/header';
import type { Problem } from '../report/report';
import type { Row, RowCells } from '../text/rows';
import { ALMOST_ALL, type Cause, LEAST_ROWS } from './rejection-cause';

const DATES = [
  '%Y-%m-%d',
  '%d.%m.%Y',
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%m.%d.%Y',
  '%Y/%m/%d',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%Y.%m.%d',
];
const SHORT_DATES = ['%d.%m.%y', '%d/%m/%y', '%m/%d/%y'];
const NAMED_DATES = ['-', ' ', '/', '.', '. '].flatMap((mark) =>
  ['%Y', '%y'].map((year) => `%d${mark}%b${mark === '. ' ? ' ' : mark}${year}`),
);
const ALL_DATES = [...DATES, ...SHORT_DATES, ...NAMED_DATES, '%b %d, %Y', '%b %d %Y'];
const FORMATS = ALL_DATES.flatMap((date) => [
  date,
  `${date} %H:%M[:%S]`,
  `${date}T%H:%M[:%S]`,
  `${date}, %H:%M[:%S]`,
  `${date} %I:%M[:%S] %p`,
  `${date} %I:%M[:%S]%p`,
  `${date}, %I:%M[:%S] %p`,
]);

/** Formats of instants; one of them reads what none of the others does. */
const ABSOLUTE = ['iso', '%s', '%Q', ...DATES.flatMap((date) => [`${date} %H:%M:%S%z`, `${date} %H:%M:%S %z`])];

/** The blank before a zone's name, the name, and an offset after it. */
const ZONE_NAME = /\d(\s?)([A-Za-z]{3,5})([+-]\d\d:?\d\d)?$/;

/** Forms of a time that say more than a date and a time of 24 hours. */
const OTHER_TIMES: readonly (readonly [RegExp, string, string])[] = [
  [/\d(?:Z|[+-]\d\d:?\d\d)$/, 'timezone-changed', 'times with a UTC offset'],
  [/\d\s*[ap]\.?m\.?$/i, 'dateformat-changed', '12-hour times with AM and PM'],
  [ZONE_NAME, 'timezone-changed', 'times with the name of a zone'],
  [/^\d{10}(\d{3})?$/, 'dateformat-changed', 'seconds or milliseconds since 1970'],
  [/\d:\d\d(:\d\d)?[.,]\d+$/, 'dateformat-changed', 'times with fractions of a second'],
];

/** Finds one time format that explains why nearly all times could not be read. */
export function watchTimes(format: DatetimeFormat, header: Header, datasource: Datasource) {
  const timeOf = timeCells(header.timeAt);
  const last = Math.max(...header.timeAt);
  const declared = new Set(datasource.datetimeFormats);
  let open = FORMATS.filter((text) => !declared.has(text)).flatMap((text) => compileFormats([text]));
  let absolute = ABSOLUTE.filter((text) => !declared.has(text)).map((text) => ({ text, ways: compileFormats([text]) }));
  const others = OTHER_TIMES.map(() => 0);
  let unreadable = 0;
  let first: { readonly line: number; readonly text: string } | undefined;
  return {
    see(row: Row, cells: RowCells) {
      if (cells.count <= last) return;
      const { bytes, start, end } = timeOf(row, cells);
      if (!Number.isNaN(format.read(bytes, start, end))) return;
      const text = Buffer.from(bytes.subarray(start, end)).toString('utf8');
      unreadable++;
      first ??= { line: row.line, text };
      open = open.filter((one) => !Number.isNaN(one.read(bytes, start, end)));
      absolute = absolute.filter(({ ways }) => ways.some((way) => !Number.isNaN(way.read(bytes, start, end))));
      OTHER_TIMES.forEach(([pattern], i) => {
        if (pattern.test(text)) others[i]!++;
      });
    },
    cause(rows: number): Cause | undefined {
      if (first === undefined || unreadable < LEAST_ROWS || unreadable < ALMOST_ALL * rows) return undefined;
      const base = { line: first.line, column: datasource.timeColumns[0]!, found: quoted(first.text) };
      const expected = `a date and time as ${format.text}`;
      const formats = datasource.datetimeFormats.join('|');
      const [only, ...rest] = open.map(({ text }) => text);
      if (only !== undefined && rest.length === 0) {
        const problem: Problem = {
          ...base,
          code: 'dateformat-changed',
          expected,
          message: `dates and times are written as ${only}`,
          evidence: `${only} reads all ${unreadable} of them, and no other known format does`,
          fix: `export the file as before, or declare ${only} as a further datetime_format`,
          accept: acceptanceOf('dateformat-changed', undefined, [furtherFormat(formats, only)]),
        };
        return { problem, count: unreadable };
      }
      if (only !== undefined) {
        const problem: Problem = {
          ...base,
          code: 'dateformat-changed',
          expected,
          message: 'dates and times have a different format',
          evidence: `${[only, ...rest].join(' and ')} read all ${unreadable} of them`,
          fix: 'export the file as before, or declare the right datetime_format',
        };
        return { problem, count: unreadable };
      }
      const other = OTHER_TIMES.findIndex((_, i) => others[i]! >= ALMOST_ALL * unreadable);
      if (other < 0) return undefined;
      const [, code, what] = OTHER_TIMES[other]!;
      const message = `the export has ${what}`;
      const instants = absolute[0]?.text;
      const named = instants === undefined ? withZoneName(format, first.text) : undefined;
      const local = `export the file with local times as ${format.text}`;
      const fix =
        instants !== undefined
          ? `${local}, or declare ${instants} as a further datetime_format`
          : named === undefined
            ? local
            : `${local}, or declare ${named} as a further datetime_format, and the names and their offsets as zone_names`;
      const accept =
        instants === undefined
          ? {}
          : {
              evidence: `${instants} reads all ${unreadable} of them`,
              accept: acceptanceOf(code, undefined, [furtherFormat(formats, instants)]),
            };
      const problem: Problem =
        code === 'timezone-changed'
          ? {
              ...base,
              code: 'timezone-changed',
              expected: `${expected}, in ${datasource.timezone}`,
              message,
              fix,
              ...accept,
            }
          : { ...base, code: 'dateformat-changed', expected, message, fix, ...accept };
      return { problem, count: others[other]! };
    },
  };
}

/** Reads exports of before, too. */
function furtherFormat(formats: string, further: string) {
  const to = `${formats}|${further}`;
  return { kind: 'set', seed: 'datasources_config', column: 'datetime_format', from: formats, to } as const;
}

/** The format with `%Z` after it, if it reads a time that ends with the name of a zone. */
function withZoneName(format: DatetimeFormat, text: string): string | undefined {
  const [, blank, name, offset] = ZONE_NAME.exec(text) ?? [];
  if (name === undefined || format.absolute) return undefined;
  const named = `${format.text}${blank === '' ? '' : ' '}%Z${offset === undefined ? '' : '%z'}`;
  const bytes = Buffer.from(text, 'utf8');
  const [reader] = compileFormats([named], new Map([[name, 0]]));
  // Its offset may be any: only the form is asked for.
  return offset !== undefined || !Number.isNaN(reader!.read(bytes, 0, bytes.length)) ? named : undefined;
}
