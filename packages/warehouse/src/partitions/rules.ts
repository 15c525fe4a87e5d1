import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { AggregationLevel, Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Engine } from '../engines/engine';
import { levelDefinition, levelsLeftOut, levelsOfReadings } from '../engines/reading-levels';
import type { Partition } from '../layout/pointer';

/** Counted up when the same readings and seeds give other flags, hours or files than before. */
const CODE = 1;

/**
 * Names everything that a partition's flags and hours follow from besides its readings: the plausible ranges, the
 * exclusions that reach into the month, the levels that it has files of, and our own rules. A partition with another name is stale.
 * @param leftOut levels that were not made, so that the partition is stale for an engine that makes them
 */
export function rulesDigest(
  configuration: Pick<Configuration, 'dataKeys' | 'exclusions' | 'ownLevels'>,
  datasource: string,
  month: Month,
  leftOut: readonly AggregationLevel[] = [],
): string {
  const { dataKeys, exclusions } = configuration;
  const from = monthStart(month);
  const to = monthStart(shiftMonth(month, 1));
  const ranges = [...dataKeys.values()]
    .map(({ dataKey, measurement, minimum, maximum }) => [dataKey, measurement, String(minimum), String(maximum)])
    .sort(([a], [b]) => compareText(a!, b!));
  const excluded = exclusions
    .filter((one) => one.datasource === datasource && one.from < to && one.to > from)
    .map((one) =>
      [one.location, one.dataKey, String(Math.max(one.from, from)), String(Math.min(one.to, to))].join('\t'),
    )
    .sort(compareText);
  const levels = levelsOfReadings(configuration)
    .filter((level) => !leftOut.includes(level))
    .map(levelDefinition)
    .sort(compareText);
  const rules = { code: CODE, ranges, excluded, ...(levels.length > 0 ? { levels } : {}) };
  return sha256OfBytes(Buffer.from(JSON.stringify(rules), 'utf8')).slice(0, 16);
}

/** Whether the engine would make a partition by the rules that it was made by. */
export function sameRules(
  configuration: Pick<Configuration, 'dataKeys' | 'exclusions' | 'ownLevels'>,
  engine: Engine,
  { datasource, month, rules }: Partition,
): boolean {
  return [[], levelsLeftOut(configuration, engine)].some(
    (leftOut) => rules === rulesDigest(configuration, datasource, month, leftOut),
  );
}
