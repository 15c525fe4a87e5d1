/** Whole numbers in [0, below) that follow from a text, so that every case can be made again. */
export type Random = (below: number) => number;

/** xorshift32 (Marsaglia 2003), seeded with FNV-1a of the text. */
export function randomOf(seed: string): Random {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  state ||= 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  // The first numbers of seeds that differ in their last letter are alike.
  for (let i = 0; i < 8; i++) next();
  return (below) => next() % below;
}
