import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { AggregationLevel, Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { minutesOf } from '@sensor-warehouse/model/time/every';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { aggregateHours, type Hours } from '../tables/hours';
import type { Engine, MonthOfReadings } from './engine';

type OwnLevels = Pick<Configuration, 'ownLevels'>;

/** Own levels that cannot be computed from hours: each partition has a file for each of them. */
export function levelsOfReadings({ ownLevels }: OwnLevels): AggregationLevel[] {
  return ownLevels.filter(({ every, flux }) => flux !== undefined || minutesOf(every) !== undefined);
}

/** Names a level with everything that its values follow from besides the readings; begins with its name and a space. */
export function levelDefinition({ name, every, timezone, flux }: AggregationLevel): string {
  const query = flux === undefined ? '' : ` flux ${sha256OfBytes(Buffer.from(flux.text, 'utf8')).slice(0, 16)}`;
  return `${name} ${every.count} ${every.unit} ${timezone}${query}`;
}

/** Levels that an engine does not make: Flux runs on a server alone. */
export function levelsLeftOut(configuration: OwnLevels, engine: Engine): AggregationLevel[] {
  if (engine.runsFlux && engine.levels !== undefined) return [];
  return configuration.ownLevels.filter(({ flux }) => flux !== undefined);
}

export function leftOutFindings(levels: readonly AggregationLevel[]): Finding[] {
  return levels.map(({ name, flux }) => ({
    code: 'level-needs-influxdb',
    severity: 'warning',
    file: `seeds/${flux!.file}`,
    count: 1,
    message: `the level ${name} is a Flux query, which this engine does not run; the level was left as it was`,
    fix: 'use the engine influxdb, or remove the level from seeds/aggregations.csv',
  }));
}

/** Tables of the levels that need no server, by definition: one a month, in order. */
export async function levelsInProcess(
  _: string,
  window: readonly MonthOfReadings[],
  levels: readonly AggregationLevel[],
): Promise<Map<string, readonly Hours[]>> {
  const tables = new Map<string, readonly Hours[]>();
  for (const level of levels) {
    const every = level.flux === undefined ? minutesOf(level.every) : undefined;
    if (every === undefined) continue;
    tables.set(
      levelDefinition(level),
      window.map(({ readings, flags }) => aggregateHours(readings, flags, every)),
    );
  }
  return tables;
}
