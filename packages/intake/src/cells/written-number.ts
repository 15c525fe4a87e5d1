import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { readDecimal } from './decimal';

/** How a source may write its numbers. */
export type WrittenForm = Pick<Datasource, 'decimal' | 'thousands' | 'cellUnits'>;

/** Reads numbers that are not plain; slower than readDecimal, which is tried first. */
export interface NumberReader {
  /** The number in `bytes[start, end)`, which has no white space around; NaN if there is none. */
  read(bytes: Uint8Array, start: number, end: number): number;
  /** The unit after the number that was read last, as it is declared; '' if there is none. */
  readonly unit: string;
}

const MINUS = /\u2212/g;
/** The marks that `thousands` may declare. */
const GROUPING: Readonly<Record<Exclude<WrittenForm['thousands'], ''>, string>> = {
  space: '[ \\u00a0\\u202f\\u2009]',
  "'": "['\\u2019]",
  '.': '\\.',
  ',': ',',
};
/** Nobody writes longer numbers. */
const LONGEST = 400;

/**
 * Opens a reader for numbers as a source declares them: with grouping marks, which come before each three digits and
 * before the decimal mark alone, never after a 0, and with a unit after. U+2212 is a minus sign anywhere.
 */
export function openNumberReader({ decimal, thousands, cellUnits }: WrittenForm): NumberReader {
  const mark = decimal.charCodeAt(0);
  const units = [...cellUnits].sort((a, b) => b.length - a.length);
  const group = thousands === '' ? undefined : GROUPING[thousands];
  const grouped = group === undefined ? undefined : new RegExp(`^([+-]?[1-9]\\d{0,2}(?:${group}\\d{3})+)(?!\\d)`);
  const groupMarks = group === undefined ? undefined : new RegExp(group, 'g');
  let unit = '';
  return {
    read(bytes, start, end) {
      unit = '';
      const plain = readDecimal(bytes, start, end, mark);
      if (!Number.isNaN(plain) || end - start > LONGEST) return plain;
      let text = Buffer.from(bytes.subarray(start, end)).toString('utf8').normalize('NFC').replace(MINUS, '-');
      const behind = units.find((one) => text.endsWith(one)) ?? '';
      if (behind !== '') text = text.slice(0, -behind.length).trimEnd();
      if (grouped !== undefined && groupMarks !== undefined)
        text = text.replace(grouped, (whole) => whole.replace(groupMarks, ''));
      const written = Buffer.from(text, 'utf8');
      const value = readDecimal(written, 0, written.length, mark);
      if (!Number.isNaN(value)) unit = behind;
      return value;
    },
    get unit() {
      return unit;
    },
  };
}
