import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findRepeatedKeys } from '../src/check-quality/repeated-keys';
import { merge, NO_READINGS } from '../src/tables/merge';
import { deliveries, factTable } from './tables';

test('check-quality finds in a delivery what merging it will do', () => {
  fc.assert(
    fc.property(deliveries, (rows) => {
      const facts = factTable(rows);
      const { repeated, conflicting, conflicts } = findRepeatedKeys(facts);
      const merged = merge(NO_READINGS, facts, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      expect({ repeated, conflicting, conflicts }).toEqual({
        repeated: merged.repeated,
        conflicting: merged.replaced,
        conflicts: merged.conflicts,
      });
    }),
  );
});
