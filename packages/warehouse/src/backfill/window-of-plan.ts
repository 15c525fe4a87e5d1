import { isDeepStrictEqual } from 'node:util';
import type { PlannedWindow, StagedPlan, StagedWindow } from '../layout/backfill-documents';
import type { ChangedPartition } from '../layout/changed-partition';
import { lastConsumed } from '../layout/consumption';
import type { Partition, Pointer } from '../layout/pointer';

/**
 * What a window left that its plan does not ask of it: the months of another source, or of another plan, would be published
 * under its name.
 * @param digest names the plan
 */
export function unplanned(
  { windows, code }: StagedPlan,
  digest: string,
  name: string,
  { plan, window, asBefore = [], partitions }: StagedWindow,
): string[] {
  const planned = windows.find((one) => one.name === name);
  if (planned === undefined) return [`the plan has no window ${name}`];
  const named = `${window ?? 'none'} of plan ${plan ?? 'none'}`;
  // Windows of older versions do not say whose they are, nor which months they left alone.
  const isOlder = code === undefined && plan === undefined && window === undefined;
  const isOther = !isOlder && named !== `${name} of plan ${digest}`;
  const months = planned.months.map(({ month }) => `${planned.datasource} ${month}`);
  const told = [...partitions.map(monthOfSource), ...asBefore.map((month) => `${planned.datasource} ${month}`)];
  return [
    ...(isOther ? [`it is the window ${named}`] : []),
    ...told.filter((one) => !months.includes(one)).map((one) => `it has ${one}, which is not a month of the window`),
    ...told.filter((one, index) => told.indexOf(one) !== index).map((one) => `it has ${one} twice`),
    ...(isOlder ? [] : months.filter((one) => !told.includes(one)).map((one) => `it lacks ${one}`)),
  ];
}

/**
 * What does not follow from the pointer that a plan was made for: another revision, other facts, or, of a month that was
 * only aggregated again, another number of readings.
 */
export function unfounded(
  { windows }: StagedPlan,
  name: string,
  { partitions }: StagedWindow,
  pointer: Pointer,
): string[] {
  const { how } = windows.find((one) => one.name === name)!;
  return partitions.flatMap((one) => {
    const before = pointer.partitions.find((known) => monthOfSource(known) === monthOfSource(one));
    if (how === 'aggregate' && before === undefined) return [`${monthOfSource(one)} has no archive to aggregate`];
    const { revision, archive, facts, rowsBefore, previous } = one;
    const found = { revision, readings: archive.rows, facts, rowsBefore, previous };
    const expected = followingFrom(before, one, how, lastConsumed(pointer, one.datasource));
    return (Object.keys(found) as (keyof typeof found)[])
      .filter((field) => !isDeepStrictEqual(found[field], expected[field]))
      .map((field) => `${monthOfSource(one)}: ${field} does not follow from the pointer`);
  });
}

/** As makePartitions gives it, of what is archived, or of the raw copies of all that is consumed. */
function followingFrom(
  before: Partition | undefined,
  { archive }: ChangedPartition,
  how: PlannedWindow['how'],
  consumed: number,
) {
  const again = how === 'aggregate' ? before : undefined;
  const isSame = before?.archive.sha256 === archive.sha256;
  const since = again && { revision: again.revision, archive: again.archive, facts: again.facts };
  return {
    revision: isSame ? before.revision : (before?.revision ?? 0) + 1,
    readings: again?.archive.rows ?? archive.rows,
    facts: again?.facts ?? consumed,
    rowsBefore: before?.archive.rows ?? 0,
    previous: isSame ? before.previous : since,
  };
}

function monthOfSource({ datasource, month }: Pick<Partition, 'datasource' | 'month'>): string {
  return `${datasource} ${month}`;
}
