import { visible } from './finding';

/** Text in one line that Markdown, HTML and GitHub's links and mentions leave alone. */
export function inert(text: string): string {
  return (
    visible(text)
      .replace(/[\\`*_{}[\]()#+!|~]/g, (mark) => `\\${mark}`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Between the parts of a mail address an invisible blank: the entity alone becomes a link once it is decoded.
      .replace(/(?<=\S)@/g, '&#64;&#8203;')
      .replaceAll('@', '&#64;')
      .replaceAll('://', ':&#47;&#47;')
      .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)
  );
}

/** Text in one line as code: shown as it is, since Markdown reads nothing inside. */
export function codeSpan(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const apart = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${apart}${shown}${apart}${fence}`;
}
