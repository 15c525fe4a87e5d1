import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { TimeKind } from '../cells/cell-kinds';

/** The kind of time that a column should hold; undefined for a column without times. */
export function timeKindOfColumn(
  label: string,
  { timeColumns, datetimeFormats }: Pick<Datasource, 'timeColumns' | 'datetimeFormats'>,
): TimeKind | undefined {
  const part = timeColumns.indexOf(label);
  if (part < 0) return undefined;
  const format = datetimeFormats[0]!;
  if (timeColumns.length === 1)
    return /%[HISsQ]|iso/.test(format) ? 'datetime' : /%[Ydy]/.test(format) ? 'date' : 'datetime';
  const [first, ...rest] = format.split(' ');
  const text = part === 0 ? first! : rest.join(' ');
  return /%[HI]/.test(text) ? 'clock' : 'date';
}
