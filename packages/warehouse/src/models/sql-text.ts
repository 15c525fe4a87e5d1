/** A piece of a model's text. Comments are left out; what Jinja writes in its place is one piece. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'jinja' | 'symbol';
  /** The text; a word in lower case, a quoted name without its quotation marks. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses are open around it. */
  readonly depth: number;
}

const PIECES =
  /(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}|\{\{-?\s*config\s*\([\s\S]*?\}\})|(?<jinja>\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})|(?<quoted>"(?:[^"]|"")*")|(?<string>'(?:[^']|'')*')|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<symbol>[\s\S])/gu;

/**
 * Cuts the text of a dbt model into tokens: SQL as DuckDB writes it, with Jinja between.
 *
 * This is not an SQL parser, and it cannot know what Jinja writes: what a macro expands to, which branch of an `if` is
 * taken, which columns `select *` has if no text says so. Code that reads the tokens returns undefined in these cases,
 * and reports nothing about such a model. dbt itself would know; but it takes two seconds to start before it reads the
 * first model, stops at the first that it cannot read, and names neither the seed nor the line that is missing.
 */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  for (const piece of sql.matchAll(PIECES)) {
    const { skip, jinja, quoted, string, word } = piece.groups!;
    if (skip !== undefined) continue;
    const text = piece[0];
    const start = piece.index;
    const place = { start, end: start + text.length };
    if (text === ')') depth--;
    if (jinja !== undefined) tokens.push({ kind: 'jinja', text, ...place, depth });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unquoted(text), ...place, depth });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquoted(text), ...place, depth });
    else tokens.push({ kind: word === undefined ? 'symbol' : 'word', text: text.toLowerCase(), ...place, depth });
    if (text === '(') depth++;
  }
  return tokens;
}

function unquoted(text: string): string {
  const mark = text[0]!;
  return text.slice(1, -1).replaceAll(mark + mark, mark);
}

const isWord = (token: Token | undefined, ...words: readonly string[]) =>
  token?.kind === 'word' && words.includes(token.text);

/** One `select` of a model, as far as it can be determined from its text alone. */
export interface Select {
  /** The tokens of each item between `select` and `from`. */
  readonly items: readonly (readonly Token[])[];
  /** The token after `from`, if it is Jinja or a name and nothing is joined to it. */
  readonly from: Token | undefined;
  readonly start: number;
  /** Where its last token ends. */
  readonly end: number;
  readonly depth: number;
  /** The set operation before it, in words such as `union all by name`; '' for none. */
  readonly operation: string;
}

const ENDS = ['union', 'intersect', 'except', 'order', 'limit'];

/** Every `select … from …` of a model, those in parentheses and common tables too, in the order of the text. */
export function selectsOf(sql: string): Select[] {
  const tokens = tokensOf(sql);
  return tokens.flatMap((token, at) => {
    if (!isWord(token, 'select')) return [];
    const { depth } = token;
    let stop = at + 1;
    while (stop < tokens.length && tokens[stop]!.depth >= depth && !isEnd(tokens, stop, depth)) stop++;
    const own = tokens.slice(at + 1, stop);
    const fromAt = own.findIndex((one) => one.depth === depth && isWord(one, 'from'));
    const after = fromAt < 0 ? [] : own.slice(fromAt + 1);
    return [
      {
        items: splitItems(fromAt < 0 ? own : own.slice(0, fromAt), depth),
        from: after.some((one) => isWord(one, 'join') || (one.depth === depth && one.text === ','))
          ? undefined
          : after[0],
        start: token.start,
        end: own.at(-1)?.end ?? token.end,
        depth,
        operation: operationBefore(tokens, at),
      },
    ];
  });
}

/** `except` and `replace` after a star belong to it; a second `select` begins another one, if only by mistake. */
function isEnd(tokens: readonly Token[], at: number, depth: number): boolean {
  const token = tokens[at]!;
  if (token.depth !== depth) return false;
  if (token.text === ';') return true;
  return isWord(token, 'select', ...ENDS) && !(token.text === 'except' && tokens[at - 1]?.text === '*');
}

function splitItems(tokens: readonly Token[], depth: number): Token[][] {
  const items: Token[][] = [];
  let item: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ',' && token.depth === depth) {
      items.push(item);
      item = [];
    } else if (!(items.length === 0 && item.length === 0 && isWord(token, 'distinct', 'all'))) item.push(token);
  }
  return item.length > 0 ? [...items, item] : items;
}

function operationBefore(tokens: readonly Token[], at: number): string {
  const words: string[] = [];
  for (let back = at - 1; back >= 0 && isWord(tokens[back], 'all', 'by', 'name', 'distinct', ...ENDS); back--)
    words.unshift(tokens[back]!.text);
  return ENDS.slice(0, 3).includes(words[0] ?? '') ? words.join(' ') : '';
}

/** An item's name and the tokens of its value; undefined for a star, or a name that only the database knows. */
export function namedItem(
  item: readonly Token[],
): { readonly name: string; readonly value: readonly Token[] } | undefined {
  if (item.some(({ kind }) => kind === 'jinja') || item.length === 0) return undefined;
  const last = item.at(-1)!;
  if (last.kind !== 'word' && last.kind !== 'quoted') return undefined;
  const before = item.at(-2);
  if (isWord(before, 'as')) return { name: last.text, value: item.slice(0, -2) };
  if (before === undefined || before.text === '.') return { name: last.text, value: item };
  return undefined;
}
