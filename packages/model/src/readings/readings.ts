/** How a quantity aggregates: additive ones are summed, nonadditive ones averaged. */
export type Measurement = 'additive' | 'nonadditive';

/** Bytewise order of UTF-8, which is the order of code points and not that of UTF-16 units. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const one = a.charCodeAt(i);
    const two = b.charCodeAt(i);
    if (one !== two) {
      const surrogates = one >= 0xd800 && two >= 0xd800;
      if (surrogates) return a.codePointAt(i)! - b.codePointAt(i)!;
      return one - two;
    }
  }
  return a.length - b.length;
}
