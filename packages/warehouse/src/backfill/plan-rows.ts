import type { Plan } from './plan';

export const PLAN_HEAD = ['source', 'month', 'window', 'from', 'readings', 'why'] as const;

/** A plan as the rows of a table for people: a month of a source each. */
export function planRows({ windows }: Pick<Plan, 'windows'>): string[][] {
  return windows.flatMap(({ name, datasource, how, months }) =>
    months.map(({ month, reasons, readings }) => [
      datasource,
      month,
      name,
      how === 'rebuild' ? 'raw' : 'archive',
      String(readings),
      reasons.join(', '),
    ]),
  );
}
