/** A field as RFC 4180 writes it: in quotation marks where it needs them, as a mark at which readers guess the encoding does. */
export function csvField(text: string): string {
  return /[",\r\n\ufeff]/.test(text) ? quotedField(text) : text;
}

/** A field in quotation marks, also an empty one: a row of one empty field is not a blank line then. */
export function quotedField(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
