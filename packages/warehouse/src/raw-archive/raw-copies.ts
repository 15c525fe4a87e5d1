import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import { DAY } from '@sensor-warehouse/model/time/units';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import { isArchived } from '../layout/consumption';
import { contentNames } from '../layout/content-name';
import type { FactsManifest, ManifestFile } from '../layout/facts-manifest';
import { listNumbered, readNumbered } from '../layout/generations';
import type { Pointer } from '../layout/pointer';
import { timeRules } from '../layout/time-rules';
import { rawPath } from '../publish-facts/write-generation';
import type { OpenWarehouse } from '../run/context';

/** An accepted upload in the raw archive. */
export interface RawCopy {
  readonly file: ManifestFile;
  /** Today's path of the copy; an older program may have used another one (see contentNames). */
  readonly path: string;
  readonly generation: number;
}

/** A changed time zone moves a time by at most 26 hours. */
const MARGIN = 2 * DAY;

/** The manifests of what the archive holds of a source, in the order in which it arrived: that of their numbers. */
export async function archivedManifests(
  context: OpenWarehouse,
  pointer: Pointer,
  datasource: string,
): Promise<FactsManifest[]> {
  const { generations } = await listNumbered(context.warehouse, pointer);
  return readNumbered(
    context,
    generations.filter(({ number }) => isArchived(number, pointer, datasource)),
  );
}

/** The raw copies that may hold readings of a month in `[first, last]`, in the order of their arrival. */
export function rawCopiesOf(
  manifests: readonly FactsManifest[],
  datasource: Datasource,
  first: Month,
  last: Month,
): RawCopy[] {
  const from = monthStart(first) - MARGIN;
  const to = monthStart(shiftMonth(last, 1)) + MARGIN;
  const rules = timeRules(datasource);
  const mayHold = ({ covers, counts }: ManifestFile) =>
    // Rows that were quarantined then may land today, at any time.
    covers === undefined ||
    counts.quarantined > 0 ||
    covers.timeRules !== rules ||
    (covers.first < to && covers.last >= from);
  return manifests.flatMap(({ generation, number, files }) =>
    files
      .filter((file) => file.datasource === datasource.id && mayHold(file))
      .sort((a, b) => a.ordinal - b.ordinal)
      .map((file) => ({ file, path: rawPath(file, generation), generation: number })),
  );
}

/**
 * Downloads raw copies into a folder; the first file is `000001`.
 * @throws Failure (remote-permanent) that names the first one that is missing or does not match its manifest
 */
export async function fetchRawCopies(warehouse: Store, copies: readonly RawCopy[], folder: string): Promise<string[]> {
  const locals = copies.map((_, index) => join(folder, String(index + 1).padStart(6, '0')));
  const sizes = new Map<string, number | undefined>();
  for (const above of new Set(copies.map(({ path }) => path.slice(0, path.lastIndexOf('/')))))
    for (const { path, bytes } of await warehouse.listHere(above)) sizes.set(path, bytes);
  const paths = copies.map((copy) => pathAmong(copy, sizes));
  for (const [index, { file }] of copies.entries()) {
    const path = paths[index]!;
    const found = sizes.get(path);
    const isUnknown = found === undefined && sizes.has(path);
    if (!isUnknown && found !== file.bytes)
      throw damaged(warehouse.name, path, `${found ?? 'no'} bytes`, `${file.bytes} bytes`);
  }
  await warehouse.downloadAll(new Map(paths.map((path, index) => [path, locals[index]!])));
  for (const [index, { file }] of copies.entries()) {
    const sha256 = await sha256OfFile(locals[index]!);
    if (sha256 !== file.sha256)
      throw damaged(warehouse.name, paths[index]!, `SHA-256 ${sha256}`, `SHA-256 ${file.sha256}`);
  }
  return locals;
}

/** The path of a raw copy, or today's path if there is none. */
function pathAmong({ file, path }: RawCopy, there: ReadonlyMap<string, unknown>): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return (
    contentNames(file)
      .map((name) => `${folder}/${name}`)
      .find((one) => there.has(one)) ?? path
  );
}

function damaged(warehouse: string, path: string, found: string, expected: string): Failure {
  return new Failure({
    stage: 'rebuild',
    what: 'a raw copy is missing or damaged',
    where: printable(`${warehouse}/${path}`),
    found,
    expected,
    fix: 'restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'raw-copy-damaged',
  });
}
