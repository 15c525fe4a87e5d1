import { type DocumentKind, newestFormat } from '@sensor-warehouse/warehouse/layout/formats';
import { describe, expect, it } from 'vitest';
import { read } from '../support/repository-files';

describe('the page on operations', () => {
  const rows = [...read('docs/operations.md').matchAll(/^\| `([a-z ]+)` +\| `[^|]+\| ([^|]*\d[^|]*?) *\|$/gm)];

  it('says of each kind of document which formats there are', () => {
    expect(rows.length).toBeGreaterThan(5);
    const said = rows.map(([, kind, formats]) => [kind, Math.max(...formats!.match(/\d+/g)!.map(Number))]);
    expect(said).toEqual(rows.map(([, kind]) => [kind, newestFormat(kind as DocumentKind)]));
  });
});
