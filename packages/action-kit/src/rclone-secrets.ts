import { createDecipheriv } from 'node:crypto';

export interface ConfigSecrets {
  /** Everything that must be masked: values, what stands inside them, and the forms in which a message may show them. */
  readonly values: readonly string[];
  /** Secret options whose values are so short that masking them would make any log unreadable. */
  readonly tooShort: readonly string[];
}

// Words that everybody may read, and that would be masked wherever else they stand.
const OPEN_OPTIONS = new Set(['type', 'provider', 'vendor', 'region', 'scope', 'drive_type', 'storage_class', 'acl']);
const SECRET_OPTION = /pass|secret|token|key|credential|auth|sas/;
const SHORTEST_NAMED = 4;
const SHORTEST_OTHER = 8;

// rclone takes `=` and `:`; what does not look like an option may be a part of a value that spans lines.
const OPTION = /^([a-z][a-z0-9_]{0,60})\s*[=:]\s*(.*[^=\s].*)$/i;
const QUOTED = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;

/**
 * Finds the secrets of a configuration file of rclone. A line that is commented out may still hold a valid secret, and
 * rclone repeats a line that it cannot parse in its error message, so both count.
 */
export function secretsOfRcloneConfig(config: string): ConfigSecrets {
  const values = new Set<string>();
  const tooShort = new Set<string>();
  let user = '';
  const keep = (value: string, shortest: number): boolean => {
    if (value.length < shortest) return false;
    for (const form of formsOf(value)) if (form.length >= shortest) values.add(form);
    return true;
  };
  for (const raw of config.split(/[\r\n]+/)) {
    const line = raw.trim().replace(/^[#;]\s*/, '');
    if (line === '') continue;
    if (/^\[.*\]$/.test(line)) {
      user = '';
      continue;
    }
    for (const [, inside, isName] of line.matchAll(QUOTED)) if (!isName) keep(inside!, SHORTEST_OTHER);
    const option = OPTION.exec(line);
    if (option === null) {
      keep(line, SHORTEST_OTHER);
      continue;
    }
    const name = option[1]!.toLowerCase();
    const value = option[2]!.replace(/^(["'`])(.*)\1$/, '$2').trim();
    if (OPEN_OPTIONS.has(name) || /^(true|false|\d{1,3})$/.test(value)) continue;
    if (name === 'user') user = value;
    const shortest = SECRET_OPTION.test(name) ? SHORTEST_NAMED : SHORTEST_OTHER;
    if (!keep(value, shortest) && shortest === SHORTEST_NAMED) tooShort.add(name);
    const revealed = reveal(value);
    if (revealed === undefined) continue;
    if (!keep(revealed, SHORTEST_NAMED)) tooShort.add(name);
    keep(Buffer.from(`${user}:${revealed}`).toString('base64'), SHORTEST_NAMED);
  }
  return { values: [...values], tooShort: [...tooShort] };
}

/** A value as it is, without JSON's escapes, line by line, in a URL, and in base64. */
function formsOf(value: string): string[] {
  const plain = unescaped(value);
  const lines = [value, ...plain.split(/[\r\n]+/).map((line) => line.trim())];
  return [...lines, encodeURIComponent(plain), Buffer.from(plain).toString('base64')];
}

function unescaped(value: string): string {
  try {
    return String(JSON.parse(`"${value}"`));
  } catch {
    return value;
  }
}

// rclone's own key: it is public, and keeps passwords only from eyes that see the file by chance.
const OBSCURE_KEY = Buffer.from('9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638', 'hex');
const IV_BYTES = 16;

/** The password that `rclone obscure` turned into this text; undefined if it is no such text. */
function reveal(value: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{23,}$/.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64url');
  const decipher = createDecipheriv('aes-256-ctr', OBSCURE_KEY, bytes.subarray(0, IV_BYTES));
  const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
    return /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
