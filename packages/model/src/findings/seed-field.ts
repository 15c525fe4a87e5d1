/** A field of a seed as RFC 4180 writes it. */
export function fieldText(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
