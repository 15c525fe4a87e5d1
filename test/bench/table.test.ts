import { describe, expect, it } from 'vitest';
import { median, verdictOf } from '../../bench/table';

describe('a target of the bench', () => {
  it.each([
    ['is met if every round meets it', [true, true], 'met'],
    ['is missed if every round misses it', [false, false], 'missed'],
    ['is undecided if the rounds disagree', [true, false], 'undecided'],
  ] as const)('%s', (_, rounds, verdict) => {
    expect(verdictOf(rounds)).toBe(verdict);
  });
});

describe('the median', () => {
  it('is the value in the middle', () => {
    expect(median([10, 1, 9])).toBe(9);
  });

  it('is halfway between the two in the middle', () => {
    expect(median([10, 1, 9, 2])).toBe(5.5);
  });

  it('of nothing is refused', () => {
    expect(() => median([])).toThrow('nothing was measured');
  });
});
