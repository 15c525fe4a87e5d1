/** One way in which an export of a real device may change, and what must be said about it. */
export interface Mutation {
  /** What the test is called. */
  readonly sentence: string;
  /** A file of the examples. */
  readonly file: string;
  mutate(text: string): string | Buffer;
  /** Codes of all errors, in their order; none: the file is read. */
  readonly errors: readonly string[];
  /** Codes of everything else that is said, but for `ignored-column`. */
  readonly remarks?: readonly string[];
  /** What a finding of a renamed column must propose: new label → label that it stands for. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Whether the file is read once everything that can be accepted is. */
  readonly acceptable?: boolean;
}

export const UNIT_1 = 'Vzduchotechnika/Latest/Upload/Graph_sm2_01.csv';
export const UNIT_4 = 'Vzduchotechnika/Latest/Upload/Graph_sm2_04.csv';
export const ROOM = 'Indoor/Latest/Upload/ThermoProSensor_export_493D_20241103.csv';
export const GROUP = 'KOT1/VZT 01 | Obj. 1/';
export const INTAKE = `${GROUP}vzt01_temp-tea-sani (°C)`;
export const EXTRACT = `${GROUP}vzt01_temp-teb-odvod (°C)`;
export const SUPPLY = `${GROUP}vzt01_temp-tu1-privod (°C)`;
export const EXHAUST = `${GROUP}vzt01_temp-tu2-vyfuk (°C)`;
export const OUTDOOR = 'KOT1/Teplota venkovní (°C)';
export const ROOM_HEADER = 'Date,Time,Temperature_Celsius,Relative_Humidity(%),';

/** Everything after the header, by cells; the header has `above` lines with it. */
export function mapCells(
  text: string,
  delimiter: string,
  above: number,
  map: (cells: string[], row: number) => string[],
): string {
  const lines = text.split(/\r?\n/);
  return lines
    .map((line, i) => (i < above || line === '' ? line : map(line.split(delimiter), i - above).join(delimiter)))
    .join('\n');
}

/** Every row after the header with other numbers in these columns. */
export function mapNumbers(
  text: string,
  file: string,
  columns: readonly number[],
  map: (value: number) => number,
): string {
  const wide = file !== ROOM;
  return mapCells(text, wide ? ';' : ',', wide ? 1 : 2, (cells) =>
    cells.map((cell, i) => {
      const number = Number(cell.replace(',', '.'));
      if (!columns.includes(i) || cell === '' || Number.isNaN(number)) return cell;
      const value = map(number).toFixed(2);
      return wide ? value.replace('.', ',') : value;
    }),
  );
}

/** Columns in another order; `order` names the old positions. */
export function reorder(text: string, delimiter: string, above: number, order: readonly number[]): string {
  const moved = (line: string) => {
    const cells = line.split(delimiter);
    return [...order.map((at) => cells[at]!), ...cells.slice(order.length)].join(delimiter);
  };
  return text
    .split(/\r?\n/)
    .map((line, i) => (i < above - 1 || line === '' ? line : moved(line)))
    .join('\n');
}
