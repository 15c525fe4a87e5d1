import { takeUnit } from '../header/label-units';
import { symbolOfCells, unitsInCells } from './cell-units';
import { unitOfCell } from './find-header';
import type { FoundTable } from './find-table';
import { isNullToken, isWhole, looksLikeNumber, type NumberForm, numberInForm } from './number-form';
import { NO_TREND, type Trend } from './sample-trend';
import { timePartOf } from './time-parts';

/** A column of a sample. */
export interface SampleColumn {
  readonly label: string;
  /** The label as it is in the header. A column that is called by its place has a blank one, or one that occurs twice. */
  readonly heading: string;
  readonly kind: 'time' | 'number' | 'text' | 'empty';
  /** The symbol of a known unit, of the label or of the row of units. */
  readonly unit: string | undefined;
  /** Cells that are not numbers and stand for none, each text once; of a column of numbers only. */
  readonly nulls: readonly string[];
  /** Texts that are neither numbers nor known to stand for none; of a column of texts the first few. */
  readonly strange: readonly string[];
  /** Most texts of the column look like numbers in a form that is not read. */
  readonly likeNumbers: boolean;
  /** The texts of the column are times of day. */
  readonly likeClock: boolean;
  /** Units that come after the numbers in the cells, as they are written. */
  readonly cellUnits: readonly string[];
  /** Whole numbers that may name something: in an order of their own, or under a name such as id. */
  readonly mayBeId: boolean;
  readonly least: number | undefined;
  readonly most: number | undefined;
  /** Different texts, at most `MOST_DISTINCT`. */
  readonly distinct: readonly string[];
  readonly trend: Trend;
}

export const MOST_DISTINCT = 1000;
/** More strange texts than this make a column of texts. */
const MOST_STRANGE = 3;
const ID = /^(.*[\s_-])?(id|no|nr|number|index|idx|key|code|seq|sequence|row|rec(ord)?|serial|čís(lo|\.)?)\.?$/iu;

/** The quantities of a table with a row for each reading, as if each had a column; in the order in which they come. */
export function quantitiesOf(
  table: FoundTable,
  quantityColumn: string,
  valueColumn: string,
  form: NumberForm,
  nullValues: readonly string[],
): SampleColumn[] {
  const [at, valueAt] = [table.labels.indexOf(quantityColumn), table.labels.indexOf(valueColumn)];
  const cells = new Map<string, string[]>();
  for (const row of table.rows) {
    const label = row.cells[at] ?? '';
    const of = cells.get(label);
    if (of === undefined) cells.set(label, [row.cells[valueAt] ?? '']);
    else of.push(row.cells[valueAt] ?? '');
  }
  return [...cells]
    .filter(([label]) => label !== '')
    .map(([label, values]) => {
      const filled = values.filter((cell) => cell !== '');
      return lookAtCells({ label, heading: label, unit: takeUnit(label).symbol }, filled, false, form, nullValues);
    });
}

/** @param nullValues tokens that a person declared */
export function columnsOfSample(
  table: FoundTable,
  timeColumns: readonly string[],
  form: NumberForm,
  nullValues: readonly string[],
): SampleColumn[] {
  return table.labels.map((label, at) => {
    const heading = table.headings[at]!;
    const unit =
      takeUnit(heading).symbol ?? (table.units === undefined ? undefined : unitOfCell(table.units[at] ?? ''));
    const cells = table.rows.map(({ cells }) => cells[at] ?? '').filter((cell) => cell !== '');
    return lookAtCells({ label, heading, unit }, cells, timeColumns.includes(label), form, nullValues);
  });
}

function lookAtCells(
  { label, heading, unit }: Pick<SampleColumn, 'label' | 'heading' | 'unit'>,
  cells: readonly string[],
  isTime: boolean,
  plain: NumberForm,
  nullValues: readonly string[],
): SampleColumn {
  const cellUnits = isTime ? [] : unitsInCells(cells, plain);
  const form = { ...plain, cellUnits };
  const distinct = new Set<string>();
  const nulls = new Set<string>();
  const strange = new Set<string>();
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let whole = true;
  let steps = 0;
  let numbers = 0;
  let likeNumbers = 0;
  let before = Number.NaN;
  for (const cell of cells) {
    if (distinct.size < MOST_DISTINCT) distinct.add(cell);
    if (nullValues.includes(cell)) nulls.add(cell);
    else {
      const value = numberInForm(cell, form);
      if (value !== undefined) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        whole &&= isWhole(cell);
        if (value === before + 1) steps++;
        before = value;
        numbers++;
      } else if (isNullToken(cell)) nulls.add(cell);
      else {
        if (strange.size <= MOST_STRANGE) strange.add(cell);
        if (looksLikeNumber(cell)) likeNumbers++;
      }
    }
  }
  const isNumeric = numbers > 0 && (strange.size === 0 || (strange.size <= MOST_STRANGE && numbers > cells.length / 2));
  const kind = isTime ? 'time' : numbers + strange.size === 0 ? 'empty' : isNumeric ? 'number' : 'text';
  const itsUnit = symbolOfCells(cellUnits) ?? unit;
  // What has a unit counts nothing.
  const counts = numbers > 2 && steps === numbers - 1 && itsUnit === undefined;
  return {
    label,
    heading,
    unit: itsUnit,
    kind,
    nulls: kind === 'number' ? [...nulls] : [],
    strange: kind === 'time' ? [] : [...strange],
    likeNumbers: kind === 'text' && (numbers + likeNumbers) * 2 >= cells.length - nulls.size,
    likeClock: kind === 'text' && cells.every((cell) => timePartOf(cell) === 'clock' || nulls.has(cell)),
    cellUnits: kind === 'number' ? cellUnits : [],
    mayBeId: kind === 'number' && whole && (counts || ID.test(heading)),
    least: kind === 'number' ? least : undefined,
    most: kind === 'number' ? most : undefined,
    distinct: [...distinct],
    trend: NO_TREND,
  };
}
