import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Store } from '@sensor-warehouse/storage/store';
import { type FactsManifest, readManifest } from '../layout/facts-manifest';
import type { IngestedFile } from '../run/ingested-file';

/**
 * An upload is seen if its hash is in a complete facts manifest and no mapping was missing for it. The raw archive's
 * names carry the first digits of the hash, so only manifests of generations that may hold the file are read.
 */
export async function seenHashes(
  warehouse: Store,
): Promise<(file: Pick<IngestedFile, 'datasource' | 'sha256'>, datasource: Datasource) => Promise<boolean>> {
  const generations = new Map<string, Set<string>>();
  for (const { path } of await warehouse.list('raw')) {
    const match = /^raw\/([^/]+)\/([^/]+)\/([0-9a-f]{12})_/.exec(path);
    if (match === null) continue;
    const key = `${match[1]}/${match[3]}`;
    generations.set(key, (generations.get(key) ?? new Set()).add(match[2]!));
  }
  const manifests = new Map<string, FactsManifest | undefined>();
  return async (file, { afterIngest }) => {
    for (const generation of generations.get(`${file.datasource}/${file.sha256.slice(0, 12)}`) ?? []) {
      if (!manifests.has(generation)) manifests.set(generation, await readManifest(warehouse, generation));
      const manifest = manifests.get(generation);
      const handedOver = manifest?.files.find(
        (one) => one.datasource === file.datasource && one.sha256 === file.sha256,
      );
      // If uploads stay in their folder, nobody has sent this one again.
      if (handedOver === undefined || (handedOver.rejected > 0 && afterIngest !== 'keep')) continue;
      return true;
    }
    return false;
  };
}
