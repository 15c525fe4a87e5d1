import { visible } from './finding';

/**
 * A text as one word of a command that a shell can be given as it is; undefined if it holds what cannot be printed safely.
 * A path that begins with a hyphen would be an option.
 */
export function shellWord(text: string): string | undefined {
  if (text === '' || visible(text) !== text) return undefined;
  const path = text.startsWith('-') ? `./${text}` : text;
  return /^[\p{L}\p{N}_./:@%+,=-]+$/u.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
