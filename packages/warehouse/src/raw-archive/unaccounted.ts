import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import { boundUploadsOf } from '../ingest/uploads';
import { withFile } from '../layout/check-file';
import { isConsumed, lastConsumed } from '../layout/consumption';
import { contentNames } from '../layout/content-name';
import { type FactsManifest, generationNumber, manifestPath } from '../layout/facts-manifest';
import type { Pending } from '../layout/pending';
import type { Pointer } from '../layout/pointer';
import { rawPaths } from '../publish-facts/write-generation';
import type { OpenWarehouse, Seeds, UploadFolders } from '../run/context';

/** Files that were handed over but are in no manifest: their readings are neither published nor waiting. */
export interface Unaccounted {
  readonly datasource: string;
  readonly generation: string;
  /** Raw copies, or the facts if there are none. */
  readonly paths: readonly string[];
}

/** Why nobody needs to act on what no manifest names: a hand-over was cut short, and its uploads went another way. */
export interface LeftBehind {
  readonly path: string;
  readonly why: 'handed over with another generation' | 'still in the upload folder' | 'facts of no upload';
}

/**
 * Classifies raw copies and facts that no manifest names. An interrupted hand-over leaves such files too, but its
 * uploads are still in their folders, or are in a later generation; otherwise a manifest is missing or was changed.
 * @param files of the warehouse, including those of `raw/` and `facts/`
 * @param manifests of all generations that may name any of the files
 */
export async function findUnaccounted(
  context: UploadFolders & Seeds,
  files: readonly StoredFile[],
  manifests: readonly FactsManifest[],
): Promise<{ readonly unaccounted: readonly Unaccounted[]; readonly leftBehind: readonly LeftBehind[] }> {
  const named = new Set(manifests.flatMap((one) => one.files.flatMap((file) => rawPaths(file, one.generation))));
  const taken = new Set(
    manifests.flatMap(({ files: uploaded }) =>
      uploaded.flatMap((file) => contentNames(file).map((name) => `${file.datasource}/${name}`)),
    ),
  );
  const leftBehind: LeftBehind[] = [];
  const groups = new Map<string, Unaccounted>();
  const uploads = new Map<string, ReadonlySet<string>>();
  const add = (datasource: string, generation: string, path: string) => {
    const key = `${datasource}/${generation}`;
    const group = groups.get(key) ?? { datasource, generation, paths: [] };
    groups.set(key, { ...group, paths: [...group.paths, path] });
  };
  const raw = files.flatMap(({ path, bytes }) => {
    const match = /^raw\/([^/]+)\/([^/]+)\/([0-9a-f]{12}_(.+))$/.exec(path);
    if (match === null || named.has(path)) return [];
    return [{ path, bytes, datasource: match[1]!, generation: match[2]!, content: match[3]!, name: match[4]! }];
  });
  for (const { path, bytes, datasource, generation, content, name } of raw) {
    if (!uploads.has(datasource)) uploads.set(datasource, await uploadsThere(context, datasource));
    if (taken.has(`${datasource}/${content}`)) leftBehind.push({ path, why: 'handed over with another generation' });
    else if (uploads.get(datasource)!.has(`${bytes} ${name}`))
      leftBehind.push({ path, why: 'still in the upload folder' });
    else add(datasource, generation, path);
  }
  const known = new Set(manifests.map(({ generation }) => generation));
  const ofRaw = new Set(raw.map(({ generation }) => generation));
  for (const { path } of files) {
    const generation = /^facts\/([^/]+)\/fact\.parquet$/.exec(path)?.[1];
    // If facts have raw copies, the copies decide.
    if (generation === undefined || known.has(generation) || ofRaw.has(generation)) continue;
    const datasources = await sourcesOf(context, path);
    if (datasources.length === 0) leftBehind.push({ path, why: 'facts of no upload' });
    for (const datasource of datasources) add(datasource, generation, path);
  }
  return { unaccounted: [...groups.values()], leftBehind };
}

/** Size and name of each upload of a source, as its raw copy would have them; none if its remote is not bound here. */
async function uploadsThere(context: UploadFolders & Seeds, datasource: string): Promise<ReadonlySet<string>> {
  const source = context.configuration.datasources.find(({ id }) => id === datasource);
  const files = source === undefined ? [] : await boundUploadsOf(context, source)?.listHere('');
  const namesOf = (name: string) => contentNames({ name, sha256: '' }).map((kept) => kept.slice(1));
  return new Set(files?.flatMap(({ path, bytes }) => namesOf(path).map((name) => `${bytes} ${name}`)));
}

/** Datasources of a table of facts; one without a name if it cannot be read. */
async function sourcesOf(context: OpenWarehouse, path: string): Promise<readonly string[]> {
  try {
    return await withFile(context, path, async (local) => {
      const { columns } = await readParquetTable(local, { datasource_id: 'text' });
      return [...new Set(columns.datasource_id.dictionary)];
    });
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [''];
  }
}

/** An unreachable remote or a full disk says nothing about the facts. */
function isDamage(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Failure && error.details.class === 'remote-permanent');
}

/**
 * The unaccounted files that no source has consumed: a later generation must not skip them, because a generation
 * restored under a consumed number is never published. `verify` reports older ones.
 */
export async function findUnaccountedWaiting(
  context: UploadFolders & Seeds,
  pointer: Pointer,
  { generations }: Pending,
): Promise<readonly Unaccounted[]> {
  const { datasources } = context.configuration;
  const oldest = Math.min(...datasources.map(({ id }) => lastConsumed(pointer, id)));
  const files = [...(await context.warehouse.list('raw')), ...(await context.warehouse.list('facts'))];
  const waiting = files.filter(({ path }) => numberOfPath(path) > oldest);
  const manifests = generations.map(({ manifest }) => manifest);
  const { unaccounted } = await findUnaccounted(context, waiting, manifests);
  return unaccounted.filter(({ datasource, paths }) => !isConsumed(numberOfPath(paths[0]!), pointer, datasource));
}

/** The finding for the person, who alone can restore the manifest or decide to upload again. */
export function unaccountedFinding({ datasource, generation, paths }: Unaccounted): Finding {
  return {
    code: 'hand-over-unaccounted',
    severity: 'warning',
    ...(datasource === '' ? {} : { datasource }),
    file: paths[0]!,
    count: paths.length,
    message: `generation ${generation} was handed over, and no manifest names what came with it: its readings would be lost`,
    fix: `restore ${manifestPath(generation)} from the remote’s version history; or put the raw copies back into the upload folder, each without the first 13 characters of its name; or remove them, if their readings are not wanted`,
  };
}

/** Number of the generation that a raw copy or facts belong to; 0 for other paths. */
export function numberOfPath(path: string): number {
  const generation = /^(?:raw\/[^/]+|facts)\/([^/]+)\//.exec(path)?.[1] ?? '';
  return generationNumber(generation) ?? 0;
}
