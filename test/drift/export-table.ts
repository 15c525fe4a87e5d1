import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLES = fileURLToPath(new URL('../../examples/sm2', import.meta.url));

/** A real export, cut into cells: what a program of the vendor would have written otherwise. */
export interface ExportTable {
  readonly name: string;
  /** Lines before the header. */
  readonly preamble: readonly string[];
  readonly labels: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
  readonly lineEnd: string;
}

const UNITS = ['01', '02', '04', '05', '07', '08'] as const;

export const unit = (number: (typeof UNITS)[number]): ExportTable =>
  tableOf('Vzduchotechnika/Latest/Upload', `Graph_sm2_${number}.csv`, ';', 0);

export const room = (sensor: string, day: string): ExportTable =>
  tableOf('Indoor/Latest/Upload', `ThermoProSensor_export_${sensor}_${day}.csv`, ',', 1);

function tableOf(folder: string, name: string, delimiter: string, skip: number): ExportTable {
  const text = readFileSync(join(EXAMPLES, folder, name), 'utf8').replaceAll('\ufeff', '');
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(lineEnd).slice(0, -1);
  const [header, ...rows] = lines.slice(skip).map((line) => line.split(delimiter));
  return { name, preamble: lines.slice(0, skip), labels: header!, rows, delimiter, lineEnd };
}

/** The bytes of an export. */
export function textOf({ preamble, labels, rows, delimiter, lineEnd }: ExportTable): string {
  const lines = [...preamble, ...[labels, ...rows].map((cells) => cells.join(delimiter))];
  return lines.map((line) => line + lineEnd).join('');
}

export function withLabel(table: ExportTable, from: string, to: string): ExportTable {
  return { ...table, labels: table.labels.map((label) => (label.includes(from) ? label.replace(from, to) : label)) };
}

/** The cells of some columns, written in another way. */
export function withCells(
  table: ExportTable,
  columns: readonly number[],
  change: (cell: string) => string,
): ExportTable {
  return { ...table, rows: table.rows.map((row) => row.map((cell, i) => (columns.includes(i) ? change(cell) : cell))) };
}

/** Columns with their cells in another order; the cells behind them, which have no label, stay. */
export function withColumns(table: ExportTable, order: readonly number[]): ExportTable {
  const pick = (cells: readonly string[]) => [...order.map((i) => cells[i]!), ...cells.slice(-1)];
  return { ...table, labels: pick(table.labels), rows: table.rows.map(pick) };
}

/** A column more, behind the last one with a label. */
export function withColumn(table: ExportTable, label: string, cell: (row: number) => string): ExportTable {
  const insert = (cells: readonly string[], one: string) => [...cells.slice(0, -1), one, ...cells.slice(-1)];
  return { ...table, labels: insert(table.labels, label), rows: table.rows.map((row, i) => insert(row, cell(i))) };
}

/** Numbers converted, with the decimal mark and the two digits that the unit writes. */
export const converted =
  (mark: '.' | ',', convert: (value: number) => number, digits = 2) =>
  (cell: string) =>
    cell === ''
      ? ''
      : convert(Number(cell.replace(',', '.')))
          .toFixed(digits)
          .replace('.', mark);
