import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { readDecimal } from '../cells/decimal';
import { skipWhite, skipWhiteBack } from '../cells/time-cell';
import { openNumberReader } from '../cells/written-number';
import { acceptanceOf } from '../header/finding-id';
import type { Header } from '../header/header';
import type { RowPlan } from '../header/row-plan';
import type { Problem } from '../report/report';
import { isBlank, isBlankRow, type Row, type RowCells } from '../text/rows';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { watchTimes } from './rejected-times';
import { ALMOST_ALL, type Cause, LEAST_ROWS } from './rejection-cause';

/**
 * One cause that explains nearly all unreadable rows: another date format, or another decimal mark. Reads the file,
 * already refused, once more.
 */
export async function causesOfRejections(
  file: TextFile,
  { headerLine, header, format, datasource }: RowPlan,
): Promise<Cause[]> {
  const times = watchTimes(format, header, datasource);
  const numbers = watchNumbers(header, datasource);
  let rows = 0;
  await visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined || isBlankRow(row, file.delimiter)) return true;
    rows++;
    times.see(row, cells);
    numbers.see(row, cells);
    return true;
  });
  return [times.cause(rows), numbers.cause(rows)].filter((cause) => cause !== undefined);
}

function watchNumbers(header: Header, datasource: Datasource) {
  const { width } = header;
  const declared = datasource.decimal.charCodeAt(0);
  const otherText = datasource.decimal === '.' ? ',' : '.';
  const other = otherText.charCodeAt(0);
  const delimiter = datasource.delimiter.charCodeAt(0);
  const positions = header.roles.flatMap((role, at) => (role.kind === 'value' ? [at] : []));
  const nulls = new Set(datasource.nullValues);
  const written = openNumberReader(datasource);
  let asDeclared = 0;
  let asOther = 0;
  let neither = 0;
  let split = 0;
  let first: { readonly line: number; readonly text: string; readonly column: string } | undefined;
  return {
    see(row: Row, cells: RowCells) {
      if (cells.count > width && !isBlank(row.bytes, cells.starts[width]!, row.end, delimiter)) {
        // Each decimal comma is one more delimiter.
        if (delimiter === other && cells.count <= header.widthWithUnnamed + positions.length) split++;
        first ??= { line: row.line, text: row.bytes.toString('utf8', row.start, row.end), column: '' };
        return;
      }
      for (const at of positions) {
        if (at >= cells.count) continue;
        const start = skipWhite(row.bytes, cells.starts[at]!, cells.ends[at]!);
        const end = skipWhiteBack(row.bytes, start, cells.ends[at]!);
        if (start === end) continue;
        if (!Number.isNaN(written.read(row.bytes, start, end))) {
          if (row.bytes.subarray(start, end).includes(declared)) asDeclared++;
          continue;
        }
        const text = row.bytes.toString('utf8', start, end);
        if (nulls.has(text)) continue;
        if (Number.isNaN(readDecimal(row.bytes, start, end, other))) neither++;
        else {
          asOther++;
          first ??= { line: row.line, text, column: (header.roles[at] as { readonly label: string }).label };
        }
      }
    },
    cause(rows: number): Cause | undefined {
      if (first === undefined) return undefined;
      const found = { line: first.line, found: quoted(first.text) };
      const expected = `numbers with the decimal mark ${quoted(datasource.decimal)}`;
      const message = `numbers are written with the decimal mark ${quoted(otherText)}`;
      if (split >= LEAST_ROWS && split >= ALMOST_ALL * rows) {
        const problem: Problem = {
          ...found,
          code: 'decimal-changed',
          expected,
          message: `${message}, which is also the delimiter`,
          evidence: `${split} of ${rows} rows have more cells than the header`,
          fix: `export the file with the decimal mark ${quoted(datasource.decimal)}, or with semicolons between the columns`,
        };
        return { problem, count: split };
      }
      if (asOther < LEAST_ROWS || asDeclared > 0 || neither > 0) return undefined;
      const problem: Problem = {
        ...found,
        code: 'decimal-changed',
        column: first.column,
        expected,
        message,
        evidence: `${asOther} cells have ${quoted(otherText)}, none has ${quoted(datasource.decimal)}`,
        fix: `export the file as before, or declare the decimal mark ${quoted(otherText)}`,
        // A decimal mark that also groups digits would be a mistake of the row.
        ...(otherText === datasource.thousands
          ? {}
          : {
              accept: acceptanceOf('decimal-changed', undefined, [
                { kind: 'set', seed: 'datasources_config', column: 'decimal', from: datasource.decimal, to: otherText },
              ]),
            }),
      };
      return { problem, count: asOther };
    },
  };
}
