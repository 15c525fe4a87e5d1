import { waitingFacts } from '../layout/consumption';
import { readWaiting } from '../layout/pending';
import { readPointer } from '../layout/pointer';
import { isSameUndelivered, readUndelivered } from '../layout/undelivered';
import type { OpenWarehouse, Seeds } from '../run/context';
import type { Validated } from '../validate-schema/validated';

/** How the sources stand when a run has no facts of its own. */
export interface Standing {
  /** Sources whose facts wait and need not wait longer. */
  readonly free: readonly string[];
  /** Whether a manifest without facts must say again which sources are held, or gave no answer. */
  readonly changed: boolean;
}

/**
 * A source that was held and is no longer held needs a new manifest, even without new facts, or it would wait forever.
 * One that is held from now on needs one when others are published next: otherwise that run would not name it. Of a
 * source whose upload folder is absent, the older manifest keeps speaking. An API that is dead from now on, or answers
 * again, needs one too, even if nothing of any source waits.
 */
export async function readStanding(context: OpenWarehouse & Seeds, validated: Validated): Promise<Standing> {
  const { pointer } = await readPointer(context.warehouse);
  const waiting = await readWaiting(context, pointer);
  const ids = context.configuration.datasources.map(({ id }) => id);
  const wasHeld = (id: string) => id in waiting.held;
  const isHeld = (id: string) => (validated.absent.includes(id) ? wasHeld(id) : id in validated.held);
  const free = ids.filter((id) => !isHeld(id) && waitingFacts(waiting.manifests, pointer, id) > 0);
  const released = ids.some((id) => wasHeld(id) && !isHeld(id));
  const newlyHeld = ids.some((id) => isHeld(id) && !wasHeld(id));
  const isSame = isSameUndelivered(await readUndelivered(context), validated.undelivered);
  return { free, changed: released || (newlyHeld && free.length > 0) || !isSame };
}
