import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Store, StoredFile } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse, Seeds } from '../run/context';
import { type DocumentKind, readDocument } from './formats';
import { parsePath, pathOf } from './names';
import { POINTER, POINTER_COPIES, STABLE } from './pointer';
import { REPORT } from './quarantine-entry';

/** A file of the warehouse that a run reads, and that says its format. */
export interface StoredDocument {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly text: string;
}

type Found = Pick<StoredDocument, 'path' | 'kind'>;

/**
 * Before a command or a stage does anything: a warehouse that a newer program wrote is left as it is. Of manifests, copies
 * and reports the newest few are read, because a newer program writes after an older one; the others are looked at by what
 * reads them.
 * @throws Failure (config) that names the first document of a newer format
 */
export async function requireNoneNewer(context: OpenWarehouse & Seeds): Promise<void> {
  for (const { path, kind, text } of await readDocuments(context, 'newest'))
    readDocument(kind, text, `${context.warehouse.name}/${path}`);
}

/** Folders with documents, and how many are the newest few; a pointer may be large. */
const FOLDERS = [
  { folder: POINTER_COPIES, few: 5 },
  { folder: 'facts', few: 20 },
  { folder: 'staging', few: 20 },
  { folder: 'quarantine', few: 20 },
] as const;

/** The documents of a warehouse, its pointer first. What cannot be fetched is left to what needs it. */
export async function readDocuments(
  { warehouse, configuration }: OpenWarehouse & Seeds,
  which: 'all' | 'newest',
): Promise<StoredDocument[]> {
  const named: Found[] = [
    { path: POINTER, kind: 'pointer' },
    { path: STABLE, kind: 'marker' },
    { path: pathOf({ kind: 'refusals' }), kind: 'refusals' },
    ...configuration.datasources
      .filter(({ type }) => type === 'api')
      .map(({ id }) => ({ path: pathOf({ kind: 'last answer', datasource: id }), kind: 'last answer' as const })),
  ];
  const [texts, ...listed] = await Promise.all([
    Promise.all(named.map(({ path }) => warehouse.readText(path))),
    ...FOLDERS.map(({ folder }) => warehouse.list(folder).catch(orNone([]))),
  ]);
  const documents = named.flatMap((one, index) => (texts[index] === undefined ? [] : [{ ...one, text: texts[index] }]));
  const found = listed.flatMap((files, index) => {
    const newestFirst = documentsAmong(files);
    return which === 'all' ? newestFirst : newestFirst.slice(0, FOLDERS[index]!.few);
  });
  return [...documents, ...(await fetchTexts(warehouse, found))];
}

function documentsAmong(files: readonly StoredFile[]): Found[] {
  const paths = new Set(files.map(({ path }) => path));
  return [...files]
    .sort((a, b) => b.modified - a.modified || compareText(b.path, a.path))
    .flatMap(({ path }) => {
      const kind = kindOf(path, paths);
      return kind === undefined ? [] : [{ path, kind }];
    });
}

async function fetchTexts(warehouse: Store, found: readonly Found[]): Promise<StoredDocument[]> {
  return withScratch('documents', async (folder) => {
    const local = (index: number) => join(folder, String(index));
    const texts = await warehouse
      .downloadAll(new Map(found.map(({ path }, index) => [path, local(index)])))
      .then(() => readAll(found.map((_, index) => local(index))))
      // One that nothing can fetch, such as a name that the remote cannot have, must not stop every night.
      .catch((error: unknown) => {
        orNone(undefined)(error);
        return Promise.all(found.map(({ path }) => warehouse.readText(path).catch(orNone(undefined))));
      });
    return found.flatMap((one, index) => (texts[index] === undefined ? [] : [{ ...one, text: texts[index] }]));
  });
}

/** One after the other: all at once may be more than this program may have open. */
async function readAll(paths: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const path of paths) texts.push(await readFile(path, 'utf8'));
  return texts;
}

/** Instead of what a folder or a file gives that cannot be read for good: what needs it says so. */
function orNone<T>(none: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Failure && ['remote-permanent', 'input'].includes(error.details.class)) return none;
    throw error;
  };
}

/** @param beside all paths of its folder: an upload that is kept in the quarantine may be called like a report */
function kindOf(path: string, beside: ReadonlySet<string>): DocumentKind | undefined {
  const kind = parsePath(path)?.kind;
  if (kind === 'pointer copy') return 'pointer';
  if (kind === 'manifest' || kind === 'backfill plan' || kind === 'backfill window') return kind;
  if (kind !== 'quarantine' || !path.endsWith(REPORT)) return undefined;
  const kept = path.slice(0, -REPORT.length);
  return beside.has(kept) || beside.has(`${kept}.rows`) ? 'quarantine report' : undefined;
}
