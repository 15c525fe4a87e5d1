import type { JsonValue } from './parse-json';

/** More zeros than this are no measurement. */
const MOST_ZEROS = 40;

/**
 * A value as the cell of a table: '' for null and for nothing, numbers without an exponent. What is no number stays
 * what it is, and is refused where a number is expected; so is a whole number that a double cannot hold.
 */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  switch (value.kind) {
    case 'null':
      return '';
    case 'text':
      return value.text;
    case 'number':
      return numberText(value.text);
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
  if (Math.abs(shift) > MOST_ZEROS) return text;
  const digits = whole + fraction;
  const point = whole!.length + shift;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const rest = padded.slice(at).replace(/0+$/, '');
  const integer = padded.slice(0, at).replace(/^0+(?=[0-9])/, '');
  if (rest === '' && !Number.isSafeInteger(Number(integer))) return `${text} is beyond 2^53`;
  return `${sign}${integer}${rest === '' ? '' : `.${rest}`}`;
}

/** A cell as RFC 4180 writes it; on one line, for a line is a record. */
export function csvCell(cell: string): string {
  const text = cell.replace(/\r/g, '\\r').replace(/\n/g, '\\n');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
