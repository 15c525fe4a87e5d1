import { describe, expect, it } from 'vitest';
import { DOCUMENTS, read } from '../support/repository-files';

/** What the reader of this project meets first; the glossary itself quotes what it refuses. */
const PAGES = DOCUMENTS.filter((path) =>
  /^(README|SECURITY|docs\/[^/]+|actions\/[^/]+\/README)\.md$/.test(path),
).filter((path) => path !== 'docs/glossary.md');

/** The phrases of the glossary's second column. */
const REFUSED = [...read('docs/glossary.md').matchAll(/^\| (?!write|-)[^|]+\| ([^|]+?) *\|$/gm)].flatMap(
  ([, phrases]) => phrases!.split(/, (?=[^ ])/),
);

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A phrase anywhere in prose, over the ends of lines too. */
function pattern(phrase: string): RegExp {
  const words = phrase.split(' ').map((word) => (word === '…' ? "[\\w'’-]+" : escaped(word)));
  return new RegExp(`(?<![\\w-])${words.join('\\s+')}(?![\\w-])`, 'gi');
}

/** A page without what programs read or print. */
const prose = (path: string) =>
  read(path)
    .replace(/^ *```[\s\S]*?^ *```/gm, '')
    .replace(/`[^`\n]*`/g, '`');

const found = (text: string) =>
  REFUSED.flatMap((phrase) => [...text.matchAll(pattern(phrase))].map(([words]) => words.replace(/\s+/g, ' ')));

describe('the language of the pages', () => {
  it('has a glossary with phrases to avoid', () => {
    expect(REFUSED.length).toBeGreaterThan(20);
    expect(PAGES.length).toBeGreaterThan(20);
  });

  it('would notice a phrase in other case, over a line end, and with any word for the ellipsis', () => {
    expect(found('It is Told.')).toEqual(['Told']);
    expect(found('written with small\nletters')).toEqual(['small letters']);
    expect(found('a column more')).toEqual(['a column more']);
    expect(found('untold, foretold')).toEqual([]);
  });

  it.each(PAGES)('%s uses the words of the glossary', (path) => {
    expect(found(prose(path))).toEqual([]);
  });
});
