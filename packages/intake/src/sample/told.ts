/** What a sample tells of one question, or the answers that it leaves open: those are asked, and never guessed. */
export type Told<T> =
  | { readonly value: T }
  | { readonly value: undefined; readonly choices: readonly T[]; readonly evidence: string };

export function told<T>(value: T): Told<T> {
  return { value };
}

export function open<T>(choices: readonly T[], evidence: string): Told<T> {
  return { value: undefined, choices, evidence };
}

/** What is told, or the likeliest of what is possible. */
export function likeliest<T>(one: Told<T>): T {
  return one.value === undefined ? (one as { readonly choices: readonly T[] }).choices[0]! : one.value;
}
