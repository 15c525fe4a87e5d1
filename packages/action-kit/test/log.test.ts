import { codeSpan, inert } from '@sensor-warehouse/model/findings/markdown';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inertLine } from '../src/log';

describe('a line of the log', () => {
  it.each([
    ['a command at its start', '::error::gotcha'],
    ['a command behind spaces', '  ::set-output name=held::nothing'],
    ['a command of the old form anywhere in it', 'cell "##[set-output name=held;]" is no number'],
    ['an old command behind another mark', '###[add-mask]secret'],
  ])('is shown and not obeyed when it contains %s', (_, line) => {
    const shown = inertLine(line);
    expect(shown).not.toMatch(/^\s*::/);
    expect(shown).not.toContain('##[');
    expect(shown).toContain(/\w{5,}/.exec(line)![0]);
  });

  it('shows colours, line ends and invisible characters as their codes', () => {
    expect(inertLine('a\u001b[31mb\nc\u202ed\u200be')).toBe('a\\u001b[31mb\\u000ac\\u202ed\\u200be');
  });

  it('leaves plain text alone', () => {
    expect(inertLine('ingest: 6 uploads of indoor from sm2drive:Indoor')).toBe(
      'ingest: 6 uploads of indoor from sm2drive:Indoor',
    );
  });

  it('is never a command, whatever it contains', () => {
    const parts = fc.array(fc.constantFrom('::', ':', '#', '##[', '[', ']', 'error', ' ', '\n', '\u001b', 'x'));
    fc.assert(
      fc.property(parts, (words) => {
        const shown = inertLine(words.join(''));
        return !/^\s*::/.test(shown) && !shown.includes('##[') && !/\p{Cc}/u.test(shown);
      }),
    );
  });
});

describe('text in the job summary', () => {
  it.each([
    ['HTML', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert\\(1\\)&gt;'],
    ['an entity', '&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['a link', '[free](https://evil.example)', '\\[free\\]\\(https:&#47;&#47;evil.example\\)'],
    ['a bare address', 'www.evil.example', 'www&#46;evil.example'],
    ['an image', '![x](y)', '\\!\\[x\\]\\(y\\)'],
    ['a mention', '@octocat', '&#64;octocat'],
    ['a mail address', 'a@evil.example', 'a&#64;&#8203;evil.example'],
    ['an address of mail', 'mailto:a_b@evil.example', 'mailto:a\\_b&#64;&#8203;evil.example'],
    ['an address of chat', 'xmpp:a@evil.example/x', 'xmpp:a&#64;&#8203;evil.example/x'],
    ['a table cell', 'a | b', 'a \\| b'],
    ['code', '`rm`', '\\`rm\\`'],
    ['a line end', 'a\n# title', 'a\\\\u000a\\# title'],
  ])('keeps %s as text', (_, text, expected) => {
    expect(inert(text)).toBe(expected);
  });

  it.each([
    ['a_b.csv', '`a_b.csv`'],
    ['a`b.csv', '``a`b.csv``'],
    ['`a``.csv', '``` `a``.csv ```'],
    ['a\n<b>@c', '`a\\u000a<b>@c`'],
  ])('shows %j as code, letter by letter', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });
});
