import { quoted } from '../findings/finding';
import type { Complain } from './seed-findings';
import type { SeedRow } from './seed-table';

/** The fate of a file whose form changed: its source is held, only the file is left out, or it is read. */
export type OnDrift = 'hold' | 'quarantine' | 'accept';

/** Code of a finding → what becomes of its file; `*` is there and stands for all others. */
export type DriftPolicy = ReadonlyMap<string, OnDrift>;

export const HOLD: DriftPolicy = new Map([['*', 'hold']]);

/** Changes that cannot make a wrong reading: the column is left out, and a finding says so. */
const SAFE = ['extra-label'];

/** Reads `on_drift`: one word for all kinds of change, or `extra-label=accept|renamed-label=quarantine|*=hold`. */
export function driftPolicyOf(text: string): DriftPolicy {
  const policy = new Map<string, OnDrift>([['*', 'hold']]);
  for (const part of text.split('|').filter(Boolean)) {
    const [kind, what] = part.includes('=')
      ? (part.split('=') as [string, OnDrift])
      : (['*', part as OnDrift] as const);
    // Safe changes are accepted, and everything else waits for a person.
    if (kind === '*' && what === 'accept') for (const code of SAFE) policy.set(code, 'accept');
    else policy.set(kind, what);
  }
  return policy;
}

export function onDriftOf(policy: DriftPolicy, code: string): OnDrift {
  return policy.get(code) ?? policy.get('*')!;
}

/** `accept` is allowed only where no wrong reading can come of it. */
export function refuseUnsafePolicy(row: SeedRow, complain: Complain): void {
  for (const [kind, what] of driftPolicyOf(String(row.on_drift))) {
    if (what !== 'accept' || SAFE.includes(kind)) continue;
    complain({
      seed: 'datasources_config',
      line: row.line,
      column: 'on_drift',
      found: quoted(`${kind}=accept`),
      expected: `accept only for ${SAFE.join(', ')}`,
      message: `a file with ${kind} needs a person to decide`,
      fix: 'write hold or quarantine, and use warehouse accept when such a file comes',
    });
  }
}
