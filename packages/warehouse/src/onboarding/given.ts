/** The answers that a person may give about a new source, by option name. */
export const FLAGS = [
  'id',
  'name',
  'location',
  'timezone',
  'pattern',
  'type',
  'records',
  'layout',
  'sensor-pattern',
  'sensor-column',
  'quantity-column',
  'value-column',
  'encoding',
  'delimiter',
  'decimal',
  'thousands',
  'skip-lines',
  'final-line-end',
  'time-column',
  'datetime-format',
  'zone-name',
  'time-label',
  'interval',
  'null-value',
  'column',
  'kind',
  'ignore',
  'sensor',
  'data-key',
  'public-name',
] as const;

export type Flag = (typeof FLAGS)[number];

/** The answers so far, as text. */
export type Given = Readonly<Partial<Record<Flag, readonly string[]>>>;

/** Something that has to be known of a source and is not. */
export interface Question {
  readonly flag: Flag;
  /** The prefix of the answer in the option's value, such as `Temperature (°C)=`. */
  readonly prefix: string;
  readonly text: string;
  /** The suggestion from the sample and the seeds. Left out if there is none: it is never guessed. */
  readonly proposal?: string;
  /** The answers that the sample allows, if it shows none. */
  readonly choices?: readonly string[];
}

/** The answer that leaves a column or a sensor out. */
export const IGNORE = '-';

/** Filled while a source is settled: what has still to be asked, and what was said and is wrong. */
export interface Unsettled {
  readonly questions: Question[];
  readonly mistakes: string[];
}

/** The option that gives an answer, and its value. */
export function optionOf({ flag, prefix }: Question, answer: string): { readonly flag: Flag; readonly value: string } {
  if ((flag === 'column' || flag === 'sensor') && answer === IGNORE)
    return { flag: 'ignore', value: prefix.slice(0, -1) };
  return { flag, value: `${prefix}${answer}` };
}

/** The answers so far, with one more. */
export function withAnswer(given: Given, question: Question, answer: string): Given {
  const { flag, value } = optionOf(question, answer);
  return { ...given, [flag]: [...(given[flag] ?? []), value] };
}

/** The last value of an option that has one. */
export function saidOf(given: Given, flag: Flag): string | undefined {
  return given[flag]?.at(-1);
}

/** The value of an option of the form `key=value`, cut at the longest key that is known, else at its first `=`. */
export function cutPair(text: string, known: Iterable<string>): readonly [key: string, value: string] | undefined {
  let longest: string | undefined;
  for (const key of known) if (text.startsWith(`${key}=`) && key.length > (longest ?? '').length) longest = key;
  const at = longest?.length ?? text.indexOf('=');
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}
