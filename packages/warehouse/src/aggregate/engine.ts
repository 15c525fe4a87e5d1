import type { Month } from '@sensor-warehouse/model/month';
import { aggregateHours, type Hours } from './hours';
import type { ReadingTable } from './read-facts';

/** The merged readings of one source and UTC month, with their flags. */
export interface MonthOfReadings {
  readonly month: Month;
  readonly readings: ReadingTable;
  /** A reading with a bit of LEFT_OUT enters no aggregate. */
  readonly flags: Int32Array;
}

/** What aggregates. Every engine gives the same bytes for the same readings. */
export interface Engine {
  readonly name: 'embedded' | 'influxdb';
  /**
   * n, sum, min and max per series and UTC hour of the readings that are not left out for their flags: one table a month, in order.
   * @param window months of one source, at most `window-months` of them
   */
  hours(datasource: string, window: readonly MonthOfReadings[]): Promise<readonly Hours[]>;
  close(): Promise<void>;
}

/** Aggregates in this process, without a server. */
export const EMBEDDED: Engine = {
  name: 'embedded',
  hours: async (_, window) => window.map(({ readings, flags }) => aggregateHours(readings, flags)),
  close: async () => {},
};
