// Everything a terminal, a log reader or a browser might obey instead of show: control characters, line and paragraph
// separators, and the invisible format characters (zero-width, bidirectional, byte order mark).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A UTF-16 unit as JSON writes its code, such as `\u001b`. */
export const unicodeEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Writes what would be obeyed instead of shown as its code, such as `\u001b`, as JSON writes it. */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => character.split('').map(unicodeEscape).join(''));
}

/** Writes what Markdown, HTML and GitHub's links and mentions would obey so that they show it. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*_{}[\]()#+!|~]/g, (mark) => `\\${mark}`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Between the parts of a mail address an invisible blank: the entity alone becomes a link once it is decoded.
      .replace(/(?<=\S)@/g, '&#64;&#8203;')
      .replaceAll('@', '&#64;')
      .replaceAll('://', ':&#47;&#47;')
      // Not only where a word begins: Markdown sees a link after an underscore, too.
      .replace(/www\./gi, (www) => `${www.slice(0, 3)}&#46;`)
  );
}
