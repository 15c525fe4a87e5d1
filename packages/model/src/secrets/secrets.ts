import { secretForms } from './secret-forms';

/** Replacement for a secret. */
export const HIDDEN = '***';

/** A shorter text cannot be hidden: it occurs everywhere. */
export const SHORTEST_SECRET = 4;

// The beginning of a long secret is revealing too: a message that was cut before it came here may end with it.
const LONG = 16;
const BEGINNING = 8;

// The one state of this package that outlives a call: whatever is shown, wherever it is written, hides the same secrets.
const kept = new Set<string>();
const whole = new Set<string>();
const beginnings = new Map<string, string[]>();
let anyWhole: RegExp | undefined;
let anyBeginning: RegExp | undefined;

/**
 * From now on the text is hidden in everything that this process shows: log, summary, annotations, outputs, reports. So
 * is the beginning of a long text.
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

/** The same for a text that is not a secret by its name, such as an address: its beginning may be shown. */
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
  const spans = [...spansIn(text), ...spansInAddress(text)].sort((a, b) => a.start - b.start);
  let shown = '';
  let from = 0;
  for (const { start, end } of spans) {
    if (start >= from) shown += text.slice(from, start) + HIDDEN;
    from = Math.max(from, end);
  }
  return shown + text.slice(from);
}

/** The same of every member that is a text; lists and objects in it stay as they are. */
export function withoutSecretsInTexts<T extends object>(of: T): T {
  const members = Object.entries(of).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutSecrets(value) : value,
  ]);
  return Object.fromEntries(members) as T;
}

/** A part of a text to hide: `[start, end)`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Spans may overlap: a secret that was cut holds a whole one, or the beginning of another. */
function spansIn(text: string): Span[] {
  anyWhole ??= oneOf([...whole]);
  anyBeginning ??= oneOf([...beginnings.keys()]);
  const spans = matchesOf(anyWhole, text).map(({ 0: form, index }) => ({ start: index, end: index + form.length }));
  if (beginnings.size === 0) return spans;
  for (const { 0: beginning, index } of matchesOf(anyBeginning, text)) {
    const lengths = beginnings.get(beginning)!.map((form) => lengthInCommon(form, text, index));
    spans.push({ start: index, end: index + Math.max(...lengths) });
  }
  return spans;
}

/** Also those that begin within another. */
function matchesOf(pattern: RegExp, text: string): RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    matches.push(match);
    pattern.lastIndex = match.index + 1;
  }
  return matches;
}

/** Encoders of addresses differ in what they encode: so the text is read as an address too, and once more. */
function spansInAddress(text: string, times = 2): Span[] {
  if (times === 0 || !/%[0-9A-Fa-f]{2}/.test(text)) return [];
  let decoded = '';
  const starts: number[] = [];
  for (let at = 0; at < text.length; ) {
    const code = /^%[0-9A-Fa-f]{2}/.test(text.slice(at, at + 3)) ? Number.parseInt(text.slice(at + 1, at + 3), 16) : -1;
    starts.push(at);
    decoded += code < 0 ? text[at] : String.fromCharCode(code);
    at += code < 0 ? 1 : 3;
  }
  starts.push(text.length);
  const spans = [...spansIn(decoded), ...spansInAddress(decoded, times - 1)];
  return spans.map(({ start, end }) => ({ start: starts[start]!, end: starts[end]! }));
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

/** For tests, many of which share a process. */
export function forgetSecrets(): void {
  kept.clear();
  whole.clear();
  beginnings.clear();
  anyWhole = undefined;
  anyBeginning = undefined;
}
