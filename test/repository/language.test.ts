import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, FILES, read } from '../support/repository-files';

/** What the reader of this project meets first; the glossary itself quotes what it refuses. */
const PAGES = DOCUMENTS.filter((path) =>
  /^(README|SECURITY|docs\/[^/]+|actions\/[^/]+\/README)\.md$/.test(path),
).filter((path) => path !== 'docs/glossary.md');

/** The phrases of the glossary's second column. */
const REFUSED = [
  ...read('docs/glossary.md')
    .split('## How they are written')[1]!
    .matchAll(/^\| (?!write|-)[^|]+\| ([^|]+?) *\|$/gm),
].flatMap(([, phrases]) => phrases!.split(/, (?=[^ ])/));

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

/** Programs and tests, whose comments, messages and sentences are read as well. */
const SOURCES = FILES.filter(
  (path) => /^(packages|actions|test)\/.*\.ts$/.test(path) && !path.endsWith('/language.test.ts'),
);

/** Phrases that a page can do without, and a comment on an odd case cannot: «NaN if there is none», «stands in for». */
const FINE_IN_SOURCES = [
  ...['is none', 'are none', 'a … more', 'stands in', 'stand in', 'is no number', 'is no time'],
  ...['pass over', 'exit status', 'return code', 'nothing of it'],
];

const IN_SOURCES = REFUSED.filter((phrase) => !FINE_IN_SOURCES.includes(phrase));
const ANY = new RegExp(IN_SOURCES.map((phrase) => pattern(phrase).source).join('|'), 'i');

/** What a module says to people: its comments, and its texts of more than one word. */
function said(path: string): string {
  const module = read(path).replace(/^\s*(\/?\*+|\/\/)/gm, '');
  // Most have none of the phrases, not even among their names, and need no look at what is a text.
  if (!ANY.test(module)) return '';
  const texts: string[] = read(path).match(/^\s*(\/?\*|\/\/).*/gm) ?? [];
  const look = (node: ts.Node) => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node))
      texts.push(node.text.includes(' ') ? node.text : '');
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest));
  return texts.map((text) => text.replace(/^\s*(\/?\*+|\/\/)/, '')).join('\n');
}

const found = (text: string, phrases = REFUSED) =>
  phrases.flatMap((phrase) => [...text.matchAll(pattern(phrase))].map(([words]) => words.replace(/\s+/g, ' ')));

describe('the language of pages and messages', () => {
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

  it('is that of the comments, messages and tests', () => {
    expect(IN_SOURCES.length).toBeGreaterThan(25);
    expect(SOURCES.length).toBeGreaterThan(500);
    const words = SOURCES.flatMap((path) => found(said(path), IN_SOURCES).map((phrase) => `${path}: ${phrase}`));
    expect(words).toEqual([]);
  });
});
