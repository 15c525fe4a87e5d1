import type { WallTime } from '@sensor-warehouse/model/time/zone';

/**
 * Which rows of a doubled hour are the second pass, where each of its times occurs exactly twice: the first row of a time is
 * the first pass. So it is in exports that are sorted by the clock on the wall. Of labels that are the end of an interval, the one
 * where the hour begins or the one where it ends occurs once.
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
  // What begins and what ends the hour is one instant of its two: both twice are three rows too many, both once one too few.
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
