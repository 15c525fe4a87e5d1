import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { POINTER, pointerDigest, readPointer } from './pointer';

/** How a publication names its pointer: the generation and the SHA-256 of the text. */
export const POINTER_NAME = /^(\d{1,9})-[0-9a-f]{64}$/;

/**
 * Compares the pointer with the one that was known last, outside the warehouse: whoever may write the warehouse can put an older
 * one back, and everything in the warehouse then agrees with it.
 * @param expected such as `12-…`, as a publication output it
 * @throws Failure (remote-permanent) if the pointer is older, or another one of the same generation; a newer one is right
 */
export async function requireExpectedPointer(warehouse: Store, expected: string): Promise<void> {
  const { pointer, text } = await readPointer(warehouse);
  const found = pointerDigest(text);
  const generation = Number(POINTER_NAME.exec(expected)?.[1]);
  if (found === expected || pointer.generation > generation) return;
  throw new Failure({
    stage: 'pointer',
    what: 'the pointer of the warehouse is not the last one published',
    where: `${warehouse.name}/${POINTER}`,
    found: quoted(found),
    expected: `${expected}, or a later generation`,
    fix: `find out who wrote it; to go back, copy the file of generation ${generation} in pointers/ over ${POINTER} and run \`warehouse verify --every-byte\``,
    class: 'remote-permanent',
    code: 'pointer-older',
  });
}
