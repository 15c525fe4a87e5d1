/**
 * Shortest decimal text that reads back as the same double, without an exponent in the range sensors use.
 * Minus zero is written as 0.
 */
export function numberText(value: number): string {
  return value === 0 ? '0' : String(value);
}
