import type { FoundTable } from './find-table';
import { isNullToken, type NumberForm, numberInForm } from './number-form';

/** The sensors of a long table none of whose rows holds a number: contacts and states, which say on and off. */
export function wordSensors(
  { labels, rows }: FoundTable,
  form: NumberForm,
  sensorColumn: string,
  others: readonly (string | undefined)[],
): string[] {
  const sensorAt = labels.indexOf(sensorColumn);
  if (sensorAt < 0) return [];
  const at = labels.flatMap((label, i) => (label === sensorColumn || others.includes(label) ? [] : [i]));
  const holds = new Map<string, 'numbers' | 'words'>();
  for (const { cells } of rows) {
    const sensor = cells[sensorAt] ?? '';
    if (sensor === '' || holds.get(sensor) === 'numbers') continue;
    const values = at.map((one) => cells[one] ?? '').filter((cell) => cell !== '' && !isNullToken(cell));
    if (values.some((cell) => numberInForm(cell, form) !== undefined)) holds.set(sensor, 'numbers');
    else if (values.length > 0) holds.set(sensor, 'words');
  }
  return [...holds].flatMap(([sensor, what]) => (what === 'words' ? [sensor] : []));
}

/** A table without the rows of some sensors. */
export function withoutSensors(table: FoundTable, sensorColumn: string, left: readonly string[]): FoundTable {
  const at = table.labels.indexOf(sensorColumn);
  if (at < 0 || left.length === 0) return table;
  return { ...table, rows: table.rows.filter(({ cells }) => !left.includes(cells[at] ?? '')) };
}
