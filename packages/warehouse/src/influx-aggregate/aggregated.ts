import type { Pointer } from '../layout/pointer';
import type { NewPartition } from '../partitions/make-partition';
import type { HandOver } from '../run/hand-over';

export interface Aggregated {
  /** Names the pointer that the partitions follow from (see pointerDigest). */
  readonly pointer: string;
  readonly partitions: readonly NewPartition[];
  /** Datasource → number of the last generation that is consumed now. */
  readonly consumed: Readonly<Record<string, number>>;
  /** Their whole names. */
  readonly named: Pick<Pointer, 'generations' | 'renumbered'>;
  readonly held: Readonly<Record<string, readonly string[]>>;
}

export const AGGREGATED: HandOver<Aggregated> = { file: 'aggregated.json', by: 'influx-aggregate' };
