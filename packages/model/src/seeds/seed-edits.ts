import { csvField } from '../findings/csv-field';
import { columnsOf } from './seed-table';

/** A record of a CSV: its fields, and where each is in the text. */
interface Field {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Replaces one field of the row of a datasource; everything else keeps its bytes. */
export function setField(csv: string, datasource: string, column: string, value: string): string {
  const records = recordsOf(csv);
  const header = records[0]?.map(({ text }) => text.replace(/^\ufeff/, '').trim()) ?? [];
  const id = header.indexOf('datasource_id');
  const row = records.slice(1).find((fields) => fields[id]?.text === datasource);
  const at = header.indexOf(column);
  if (row === undefined) throw new RangeError(`there is no row of ${datasource}`);
  if (at >= 0 && at < row.length) {
    const { start, end } = row[at]!;
    return `${csv.slice(0, start)}${csvField(value)}${csv.slice(end)}`;
  }
  // The row is short, or the seed leaves the column out: the fields before are its defaults.
  const { end } = row.at(-1)!;
  if (at >= 0) {
    const commas = ','.repeat(at - row.length + 1);
    return `${csv.slice(0, end)}${commas}${csvField(value)}${csv.slice(end)}`;
  }
  const headerEnd = records[0]!.at(-1)!.end;
  const commas = ','.repeat(header.length - row.length + 1);
  const widened = `${csv.slice(0, end)}${commas}${csvField(value)}${csv.slice(end)}`;
  return `${widened.slice(0, headerEnd)},${csvField(column)}${widened.slice(headerEnd)}`;
}

/** Adds a row at the end, its fields in the order of the header; a seed that does not exist begins with one. */
export function addRow(
  csv: string,
  seed: Parameters<typeof columnsOf>[0],
  row: Readonly<Record<string, string>>,
): string {
  const [first] = recordsOf(csv);
  const header = first?.map(({ text }) => text.replace(/^\ufeff/, '').trim()) ?? columnsOf(seed);
  const lineEnd = csv.includes('\r\n') ? '\r\n' : '\n';
  const before = csv === '' ? `${header.join(',')}${lineEnd}` : /[\r\n]$/.test(csv) ? csv : `${csv}${lineEnd}`;
  return `${before}${header.map((column) => csvField(row[column] ?? '')).join(',')}${lineEnd}`;
}

/** Cuts a CSV after RFC 4180. */
function recordsOf(csv: string): Field[][] {
  const records: Field[][] = [];
  let record: Field[] = [];
  let at = 0;
  while (at < csv.length) {
    const start = at;
    let text: string;
    if (csv[at] === '"') {
      let close = csv.indexOf('"', at + 1);
      while (close >= 0 && csv[close + 1] === '"') close = csv.indexOf('"', close + 2);
      at = close < 0 ? csv.length : close + 1;
      text = csv.slice(start + 1, at - 1).replaceAll('""', '"');
    } else {
      while (at < csv.length && !/[,\r\n]/.test(csv[at]!)) at++;
      text = csv.slice(start, at);
    }
    record.push({ text, start, end: at });
    if (csv[at] === ',') {
      at++;
      // A field that is left empty at the end of the text.
      if (at < csv.length && !/[\r\n]/.test(csv[at]!)) continue;
      record.push({ text: '', start: at, end: at });
    }
    records.push(record);
    record = [];
    at += csv.startsWith('\r\n', at) ? 2 : 1;
  }
  return records;
}
