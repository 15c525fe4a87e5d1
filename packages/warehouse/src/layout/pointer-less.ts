import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { lastConsumed, settlementOf } from './consumption';
import { POINTER, type Pointer } from './pointer';
import type { PointerCopy } from './pointer-copies';

/** What a pointer lacks that a copy has: publications add, and take nothing away. */
export function lessThan(pointer: Pointer, { path, pointer: copy }: Pick<PointerCopy, 'path' | 'pointer'>): Finding[] {
  const lacks: string[] = [];
  if (pointer.generation < copy.generation)
    lacks.push(`its generation is ${pointer.generation}, that of its newest copy ${copy.generation}`);
  for (const [datasource, consumed] of Object.entries(copy.consumed)) {
    const now = lastConsumed(pointer, datasource);
    if (now < consumed) lacks.push(`${datasource} has consumed ${now}, and had consumed ${consumed}`);
  }
  for (const { datasource, month, archive } of copy.partitions) {
    const now = pointer.partitions.find((one) => one.datasource === datasource && one.month === month);
    if (now === undefined) lacks.push(`${datasource} ${month} is missing, with ${archive.rows} readings`);
  }
  for (const { datasource, generation } of copy.settled)
    if (settlementOf(generation, pointer, datasource) === undefined)
      lacks.push(`the settlement of ${datasource} in generation ${generation} is missing`);
  for (const { month } of copy.legacy ?? [])
    if (!(pointer.legacy ?? []).some((one) => one.month === month))
      lacks.push(`the imported hours of ${month} are missing`);
  if (lacks.length === 0) return [];
  return [
    {
      code: 'pointer-less',
      severity: 'warning',
      file: POINTER,
      count: lacks.length,
      found: lacks.slice(0, 5).join('; '),
      expected: `everything that ${path} has`,
      message: 'the pointer contains less than its newest copy',
      fix: `to restore it, replace ${POINTER} with ${path}; to do without it, remove ${path}; then run \`warehouse heal\``,
    },
  ];
}
