import { PART_PATTERNS, parsePath, pathOf, type StoredName } from '@sensor-warehouse/warehouse/layout/names';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const id = fc.stringMatching(/^[a-z][a-z0-9_]{0,59}$/);
const month = fc.stringMatching(/^[0-9]{4}-(0[1-9]|1[0-2])$/);
const hash = fc.stringMatching(/^[0-9a-f]{8}$/);
const digest = fc.stringMatching(/^[0-9a-f]{16}$/);
const number = fc.integer({ min: 1, max: 99_999_999 });
const generation = fc.tuple(number, hash).map(([n, h]) => `${String(n).padStart(6, '0')}-${h}`);
const version = fc.oneof(
  generation,
  fc.tuple(month, number, hash).map(([m, n, h]) => `${m.replace('-', '.')}.${n}-${h}`),
);
const fileName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => new RegExp(`^(?:${PART_PATTERNS.name})$`, 'u').test(text));

/** Of each kind, its parts. */
const NAMES: readonly fc.Arbitrary<StoredName>[] = [
  fc.constant({ kind: 'pointer' }),
  fc.record({ kind: fc.constant('pointer copy' as const), generation: number, hash }),
  fc.record({ kind: fc.constant('raw copy' as const), datasource: id, generation, name: fileName }),
  fc.record({ kind: fc.constantFrom('manifest' as const, 'facts' as const), generation }),
  fc.record({ kind: fc.constant('archive' as const), datasource: id, month, revision: number, hash }),
  fc.record({ kind: fc.constant('hours' as const), datasource: id, month, hash }),
  fc.record({ kind: fc.constant('level windows' as const), datasource: id, month, level: id, hash }),
  fc.record({ kind: fc.constant('legacy hours' as const), month, hash }),
  fc.record({ kind: fc.constant('quality report' as const), generation, hash }),
  fc.record({ kind: fc.constant('quarantine' as const), datasource: id, name: fileName }),
  fc.constant({ kind: 'marker' }),
  fc.constant({ kind: 'refusals' }),
  fc.record({ kind: fc.constant('stable copy' as const), name: fileName.filter((name) => name !== 'latest.json') }),
  fc.record({ kind: fc.constant('version file' as const), version, name: fileName }),
  fc.record({
    kind: fc.constant('window csv' as const),
    measurement: fc.constantFrom('additive', 'nonadditive'),
    month,
    level: id,
  }),
  fc.record({ kind: fc.constant('model csv' as const), level: id, month }),
  fc.record({ kind: fc.constant('backfill plan' as const), digest }),
  fc.record({
    kind: fc.constant('backfill window' as const),
    digest,
    window: fc.tuple(id, month, month).map((parts) => parts.join('_')),
  }),
  fc.record({ kind: fc.constant('answer' as const), datasource: id, name: fileName }),
  fc.record({ kind: fc.constant('last answer' as const), datasource: id }),
];

test('every name that is built is parsed into the parts that it was built from', () => {
  fc.assert(
    fc.property(fc.oneof(...NAMES), (name) => {
      expect(parsePath(pathOf(name))).toEqual(name);
    }),
    { numRuns: 2000 },
  );
});

test('every path that is parsed is built again from its parts', () => {
  const digits = fc.stringMatching(/^[0-9]{1,8}$/);
  const path = fc.oneof(
    fc.tuple(digits, hash).map(([n, h]) => `pointers/${n}-${h}.json`),
    fc.tuple(digits, hash).map(([n, h]) => `facts/${n}-${h}/manifest.json`),
    fc.tuple(id, month, digits, hash).map(([source, m, r, h]) => `archive/${source}/${m}.r${r}-${h}.parquet`),
    fc.tuple(id, fileName).map(([source, name]) => `quarantine/${source}/${name}`),
    fc.tuple(id, month).map(([level, m]) => `normalized/${level}_${m}.csv`),
  );
  fc.assert(
    fc.property(path, (text) => {
      const name = parsePath(text);
      if (name !== undefined) expect(pathOf(name)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

describe('no part of a name leads out of its folder', () => {
  const OUT = ['../victim', '..', '.', '', '/etc/passwd', 'a/b', 'a\nb', '\u0000', '2024-10-/../../victim'];
  test.each(OUT)('%j is not part of a path', (part) => {
    const names = [
      { kind: 'archive', datasource: part, month: '2024-10', revision: 1, hash: '00000000' },
      { kind: 'archive', datasource: 'indoor', month: part, revision: 1, hash: '00000000' },
      { kind: 'archive', datasource: 'indoor', month: '2024-10', revision: 1, hash: part },
      { kind: 'archive', datasource: 'indoor', month: '2024-10', revision: part, hash: '00000000' },
      { kind: 'manifest', generation: part },
      { kind: 'raw copy', datasource: 'indoor', generation: '000001-00000000', name: part },
      { kind: 'backfill window', digest: '0123456789abcdef', window: part },
    ] as unknown as StoredName[];
    for (const name of names) expect(() => pathOf(name)).toThrow(RangeError);
  });

  test.each(OUT)('%j in a path makes it no name of a warehouse', (part) => {
    expect(parsePath(`archive/${part}/2024-10.r1-00000000.parquet`)).toBeUndefined();
    expect(parsePath(`facts/${part}/manifest.json`)).toBeUndefined();
    expect(parsePath(`public/versions/2024.10.1-00000000${part}/LICENSE`)).toEqual(
      part === '' ? expect.objectContaining({ kind: 'version file' }) : undefined,
    );
    expect(parsePath(`public/versions/${part}.10.1-00000000/LICENSE`)).toBeUndefined();
    expect(parsePath(`raw/indoor/000001-00000000/${part}`)).toBeUndefined();
  });
});

test('the millionth generation has a name like all before it', () => {
  expect(parsePath('facts/1000000-deadbeef/manifest.json')).toEqual({
    kind: 'manifest',
    generation: '1000000-deadbeef',
  });
  expect(parsePath('facts/0000001-deadbeef/manifest.json')).toBeUndefined();
});
