import { waitingFacts } from '../layout/consumption';
import { readWaiting } from '../layout/pending';
import { readPointer } from '../layout/pointer';
import { isSameUndelivered, readUndelivered } from '../layout/undelivered';
import type { OpenWarehouse, Seeds } from '../run/context';
import type { Validated } from '../validate-schema/validated';

/** The state of the sources in a run without facts. */
export interface Standing {
  /** Sources whose facts wait and need not wait longer. */
  readonly free: readonly string[];
  /** Whether a manifest without facts must say again which sources are held, or gave no answer. */
  readonly changed: boolean;
}

/**
 * A source that is no longer held needs a new manifest, even without new facts, or it would wait forever. A newly held
 * source needs one if others are published next, or that run would not name it. If an upload folder is missing, the
 * older manifest still applies. An API that stops or resumes answering needs one too, even if nothing waits.
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
