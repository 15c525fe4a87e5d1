import type { Partition } from './pointer';

/** A partition to publish. Where its files do not are in a work folder, they are in the warehouse by their names. */
export interface ChangedPartition extends Partition {
  readonly localArchive?: string;
  readonly localAggregates?: string;
  /** Path in the warehouse → local file, of the levels that were made. */
  readonly localLevels?: Readonly<Record<string, string>>;
  readonly rowsBefore: number;
}
