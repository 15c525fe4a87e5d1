import type { Store } from '@sensor-warehouse/storage/store';
import type { Checked } from '../check-quality/checked';
import { isUndecided } from '../layout/consumption';
import { generationNumber } from '../layout/facts-manifest';
import type { Waiting } from '../layout/pending';
import type { Pointer } from '../layout/pointer';

/** Why the facts of a source wait. */
export interface Held {
  readonly by: 'refused-upload' | 'checks';
  /** Names of the refused uploads, or what the checks said. */
  readonly reasons: readonly string[];
}

/**
 * Why sources are held: by uploads that their newest manifest calls refused, or by what the last Aggregate & Publish found in
 * what still waits and nobody has settled.
 */
export async function readHeld(
  warehouse: Store,
  pointer: Pointer,
  waiting: Waiting,
): Promise<Readonly<Record<string, Held>>> {
  const held: Record<string, Held> = {};
  for (const [id, reasons] of Object.entries(waiting.held)) held[id] = { by: 'refused-upload', reasons };
  const records = (await warehouse.listHere('quality')).map(({ path, modified }) => ({
    path,
    modified,
    number: generationNumber(path.slice('quality/'.length, -'-00000000.json'.length)) ?? 0,
  }));
  const newest = records.sort((a, b) => a.number - b.number || a.modified - b.modified).at(-1);
  if (newest === undefined) return held;
  const checked = jsonOrEmpty<Checked>(await warehouse.readText(newest.path));
  for (const [id, reasons] of Object.entries(checked.held ?? {})) {
    const isOpen = waiting.manifests.some(
      ({ generation, number, sources }) =>
        checked.generations?.includes(generation) &&
        isUndecided(number, pointer, id) &&
        sources.some(({ datasource, facts }) => datasource === id && facts > 0),
    );
    if (isOpen && held[id] === undefined) held[id] = { by: 'checks', reasons };
  }
  return held;
}

/** The content of a file of the warehouse; empty if it is damaged, which `verify` reports. */
export function jsonOrEmpty<T extends object>(text: string | undefined): Partial<T> {
  try {
    return (JSON.parse(text ?? '{}') as Partial<T> | null) ?? {};
  } catch {
    return {};
  }
}
