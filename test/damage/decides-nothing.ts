/** Changes that `verify` cannot see, because no reading and no published number follows from what they change. */
export const DECIDES_NOTHING: readonly { readonly changes: RegExp; readonly reason: string }[] = [];
