import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import type { Month } from '@sensor-warehouse/model/time/month';
import { aggregateHours, type Hours } from '../tables/hours';
import type { ReadingTable } from '../tables/read-facts';
import { levelsInProcess } from './reading-levels';

/** The merged readings of one source and UTC month, with their flags. */
export interface MonthOfReadings {
  readonly month: Month;
  readonly readings: ReadingTable;
  /** A reading with a bit of LEFT_OUT enters no aggregate. */
  readonly flags: Int32Array;
}

/** Aggregates readings. Every engine gives the same bytes for the same readings. */
export interface Engine {
  /** Whether `levels` runs the Flux queries of a project. */
  readonly runsFlux: boolean;
  /**
   * n, sum, min and max per series and UTC hour of the readings that are not left out for their flags: one table a month, in order.
   * @param window months of one source, at most `window-months` of them
   */
  hours(datasource: string, window: readonly MonthOfReadings[]): Promise<readonly Hours[]>;
  /**
   * Tables of own levels that hours cannot give, by levelDefinition: one a month, in order, of the readings that are not
   * left out. A level that the engine cannot make is not in the map. A value that Flux gave is stored as sum, min and max of
   * n = 1. Without this method the levels are made in this process.
   */
  levels?(
    datasource: string,
    window: readonly MonthOfReadings[],
    levels: readonly AggregationLevel[],
  ): Promise<ReadonlyMap<string, readonly Hours[]>>;
  close(): Promise<void>;
}

/** Aggregates in this process, without a server. */
export const EMBEDDED: Engine = {
  runsFlux: false,
  hours: async (_, window) => window.map(({ readings, flags }) => aggregateHours(readings, flags)),
  levels: levelsInProcess,
  close: async () => {},
};
