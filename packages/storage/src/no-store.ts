import type { Store } from './store';

/**
 * Takes the place of a store where none can be reached. Any call is a defect of the program: it throws, where another
 * store in its place would take what is written to it.
 * @param whose who has no store, for the message
 */
export function noStore(whose: string): Store {
  return new Proxy({} as Store, {
    get: (_, member) => {
      throw new Error(`${whose} has no store, and asked for its ${String(member)}`);
    },
  });
}
