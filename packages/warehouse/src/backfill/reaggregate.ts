import type { Month } from '@sensor-warehouse/model/time/month';
import type { Engine } from '../engines/engine';
import type { Pointer } from '../layout/pointer';
import { fetchArchive, type MonthToMake, makePartitions, type NewPartition } from '../partitions/make-partition';
import type { Clock, OpenWarehouse, Progress, Seeds } from '../run/context';

/**
 * Flags and aggregates archived months of one source again, by today's rules: how an exclusion or a plausible range
 * reaches what is published. No reading is lost or gained.
 */
export async function reaggregateWindow(
  context: OpenWarehouse & Seeds & Clock & Progress,
  engine: Engine,
  pointer: Pointer,
  datasource: string,
  months: readonly Month[],
): Promise<readonly NewPartition[]> {
  const toMake: MonthToMake[] = [];
  for (const month of months) {
    const before = pointer.partitions.find((one) => one.datasource === datasource && one.month === month)!;
    const { revision, archive, facts } = before;
    context.say(`backfill: ${datasource} ${month}`);
    const readings = await fetchArchive(context, archive);
    toMake.push({ month, readings, before, facts, previous: { revision, archive, facts } });
  }
  return (await makePartitions(context, engine, datasource, toMake)).partitions;
}
