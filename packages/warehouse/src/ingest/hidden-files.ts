/** Names, in lower case, that file managers and Office leave in folders without a dot at the start. */
const NAMES = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r', '$recycle.bin']);

/**
 * Whether a name is that of a hidden file: `._export.csv` and `.DS_Store` of macOS, `~$export.xlsx` and
 * `.~lock.export.csv#` of Office, Thumbs.db. None is an export, even if a pattern such as `*export*` would take it.
 */
export function isHidden(name: string): boolean {
  return /^(\.|~\$)/.test(name) || NAMES.has(name.toLowerCase());
}
