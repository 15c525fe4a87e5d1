import { quotedField } from '@sensor-warehouse/model/findings/csv-field';
import type { JsonValue } from './parse-json';

/** More zeros than these are not written out: the number stays as it is. */
const MOST_ZEROS = 40;

/** A double has no more digits than these to tell one number from another. */
const MOST_DIGITS = 17;

/**
 * A value as the cell of a table: '' for null and for nothing. Where a number is expected it comes without an exponent;
 * what is not a number stays what it is, and is refused there, and so is one that a double cannot hold. Elsewhere, as in
 * the id of a sensor, a number is the text that it is written as.
 */
export function jsonCellText(value: JsonValue | undefined, isNumber = false): string {
  if (value === undefined) return '';
  switch (value.kind) {
    case 'null':
      return '';
    case 'text':
      return value.text;
    case 'number':
      return isNumber ? numberText(value.text) : value.text;
    case 'boolean':
      return String(value.value);
    default:
      return value.kind === 'object' ? '{…}' : '[…]';
  }
}

function numberText(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(
    text,
  )!;
  const shift = Number(exponent);
  if (shift > MOST_ZEROS) return `${text} is beyond 2^53`;
  if (shift < -MOST_ZEROS) return text;
  const digits = whole + fraction;
  const point = whole!.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const rest = padded.slice(at).replace(/0+$/, '');
  const integer = padded.slice(0, at).replace(/^0+(?=[0-9])/, '');
  if (rest === '' && !Number.isSafeInteger(Number(integer))) return `${text} is beyond 2^53`;
  if (`${integer}${rest}`.replace(/^0+/, '').length > MOST_DIGITS) return `${text} has more than ${MOST_DIGITS} digits`;
  return `${sign}${integer}${rest === '' ? '' : `.${rest}`}`;
}

/** A cell of the table that a JSON file becomes: all but numbers are in quotation marks. */
export function csvCell(text: string): string {
  return /^[-+.0-9]+$/.test(text) ? text : quotedField(text);
}
