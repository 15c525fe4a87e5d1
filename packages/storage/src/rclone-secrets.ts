import { createDecipheriv } from 'node:crypto';
import { keepPrivate, keepSecret, SHORTEST_SECRET } from '@sensor-warehouse/model/secrets/secrets';
import { secretsOfUrl } from '@sensor-warehouse/model/secrets/url-secrets';

export interface ConfigSecrets {
  /** Values that give access: passwords, tokens and their parts, keys, parts of addresses. */
  readonly secrets: readonly string[];
  /** Other values, such as addresses and names of accounts: nobody else's business, but their beginnings may be shown. */
  readonly others: readonly string[];
  /** Secret options whose values are so short that masking them would make any log unreadable. */
  readonly tooShort: readonly string[];
}

// Words that everybody may read, and that would be masked wherever else they occur.
const OPEN_OPTIONS = new Set(['type', 'provider', 'vendor', 'region', 'scope', 'drive_type', 'storage_class', 'acl']);
const SECRET_OPTION = /pass|secret|token|key|credential|auth|sas|header|cookie|connection_string/;
const SHORTEST_OTHER = 8;

// rclone takes `=` and `:`; what does not look like an option may be a part of a value that spans lines.
const OPTION = /^([a-z][a-z0-9_]{0,60})\s*[=:]\s*(.*[^=\s].*)$/i;
const QUOTED = /"((?:[^"\\]|\\.)*)("\s*:?|$)/g;
const SEPARATORS = /[\s,;&?=|"'`(){}[\]<>]+/;

/**
 * Hides everything of a configuration file of rclone from whatever this process shows.
 * @returns the forms for who hides texts beside us, and the names of options that cannot be hidden
 */
export function keepRcloneConfig(config: string): { readonly forms: readonly string[]; readonly tooShort: string[] } {
  const { secrets, others, tooShort } = secretsOfRcloneConfig(config);
  return { forms: [...secrets.flatMap(keepSecret), ...others.flatMap(keepPrivate)], tooShort: [...tooShort] };
}

/**
 * Finds the secrets of a configuration file of rclone. A line that is commented out may still hold a valid secret, and
 * rclone repeats a line that it cannot parse in its error message, so both count.
 */
export function secretsOfRcloneConfig(config: string): ConfigSecrets {
  const secrets = new Set<string>();
  const others = new Set<string>();
  const tooShort = new Set<string>();
  const keep = (value: string, shortest: number, kept = secrets): boolean => {
    if (value.length < shortest) return false;
    kept.add(value);
    return true;
  };
  let user = '';
  for (const raw of config.split(/[\r\n]+/)) {
    const line = raw.trim().replace(/^[#;]\s*/, '');
    if (line === '') continue;
    if (/^\[.*\]$/.test(line)) {
      user = '';
      continue;
    }
    for (const [, inside, end] of line.matchAll(QUOTED)) if (!end!.endsWith(':')) keep(inside!, SHORTEST_OTHER);
    const option = OPTION.exec(line);
    if (option === null) {
      keep(line, SHORTEST_OTHER);
      for (const part of partsOf(line)) keep(part, SHORTEST_OTHER);
      continue;
    }
    const name = option[1]!.toLowerCase();
    const value = option[2]!.replace(/^(["'`])(.*)\1,?$/, '$2').trim();
    if (OPEN_OPTIONS.has(name) || /^(true|false|\d{1,3})$/.test(value)) continue;
    if (name === 'user') user = value;
    for (const part of secretsOfUrl(value)) keep(part, SHORTEST_SECRET);
    if (!SECRET_OPTION.test(name)) keep(value, SHORTEST_OTHER, others);
    else if (!keep(value, SHORTEST_SECRET)) tooShort.add(name);
    else for (const part of partsOf(value)) keep(part, SHORTEST_OTHER);
    const revealed = reveal(value);
    if (revealed === undefined) continue;
    if (!keep(revealed, SHORTEST_SECRET)) tooShort.add(name);
    keep(Buffer.from(`${user}:${revealed}`).toString('base64'), SHORTEST_SECRET);
  }
  for (const secret of secrets) others.delete(secret);
  return { secrets: [...secrets], others: [...others], tooShort: [...tooShort] };
}

/** A message may name one part of a value alone: a header of several, a field of a connection string. */
function partsOf(value: string): string[] {
  return value.split(SEPARATORS).filter((part) => part !== value && !WORD.test(part));
}

// A single word of a sentence would be masked wherever else it occurs.
const WORD = /^[A-Za-z]+[:.,]?$|^-+$/;
// rclone's own key: it is public, and keeps passwords only from eyes that see the file by chance.
const OBSCURE_KEY = Buffer.from('9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638', 'hex');
const IV_BYTES = 16;

/** The password that `rclone obscure` turned into this text; undefined if it is not such a text. */
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
