/** What a sample says about one question. Without a value it is open, and has to be asked: it is never guessed. */
export interface Told<T> {
  readonly value: T | undefined;
  /** What is possible, the likeliest first; never empty. */
  readonly choices: readonly T[];
  /** Why it is open. */
  readonly evidence: string;
}

export function told<T>(value: T): Told<T> {
  return { value, choices: [value], evidence: '' };
}

export function open<T>(choices: readonly T[], evidence: string): Told<T> {
  return { value: undefined, choices, evidence };
}

/** The same answers in other words. */
export function mapTold<T, U>({ value, choices, evidence }: Told<T>, change: (one: T) => U): Told<U> {
  return { value: value === undefined ? undefined : change(value), choices: choices.map(change), evidence };
}

/** What is determined, or the likeliest of what is possible. */
export function likeliest<T>({ choices }: Told<T>): T {
  return choices[0]!;
}
