import { csvField, quotedField } from '@sensor-warehouse/model/findings/csv-field';
import { codeInCell, inert, tableOf } from '@sensor-warehouse/model/findings/markdown';
import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';

const PARTS = [
  ...['"', ',', ';', '\n', '\r', '\r\n', ' ', "'", 'é', '\u2028', '\ufeff', '😀', '='],
  ...[
    '|',
    '\\',
    '\\|',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '&',
    '!',
    '*',
    '_',
    '~',
    '#',
    '+',
    '-',
    '@',
    ':',
    '/',
    '.',
  ],
  ...['[a](https://a.example)', '![a](b.png)', '<img src=x>', '<b>', '<!--', '-->', '&lt;', '&#64;', '&commat;'],
  ...['https://a.example', 'http://', 'www.a.example', 'a@b.example', '@team', 'mailto:a@b.example', 'xmpp:a@b/c'],
  ...['[^1]', '[^1]: a', '[a]: b', '- [ ] a', '# a', '```', '~~a~~', '|a|b|', '| --- |', '<https://a.example>'],
];
const texts = fc.array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'grapheme', maxLength: 4 })), {
  maxLength: 8,
});
const text = texts.map((parts) => parts.join(''));

describe('a field of a CSV', () => {
  const back = (line: string) => Papa.parse<string[]>(line, { delimiter: ',', newline: '\n' }).data;

  it.each([
    ['csvField', csvField],
    ['quotedField', quotedField],
  ])('is read back unchanged as %s writes it', (_, write) => {
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 3 }), (rows) => {
        expect(back(rows.map((row) => row.map(write).join(',')).join('\n'))).toEqual(rows);
      }),
    );
  });

  it('alone in its row is not a blank line if it is quoted', () => {
    expect(quotedField('')).toBe('""');
  });
});

describe('a cell of a table in Markdown', () => {
  const html = (markdown: string) =>
    micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  const OURS = /^<\/?(table|thead|tbody|tr|th|td|code)( align="\w+")?>$/;
  const tags = (markdown: string) => html(markdown).match(/<[^>]*>/g) ?? [];
  const foreign = (markdown: string) => tags(markdown).filter((tag) => !OURS.test(tag));
  const cells = (markdown: string) => tags(markdown).filter((tag) => tag === '<td>').length;
  const mentions = (markdown: string) => markdown.match(/(^|[^\w`/])@\w/g) ?? [];

  it('opens no link, image, HTML, mention or further cell, whatever it contains', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const table = tableOf(['a', 'b'], [[one, other]]).join('\n');
        expect(foreign(table)).toEqual([]);
        expect(cells(table)).toBe(2);
        expect(mentions(table)).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  it('opens nothing as code either', () => {
    fc.assert(
      fc.property(text, (one) => {
        const table = `${tableOf(['a', 'b'], []).join('\n')}\n| ${codeInCell(one)} | ${inert(one)} |`;
        expect(foreign(table)).toEqual([]);
        expect(cells(table)).toBe(2);
      }),
      { numRuns: 600 },
    );
  });

  it('would be found out', () => {
    for (const opens of [
      '[a](b)',
      '![a](b)',
      'https://a.example',
      'www.a.example',
      'a@b.example',
      '<img src=x>',
      '~~a~~',
    ])
      expect(foreign(`| a |\n| --- |\n| ${opens} |`)).not.toEqual([]);
  });
});
