import { jsonCellText } from '@sensor-warehouse/intake/json/cell-text';
import { type JsonValue, parseJson } from '@sensor-warehouse/intake/json/parse-json';
import { parseJsonPointer, valueAtSteps } from '@sensor-warehouse/intake/json/pointers';
import type { ApiSettings, PointerToNext } from '@sensor-warehouse/model/seeds/api-settings';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Answer } from '@sensor-warehouse/storage/http/get';

/** Pages that do not follow each other: none is used, because some would be missing. */
export class PagingMistake extends Error {
  constructor(readonly problem: PagingProblem) {
    super(problem.message);
  }
}

interface PagingProblem {
  readonly code: 'page-repeated' | 'page-limit' | 'page-total' | 'page-unreadable' | 'page-end' | 'page-elsewhere';
  readonly found: string;
  readonly message: string;
  readonly fix: string;
}

const CORRECT = 'check how the interface pages its answers, and correct paging in the settings of the API';

/**
 * Requests an answer and the pages that follow it.
 * @param mostBytes limit for all pages together
 * @param ask returns undefined if there is nothing new
 * @returns the answers in order, without an empty page at the end
 * @throws PagingMistake
 */
export async function followPages(
  api: ApiSettings,
  first: URL,
  mostBytes: number,
  ask: (url: URL) => Promise<Answer | undefined>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const seen = new Set<string>();
  let items = 0;
  let bytes = 0;
  let total: number | undefined;
  if (api.paging?.kind === 'page') first.searchParams.set(api.paging.parameter, String(api.paging.first));
  for (let url: URL | undefined = first; url !== undefined; ) {
    const answer = await ask(url);
    if (answer === undefined) return [];
    if (api.paging === undefined && api.total === undefined) return [answer];
    const hash = sha256OfBytes(answer.body);
    if (seen.has(hash)) {
      const found = `page ${answers.length + 1} repeats an earlier one`;
      throw new PagingMistake({
        code: 'page-repeated',
        found,
        message: 'the pages of the answer repeat each other',
        fix: CORRECT,
      });
    }
    seen.add(hash);
    const page = readPage(answer.body, answers.length + 1);
    const count = countItems(page, api, answers.length + 1);
    if (answers.length === 0 && api.total !== undefined) total = totalAt(page, api.total);
    items += count;
    if (count > 0 || answers.length === 0) answers.push(answer);
    // Some services answer a page after the last with an error: if the total is known, that page is not requested.
    const isLast = api.paging?.kind === 'page' && (count === 0 || items === total);
    url = isLast ? undefined : nextUrl(page, api, url);
    bytes += answer.body.length;
    if (bytes > mostBytes || (url !== undefined && seen.size >= api.mostPages)) {
      const found = bytes > mostBytes ? `more than ${mostBytes} bytes` : `more than ${api.mostPages} pages`;
      throw new PagingMistake({
        code: 'page-limit',
        found,
        message: 'the answer has too many pages, or they are too large',
        fix: 'ask for less at a time, or raise mostPages',
      });
    }
  }
  if (api.total !== undefined && total !== items) {
    const found = `${items} items, and ${Number.isNaN(total) ? 'no total' : `a total of ${total}`}`;
    throw new PagingMistake({
      code: 'page-total',
      found,
      message: 'the pages do not have as many items as the answer says',
      fix: CORRECT,
    });
  }
  return answers;
}

function readPage(body: Buffer, number: number): JsonValue {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    throw new PagingMistake({
      code: 'page-unreadable',
      found: `page ${number}`,
      message: 'a page of the answer is not JSON',
      fix: CORRECT,
    });
  }
}

function pointedAt(page: JsonValue, pointer: string): JsonValue | undefined {
  return valueAtSteps(page, parseJsonPointer(pointer).steps);
}

function countItems(page: JsonValue, { items }: ApiSettings, number: number): number {
  const array = pointedAt(page, items);
  if (array?.kind === 'array') return array.items.length;
  throw new PagingMistake({
    code: 'page-unreadable',
    found: `page ${number} with ${array?.kind ?? 'nothing'} at ${items || 'its root'}`,
    message: 'a page of the answer has no list',
    fix: CORRECT,
  });
}

/** '' at the end. With a total, missing pages show anyway. */
function nextAt(page: JsonValue, { pointer, absentAtEnd = false }: PointerToNext, hasTotal: boolean): string {
  const value = pointedAt(page, pointer);
  const isKnown = value === undefined ? absentAtEnd || hasTotal : ['null', 'text', 'number'].includes(value.kind);
  if (isKnown) return jsonCellText(value);
  throw new PagingMistake({
    code: 'page-end',
    found: `${value?.kind ?? 'nothing'} at ${pointer}`,
    message: 'a page of the answer does not say whether another follows',
    fix: 'correct the pointer of paging; if the last page has nothing there, add "absentAtEnd": true',
  });
}

/** NaN, which equals no count, if there is no number. */
function totalAt(page: JsonValue, pointer: string): number {
  const text = jsonCellText(pointedAt(page, pointer));
  return /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}

function nextUrl(page: JsonValue, { paging, total }: ApiSettings, current: URL): URL | undefined {
  if (paging === undefined) return undefined;
  const next = new URL(current);
  if (paging.kind === 'page') {
    next.searchParams.set(paging.parameter, String(Number(current.searchParams.get(paging.parameter)) + 1));
    return next;
  }
  const text = nextAt(page, paging, total !== undefined);
  if (text === '') return undefined;
  if (paging.kind === 'cursor') {
    next.searchParams.set(paging.parameter, text);
    return next;
  }
  const link = URL.canParse(text, current.href) ? new URL(text, current) : undefined;
  // The secrets in our headers are for this host only.
  if (link?.origin === current.origin) return withQueryOf(current, link);
  throw new PagingMistake({
    code: 'page-elsewhere',
    found: 'a link to another host',
    message: 'the next page is on another host',
    fix: CORRECT,
  });
}

/** Links often leave the key out. */
function withQueryOf(current: URL, link: URL): URL {
  for (const [name, value] of current.searchParams)
    if (!link.searchParams.has(name)) link.searchParams.set(name, value);
  return link;
}
