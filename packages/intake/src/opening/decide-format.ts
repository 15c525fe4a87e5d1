import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { compileFormats, type DatetimeFormat } from '@sensor-warehouse/model/time/datetime-formats';
import { ownDayOf, watchFormats } from '../cells/date-order';
import { refuseSwappedDays } from '../cells/day-month-order';
import { timeCells } from '../cells/time-cell';
import type { Header } from '../header/header';
import { UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import type { Opening } from './opening';

/**
 * Finds the declared date format of a file. Reads on only while more than one is possible, in the worst case up to the
 * 13th of the month; the rest is checked when the rows are read.
 * @throws UnreadableFile if that cannot be determined, or if the file mixes formats
 */
export async function decideFormat(
  file: TextFile,
  fileName: string,
  datasource: Datasource,
  opening: Opening,
  header: Header,
): Promise<DatetimeFormat> {
  const formats = compileFormats(datasource.datetimeFormats, datasource.zoneNames);
  if (formats.length === 1) {
    await refuseSwappedDays(file, opening.headerLine, header, formats[0]!, datasource);
    return formats[0]!;
  }
  const watch = watchFormats(formats);
  const timeOf = timeCells(header.timeAt);
  const last = Math.max(...header.timeAt);
  await visitRows(file, (row, cells) => {
    if (row.line <= opening.headerLine || row.fault !== undefined || cells.count <= last) return true;
    const { bytes, start, end } = timeOf(row, cells);
    return watch.see(bytes, start, end, row.line) > 1;
  });
  const verdict = watch.decide(ownDayOf(opening.preamble.join('\n'), fileName));
  if (verdict.kind === 'decided') return verdict.format;
  throw new UnreadableFile({
    code: verdict.kind === 'mixed' ? 'dateformat-mixed' : 'dateformat-ambiguous',
    line: verdict.line,
    column: datasource.timeColumns[0]!,
    found: printable(verdict.evidence),
    expected: 'dates, steps or an export date that decide the order of day and month',
    message:
      verdict.kind === 'mixed'
        ? 'no declared date format reads the whole file'
        : 'the order of day and month cannot be determined',
    fix: 'export a longer period, or declare one datetime_format',
  });
}
