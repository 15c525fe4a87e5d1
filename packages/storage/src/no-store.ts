import type { Store } from './store';

/**
 * Stands in for a store that cannot be reached. Any call is a bug and throws, while a real store in its place would
 * accept writes.
 * @param whose the owner without a store, for the message
 */
export function noStore(whose: string): Store {
  return new Proxy({} as Store, {
    get: (_, member) => {
      throw new Error(`${whose} has no store, and asked for its ${String(member)}`);
    },
  });
}
