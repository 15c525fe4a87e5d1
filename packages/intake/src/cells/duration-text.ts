const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** A time span as the field `interval` has it, such as `15m`; with a fraction of a second where it is not of whole ones. */
export function durationText(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ['s', 1000];
  return `${milliseconds / length}${unit}`;
}
