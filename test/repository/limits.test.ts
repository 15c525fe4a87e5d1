import { describe, expect, it } from 'vitest';
import { FILES, read } from '../support/repository-files';

/** The limits that README owns up to: each bullet without its links, on one line. */
const LIMITS = read('README.md')
  .split('## Limits\n')[1]!
  .split(/^- /m)
  .slice(1)
  .map((bullet) => bullet.split('\n\n')[0]!)
  .map((bullet) =>
    bullet
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\s+/g, ' ')
      .trim(),
  );

/** Tests that show a limit, by the limit. */
const SHOWN = FILES.filter((path) => path.endsWith('.test.ts')).flatMap((path) =>
  [...read(path).matchAll(/\b(?:it|test)\(\s*(['"`])limit: (.*?)\1,/g)].map(([, , limit]) =>
    limit!.replaceAll('\\`', '`'),
  ),
);

describe('the limits in README', () => {
  it('are there', () => {
    expect(LIMITS.length).toBeGreaterThan(5);
  });

  it.each(LIMITS)('are real: a test of the same name shows that %s', (limit) => {
    expect(SHOWN).toContain(limit);
  });

  it('are all that tests call limits', () => {
    expect([...SHOWN].sort()).toEqual([...LIMITS].sort());
  });
});
