import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Store, StoredFile } from '@sensor-warehouse/storage/store';
import { parsePath } from '../layout/names';
import { POINTER, POINTER_COPIES, type Pointer } from '../layout/pointer';
import { readPointerCopies, requireUnchanged } from '../layout/pointer-copies';
import { lessThan } from '../layout/pointer-less';

/*
 * A sweep removes what the pointer does not name. A pointer that is whole and yet not the newest, or that was emptied, names
 * too little: then the archive itself is what would go.
 */

/** @throws Failure (remote-permanent) if the pointer has no copy, or is not the newest one that was written */
export async function requireNewest(warehouse: Store, pointer: Pointer, text: string | undefined): Promise<void> {
  if (text === undefined) return;
  const where = `${warehouse.name}/${POINTER}`;
  if ((await requireUnchanged(warehouse, pointer, text)) !== 'copied')
    throw refused(where, `generation ${pointer.generation}, without a copy in ${POINTER_COPIES}/`, MAKE_COPY);
  const [newest] = await readPointerCopies(warehouse);
  const [less] = newest === undefined ? [] : lessThan(pointer, newest);
  if (less !== undefined) throw refused(where, less.found!, less.fix);
}

const MAKE_COPY = 'run `warehouse heal`, which writes its copy, and read its report before you sweep';

/** @throws Failure (remote-permanent) if more than half of the months of the archive would have no file any longer */
export function requireMostStays(
  warehouse: Store,
  stored: readonly StoredFile[],
  removable: readonly { readonly path: string }[],
): void {
  const gone = new Set(removable.map(({ path }) => path));
  const months = monthsOf(stored.map(({ path }) => path));
  const left = monthsOf(stored.map(({ path }) => path).filter((path) => !gone.has(path)));
  const lost = [...months].filter((month) => !left.has(month)).sort();
  if (lost.length * 2 <= months.size) return;
  const some = `${lost.slice(0, 3).join(', ')}${lost.length > 3 ? ', …' : ''}`;
  throw refused(
    `${warehouse.name}/archive`,
    `${lost.length} of ${months.size} months would lose their file: ${some}`,
    'run `warehouse verify`: the pointer names too little; restore warehouse.json from the remote’s version history, or remove by hand what you do not want',
  );
}

/** `<datasource>/<month>` of every archive. */
function monthsOf(paths: readonly string[]): Set<string> {
  return new Set(
    paths.flatMap((path) => {
      const name = parsePath(path);
      return name?.kind === 'archive' ? [`${name.datasource}/${name.month}`] : [];
    }),
  );
}

function refused(where: string, found: string, fix: string): Failure {
  return new Failure({
    stage: 'sweep',
    what: 'the pointer does not name everything that was published',
    where,
    found,
    expected: 'the newest pointer, naming most of the archive',
    consequence: 'nothing was removed',
    fix,
    class: 'remote-permanent',
    code: 'sweep-refused',
  });
}
