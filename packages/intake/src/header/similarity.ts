/** Characters of a label that are compared. */
const MOST_COMPARED = 200;

/** Similarity of two labels, by their letters and by their words: 1 for the same text, 0 for nothing in common. */
export function likeness(one: string, other: string): number {
  const left = one.slice(0, MOST_COMPARED).toLowerCase();
  const right = other.slice(0, MOST_COMPARED).toLowerCase();
  return Math.max(commonPairs(left, right), commonWords(left, right), 1 - editDistance(left, right));
}

/** How much less alike two labels are whose numbers differ: of 1 and 2 they tell more than all their letters. */
const OTHER_NUMBER = 0.15;

/** The same for labels that a device numbers: `vzt01` is not `vzt02`. A label without numbers may have lost them. */
export function numberedLikeness(one: string, other: string): number {
  return likeness(one, other) - OTHER_NUMBER * otherNumbers(one, other);
}

/** The share of the numbers that the two texts do not have in common; 0 if one has none. */
function otherNumbers(one: string, other: string): number {
  const numbers = (text: string) =>
    (text.slice(0, MOST_COMPARED).match(/\d+/g) ?? []).map((digits) => digits.replace(/^0+(?=\d)/, ''));
  const [left, right] = [numbers(one), numbers(other)];
  return left.length === 0 || right.length === 0 ? 0 : 1 - dice(left, right);
}

/** Dice's coefficient over pairs of neighbouring characters. */
function commonPairs(left: string, right: string): number {
  const pairs = (text: string) => Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2));
  return dice(pairs(left), pairs(right));
}

/** Dice's coefficient over words, which find each other in any order. */
function commonWords(left: string, right: string): number {
  const words = (text: string) => text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return dice(words(left), words(right));
}

/** Dice's coefficient over parts of any kind; a part that occurs twice counts twice. */
export function dice(left: readonly string[], right: readonly string[]): number {
  const rest = [...right];
  let common = 0;
  for (const part of left) {
    const at = rest.indexOf(part);
    if (at < 0) continue;
    common++;
    rest.splice(at, 1);
  }
  return left.length + right.length === 0 ? 0 : (2 * common) / (left.length + right.length);
}

/** Levenshtein's distance, as a share of the longer text. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = previous[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[right.length]! / Math.max(1, left.length, right.length);
}
