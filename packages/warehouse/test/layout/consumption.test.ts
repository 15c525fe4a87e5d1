import { describe, expect, test } from 'vitest';
import {
  discardedFacts,
  heldSources,
  isArchived,
  isConsumed,
  isDiscarded,
  isNeeded,
  isReleased,
  isUndecided,
  isWaiting,
  lastConsumed,
  waitingFacts,
} from '../../src/layout/consumption';
import type { FactsManifest } from '../../src/layout/facts-manifest';
import type { Settlement } from '../../src/layout/pointer';

const settled = (generation: number, verdict: Settlement['verdict'], datasource = 'indoor') =>
  ({ generation, verdict, datasource, name: '', reason: 'known' }) as Settlement;

/** Generations 1 to 3 of indoor are consumed, 4 to 6 are not; of each three nobody settled the first. */
const POINTER = {
  consumed: { indoor: 3 },
  settled: [settled(2, 'released'), settled(3, 'discarded'), settled(5, 'released'), settled(6, 'discarded')],
};

describe('of the facts of a source, by generation', () => {
  test.each([
    ['consumed', isConsumed, [1, 2, 3]],
    ['discarded', isDiscarded, [3, 6]],
    ['released', isReleased, [2, 5]],
    ['archived', isArchived, [1, 2]],
    ['waiting', isWaiting, [4, 5]],
    ['undecided', isUndecided, [4]],
  ] as const)('%s are', (_, is, expected) => {
    expect([1, 2, 3, 4, 5, 6].filter((number) => is(number, POINTER, 'indoor'))).toEqual(expected);
  });

  test('what was consumed and settled of another source says nothing', () => {
    expect(lastConsumed(POINTER, 'ventilation')).toBe(0);
    expect([1, 3].map((number) => isUndecided(number, POINTER, 'ventilation'))).toEqual([true, true]);
  });
});

const manifest = (number: number, ...sources: (readonly [datasource: string, facts: number, refused?: string])[]) =>
  ({
    number,
    sources: sources.map(([datasource, facts, refused]) => ({
      datasource,
      facts,
      held: refused !== undefined,
      refused: refused === undefined ? [] : [refused],
    })),
  }) as unknown as FactsManifest;

describe('a source is held', () => {
  test('if the newest undecided manifest says so', () => {
    const manifests = [
      manifest(4, ['indoor', 5, 'a.csv'], ['ventilation', 0, 'x.csv']),
      manifest(7, ['indoor', 1, 'b.csv']),
    ];
    expect(heldSources(manifests, POINTER)).toEqual({ indoor: ['b.csv'], ventilation: ['x.csv'] });
  });

  test('no longer, when a later manifest says so', () => {
    expect(heldSources([manifest(4, ['indoor', 5, 'a.csv']), manifest(7, ['indoor', 0])], POINTER)).toEqual({});
  });

  test.each([3, 5, 6])('not for generation %i, which is consumed or settled', (number) => {
    expect(heldSources([manifest(number, ['indoor', 5, 'a.csv'])], POINTER)).toEqual({});
  });
});

test('facts that will enter the archive are counted apart from those that were discarded', () => {
  const manifests = [1, 2, 3, 4, 5, 6].map((number) => manifest(number, ['indoor', 10 ** number]));
  expect(waitingFacts(manifests, POINTER, 'indoor')).toBe(110_000);
  expect(discardedFacts(manifests, POINTER, 'indoor')).toBe(1_001_000);
});

test('a file of facts is needed until every source that has some has consumed them, discarded or not', () => {
  expect(isNeeded(manifest(3, ['indoor', 5], ['ventilation', 0]), POINTER)).toBe(false);
  expect(isNeeded(manifest(3, ['indoor', 5], ['ventilation', 1]), POINTER)).toBe(true);
  expect(isNeeded(manifest(6, ['indoor', 5]), POINTER)).toBe(true);
});
