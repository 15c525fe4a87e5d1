import { UnreadableFile } from '../report/report';
import { cellText, type Row, type RowCells } from '../text/rows';

/** Reads a column of names: the same few in many rows. */
export interface TextColumn {
  /** In the order in which they came. */
  readonly dictionary: readonly string[];
  /** How often each was read. */
  readonly rows: readonly number[];
  /** Place of a cell's text in the dictionary. White space around it is left out. */
  code(row: Row, cells: RowCells): number;
}

/** A column with more texts does not hold names, and would not fit in memory. */
const MOST_TEXTS = 10_000;

/** @param at the column's position, from 0 */
export function textColumn(label: string, at: number): TextColumn {
  const dictionary: string[] = [];
  const rows: number[] = [];
  // By the bytes as they stand, so that a text is decoded once.
  const codes = new Map<string, number>();
  const places = new Map<string, number>();
  return {
    dictionary,
    rows,
    code(row, cells) {
      const raw = row.bytes.toString('latin1', cells.starts[at]!, cells.ends[at]!);
      const known = codes.get(raw);
      if (known !== undefined) {
        rows[known]!++;
        return known;
      }
      const text = cellText(row, cells, at).trim().normalize('NFC');
      const place = places.get(text) ?? dictionary.length;
      if (place === dictionary.length) {
        if (place === MOST_TEXTS) throw tooManyTexts(label, row.line);
        dictionary.push(text);
        places.set(text, place);
      }
      rows[place] = (rows[place] ?? 0) + 1;
      if (codes.size < 2 * MOST_TEXTS) codes.set(raw, place);
      return place;
    },
  };
}

function tooManyTexts(label: string, line: number): UnreadableFile {
  return new UnreadableFile({
    code: 'too-many-names',
    line,
    column: label,
    found: `more than ${MOST_TEXTS} different texts`,
    expected: 'names of sensors, locations or quantities',
    message: 'the column holds something other than names',
    fix: 'check which column names the sensor',
  });
}
