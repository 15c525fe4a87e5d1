import type { WallTime } from '@sensor-warehouse/model/time/zone';

/**
 * Which rows of a doubled hour are the second pass, where each of its times occurs exactly twice: the first row of a
 * time is the first pass. Exports sorted by local time are like that. If labels are the ends of intervals, either the
 * one that begins the hour or the one that ends it occurs once.
 *
 * @param rows in the order of time: wall times and what they may be
 * @returns for each row whether it is the second pass; undefined if not every time occurs twice
 */
export function secondOfPairs(walls: readonly number[], both: readonly WallTime[]): readonly boolean[] | undefined {
  const times = new Map<number, number>();
  const onEdge = { begin: 0, end: 0 };
  for (const [row, wall] of walls.entries()) {
    times.set(wall, (times.get(wall) ?? 0) + 1);
    const { edge } = both[row]!;
    if (edge !== undefined) onEdge[edge]++;
  }
  const isSingle = (row: number) => times.get(walls[row]!) === 1;
  const isPaired = walls.every(
    (wall, row) => times.get(wall) === 2 || (isSingle(row) && both[row]!.edge !== undefined),
  );
  // The labels that begin and end the hour share an instant: both twice would be three rows too many, both once one too
  // few.
  const isOneOfTwo = onEdge.begin + onEdge.end <= 3 && !(onEdge.begin === 1 && onEdge.end < 2);
  if (!isPaired || !isOneOfTwo || times.size === walls.length) return undefined;
  const seen = new Set<number>();
  return walls.map((wall, row) => {
    if (isSingle(row)) return both[row]!.edge === 'end';
    const isSecond = seen.has(wall);
    seen.add(wall);
    return isSecond;
  });
}
