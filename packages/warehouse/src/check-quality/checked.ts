import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Difference } from '../layout/facts-manifest';
import type { Undelivered } from '../layout/undelivered';
import type { HandOver } from '../run/hand-over';
import type { QualityResult } from './judge';

export interface Checked {
  /** Generations that were looked at. */
  readonly generations: readonly string[];
  /** Each of them → digest of its manifest: no other one is merged, or said to be consumed (see as-checked). */
  readonly manifests: Readonly<Record<string, string>>;
  /** Where facts differ from their manifest, for some generations. */
  readonly differences: Readonly<Record<string, readonly Difference[]>>;
  /** Names the pointer that the job began with (see pointerDigest). */
  readonly pointer: string;
  readonly results: readonly QualityResult[];
  /** Datasource → why its facts must wait. */
  readonly held: Readonly<Record<string, readonly string[]>>;
  /** APIs that are dead, or answer with nothing new: no facts of theirs wait for it, and the run ends red. */
  readonly undelivered: Undelivered;
  readonly findings: readonly Finding[];
}

export const CHECKED: HandOver<Checked> = { file: 'checked.json', by: 'check-quality' };
