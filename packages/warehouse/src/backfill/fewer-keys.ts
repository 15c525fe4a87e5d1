import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { NewPartition } from '../partitions/make-partition';
import { compareKeys, type KeySegment, type ReadingTable } from '../tables/read-facts';

/**
 * How many keys of `before` are not in `after` although somebody said that they should go: the exclusions name them, or
 * their sensor is no longer mapped.
 */
export function explainedLosses(
  before: ReadingTable,
  after: ReadingTable,
  datasource: Datasource,
  { exclusions }: Pick<Configuration, 'exclusions'>,
): number {
  const isRemoved = before.sensors.map((sensor) => !isMapped(sensor, datasource));
  let explained = 0;
  for (const segment of before.segments) {
    const excluded = exclusions.filter(
      (one) => one.datasource === datasource.id && one.location === segment.location && one.dataKey === segment.dataKey,
    );
    const isExcluded = (time: number) => excluded.some(({ from, to }) => time >= from && time < to);
    for (const row of rowsWithoutMatch(before, segment, after))
      if (isRemoved[before.sensor[row]!] || isExcluded(before.time[row]!)) explained++;
  }
  return explained;
}

function isMapped(sensor: string, { layout, sensors, columns }: Datasource): boolean {
  return layout === 'file-per-sensor' ? sensors.has(sensor) : columns.has(sensor);
}

/** Rows of a segment whose instant the same key does not have in the other table. */
function* rowsWithoutMatch(table: ReadingTable, segment: KeySegment, other: ReadingTable): Generator<number> {
  const match = other.segments.find((one) => compareKeys(one, segment) === 0);
  let at = match?.start ?? 0;
  for (let row = segment.start; row < segment.end; row++) {
    while (match !== undefined && at < match.end && other.time[at]! < table.time[row]!) at++;
    if (match === undefined || at >= match.end || other.time[at] !== table.time[row]) yield row;
  }
}

/** A month that would lose readings which nobody took out. */
export function monthShrinks({ datasource, month, archive, rowsBefore }: NewPartition, explained: number): Failure {
  return new Failure({
    stage: 'rebuild',
    what: `${datasource} ${month} would have fewer readings than before`,
    found: `${archive.rows} readings`,
    expected: `at least ${rowsBefore - explained}: ${rowsBefore} are published, ${explained} of them are excluded or of removed sensors`,
    fix: 'find out which raw copies or mappings are missing, or allow it with allow-fewer',
    class: 'input',
    code: 'month-shrinks',
  });
}
