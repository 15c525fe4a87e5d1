import type { AcceptedHeader } from '@sensor-warehouse/model/seeds/contract';
import type { Unknown } from '../header/header';
import { FAR_AWAY, type Pair } from './pairs';

const ENOUGH = 0.55;
const MARGIN = 0.1;

/**
 * The pairs that stand out: no other label fits the column nearly as well, and no other column the label. What remains
 * when those are taken may become clear by that. Columns that never came together in one export are no pairs of one file.
 *
 * @param known labels of the file that the source knows
 */
export function clearPairs(
  pairs: readonly Pair[],
  unknown: readonly Unknown[],
  known: readonly string[],
  headers: readonly AcceptedHeader[],
): Pair[] {
  const clear: Pair[] = [];
  let open = [...pairs].sort((a, b) => b.score - a.score);
  for (;;) {
    const strangers = neverTogether([...known, ...clear.map(({ name }) => name)], headers);
    open = open.filter(({ name }) => !strangers.has(name));
    const left = unknown.filter((one) => !clear.some((pair) => pair.unknown === one));
    const found = open.find((pair) => isClear(pair, open, left));
    if (found === undefined) return clear;
    clear.push(found);
    open = open.filter(({ unknown: label, missing }) => label !== found.unknown && missing !== found.missing);
  }
}

/** Labels of headers that had not all of these labels, but for those that a header with all of them has, too. */
function neverTogether(labels: readonly string[], headers: readonly AcceptedHeader[]): Set<string> {
  const own = headers.filter((header) => labels.every((label) => header.labels.includes(label)));
  if (own.length === 0) return new Set();
  const mayCome = new Set(own.flatMap((header) => header.labels));
  return new Set(headers.flatMap((header) => header.labels).filter((label) => !mayCome.has(label)));
}

function isClear(pair: Pair, open: readonly Pair[], left: readonly Unknown[]): boolean {
  const rivals = open.filter(
    (other) => other !== pair && (other.unknown === pair.unknown || other.missing === pair.missing),
  );
  const { missing, alike, letters, samePlace, onlyQuantity, otherPlace, far, conversion } = pair;
  // The only column of times is the time, whatever it is called; of two, one may be of another clock.
  if (pair.time !== undefined && !rivals.some((other) => other.missing === missing)) return true;
  if (pair.time !== undefined) return letters >= 0.8 && rivals.every((other) => letters - other.letters >= MARGIN);
  if (rivals.some((other) => pair.score - other.score < MARGIN)) return false;
  const isFar = far !== undefined && far >= FAR_AWAY && conversion === undefined;
  if (pair.score >= ENOUGH && alike >= 0.4 && (!(isFar || otherPlace) || letters >= 0.75)) return true;
  const alone =
    rivals.length === 0 ||
    (left.length === 1 &&
      missing.needed &&
      rivals.every((other) => other.unknown === pair.unknown && !other.missing.needed));
  return alone && !isFar && !otherPlace && (samePlace || onlyQuantity || alike >= 0.3);
}
