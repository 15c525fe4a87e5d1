import { groupingOf, isNumber } from './number-form';
import { open, type Told, told } from './told';

/**
 * What groups the digits of numbers by three. It is open wherever cells are numbers by a mark alone: with it a number a
 * thousand times as large is read.
 * @param columns the cells of each column that holds no time
 * @param declared the mark, if a person said it
 */
export function thousandsOf(
  columns: Iterable<readonly string[]>,
  decimal: '.' | ',',
  declared: string | undefined,
): Told<string> {
  if (declared !== undefined) return told(declared);
  const shown = new Map<string, string>();
  for (const cells of columns) {
    const marks = new Map<string, string>();
    let others = 0;
    for (const cell of cells) {
      const mark = groupingOf(cell, decimal);
      if (mark !== undefined) marks.set(mark, cell);
      else if (cell !== '' && !isNumber(cell, decimal)) others++;
    }
    // A column of texts may hold a telephone number.
    if (others * 2 <= cells.length) for (const [mark, cell] of marks) shown.set(mark, cell);
  }
  if (shown.size === 0) return told('');
  const evidence = [...shown].map(([mark, cell]) => `${JSON.stringify(cell)} is grouped by ${nameOf(mark)}`);
  return open([...shown.keys()], evidence.join(', '));
}

function nameOf(mark: string): string {
  return mark === 'space' ? 'a blank' : mark;
}
