import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { Store } from '@sensor-warehouse/storage/store';
import { storeBelow } from '@sensor-warehouse/storage/store-below';
import type { Context } from '../context';

/**
 * Where the uploads of a source lie. The answers of an API are kept in the warehouse until they are handed over: one that is
 * refused can be read again when the contract is right, and may not be had a second time.
 */
export function uploadsOf({ remotes, warehouse }: Context, { id, type, location }: Datasource): Store {
  return type === 'api' ? storeBelow(warehouse, `${apiFolder(id)}/upload`) : remotes.open(location);
}

export function apiFolder(datasource: string): string {
  return `apis/${datasource}`;
}
