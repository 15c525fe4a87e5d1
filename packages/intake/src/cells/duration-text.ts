const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** A time span in the form of the field `interval`, such as `15m`; with a fraction if it is not whole seconds. */
export function durationText(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ['s', 1000];
  return `${milliseconds / length}${unit}`;
}
