import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Store } from '@sensor-warehouse/storage/store';
import { storeBelow } from '@sensor-warehouse/storage/store-below';
import type { UploadFolders } from '../run/context';

/**
 * The place of a source's uploads. The answers of an API are kept in the warehouse until they are handed over: a
 * refused answer can be read again when the contract is right, and the API may not give it again.
 */
export function uploadsOf({ remotes, warehouse }: UploadFolders, { id, type, location }: Datasource): Store {
  return type === 'api' ? storeBelow(warehouse, `${apiFolder(id)}/upload`) : remotes.open(location);
}

/** Like uploadsOf, but undefined if the remote of the uploads is not bound here. */
export function boundUploadsOf(context: UploadFolders, source: Datasource): Store | undefined {
  try {
    return uploadsOf(context, source);
  } catch (error) {
    if (error instanceof Failure && error.details.code === 'remote-config') return undefined;
    throw error;
  }
}

export function apiFolder(datasource: string): string {
  return `apis/${datasource}`;
}
