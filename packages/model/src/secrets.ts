import { secretForms } from './secret-forms';

/** What stands in the place of a secret. */
export const HIDDEN = '***';

/** A shorter text cannot be hidden: it stands everywhere. */
export const SHORTEST_SECRET = 4;

// Of a long secret the beginning gives much away, too: whoever cut the message before it came here left that.
const LONG = 16;
const BEGINNING = 8;

// The one state of this package that outlives a call: whatever is shown, wherever it is written, hides the same secrets.
const kept = new Set<string>();
const whole = new Set<string>();
const beginnings = new Map<string, string[]>();
let anyWhole: RegExp | undefined;
let anyBeginning: RegExp | undefined;

/**
 * From now on the text is hidden wherever this process shows something: log, summary, annotations, outputs, reports. Of a
 * long one its beginning, too.
 * @returns the forms in which it may be shown, for who hides texts beside us; none of a text that is too short
 */
export function keepSecret(secret: string): readonly string[] {
  const forms = keepPrivate(secret);
  if (kept.has(secret)) return forms;
  kept.add(secret);
  for (const form of forms.filter(({ length }) => length >= LONG)) {
    const beginning = form.slice(0, BEGINNING);
    beginnings.set(beginning, [...(beginnings.get(beginning) ?? []), form]);
  }
  anyBeginning = undefined;
  return forms;
}

/** The same for a text that is no secret by its name, such as an address: its beginning may be shown. */
export function keepPrivate(text: string): readonly string[] {
  const forms = secretForms(text).filter((form) => form.length >= SHORTEST_SECRET);
  for (const form of forms) {
    if (whole.has(form)) continue;
    whole.add(form);
    anyWhole = undefined;
  }
  return forms;
}

/** The text without any secret that this process keeps. Has to come before a text is cut or escaped. */
export function withoutSecrets(text: string): string {
  if (whole.size === 0) return text;
  anyWhole ??= oneOf([...whole]);
  const shown = text.replace(anyWhole, HIDDEN);
  if (beginnings.size === 0) return shown;
  anyBeginning ??= oneOf([...beginnings.keys()]);
  return withoutBeginnings(shown, anyBeginning);
}

/** Hides what begins as a secret does, as far as it goes on like it. */
function withoutBeginnings(text: string, any: RegExp): string {
  let shown = '';
  let from = 0;
  for (const { 0: beginning, index } of text.matchAll(any)) {
    if (index < from) continue;
    const lengths = beginnings.get(beginning)!.map((form) => lengthInCommon(form, text, index));
    shown += text.slice(from, index) + HIDDEN;
    from = index + Math.max(...lengths);
  }
  return shown + text.slice(from);
}

function lengthInCommon(form: string, text: string, at: number): number {
  let length = 0;
  while (length < form.length && form[length] === text[at + length]) length++;
  return length;
}

/** Any of the texts, the longest first: one may begin like another. */
function oneOf(texts: readonly string[]): RegExp {
  const longest = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longest.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

/** For tests, of which many share a process. */
export function forgetSecrets(): void {
  kept.clear();
  whole.clear();
  beginnings.clear();
  anyWhole = undefined;
  anyBeginning = undefined;
}
