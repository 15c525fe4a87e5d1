import { type ApiSettings, NO_SETTINGS } from '@sensor-warehouse/model/seeds/api-settings';
import { followPages } from '@sensor-warehouse/warehouse/ingest/follow-pages';
import { describe, expect, test } from 'vitest';

const FIRST = 'https://api.example.org/readings?key=k';

/** Follows pages that stand under their addresses; an address that has none fails. */
async function follow(api: Partial<ApiSettings>, pages: Readonly<Record<string, unknown>>): Promise<unknown[]> {
  const ask = async (url: URL) => {
    const page = pages[url.search];
    if (page === undefined) throw new Error(`nobody should ask for ${url.search}`);
    return { status: 200, headers: {}, body: Buffer.from(typeof page === 'string' ? page : JSON.stringify(page)) };
  };
  const answers = await followPages({ ...NO_SETTINGS, ...api }, new URL(FIRST), 1000, ask);
  return answers.map(({ body }) => JSON.parse(body.toString()));
}

const byNumber = { paging: { kind: 'page', parameter: 'page', first: 1 }, items: 'list' } as const;
const byCursor = { paging: { kind: 'cursor', parameter: 'after', pointer: 'next' }, items: 'list' } as const;
const byLink = { paging: { kind: 'next', pointer: 'links.next', absentAtEnd: true }, items: 'list' } as const;
const byMisspeltCursor = { paging: { ...byCursor.paging, pointer: 'nxet' }, items: 'list' } as const;

describe('pages', () => {
  test('without any settings are one answer, whatever it is', async () => {
    await expect(follow({}, { '?key=k': '{"list":' }).catch(() => 'read')).resolves.toBe('read');
  });

  test('by number end with the first empty one, which is not kept', async () => {
    const pages = { '?key=k&page=1': { list: [1] }, '?key=k&page=2': { list: [2] }, '?key=k&page=3': { list: [] } };
    expect(await follow(byNumber, pages)).toEqual([{ list: [1] }, { list: [2] }]);
  });

  test('by cursor end if there is none', async () => {
    const pages = { '?key=k': { list: [1], next: 'b c' }, '?key=k&after=b+c': { list: [2], next: null } };
    expect(await follow(byCursor, pages)).toHaveLength(2);
  });

  test('by link end if there is none, if this interface ends them that way', async () => {
    expect(await follow(byLink, { '?key=k': { list: [1] } })).toHaveLength(1);
  });

  test('by link keep the part of the query that the link leaves out', async () => {
    const pages = { '?key=k': { list: [1], links: { next: '/readings?p=2' } }, '?p=2&key=k': { list: [2], links: {} } };
    expect(await follow(byLink, pages)).toHaveLength(2);
  });

  test('without any content are one empty answer', async () => {
    expect(await follow(byNumber, { '?key=k&page=1': { list: [] } })).toEqual([{ list: [] }]);
  });

  test('by number end with the number of items, because a page after the last may be an error', async () => {
    const pages = { '?key=k&page=1': { list: [1], total: 2 }, '?key=k&page=2': { list: [2], total: 2 } };
    expect(await follow({ ...byNumber, total: 'total' }, pages)).toHaveLength(2);
  });

  test('that hold as many items as the first says', async () => {
    const pages = { '?key=k': { list: [1], next: 'b', total: 2 }, '?key=k&after=b': { list: [2], total: 2 } };
    expect(await follow({ ...byCursor, total: 'total' }, pages)).toHaveLength(2);
  });
});

describe('none of the pages is taken', () => {
  test.each([
    [
      'the second repeats the first',
      byNumber,
      { '?key=k&page=1': { list: [1] }, '?key=k&page=2': { list: [1] } },
      'page-repeated',
    ],
    [
      'a cursor leads in a circle',
      byCursor,
      { '?key=k': { list: [1], next: 'a' }, '?key=k&after=a': { list: [2], next: 'a' } },
      'page-repeated',
    ],
    [
      'they do not end',
      { ...byCursor, mostPages: 2 },
      { '?key=k': { list: [1], next: 'a' }, '?key=k&after=a': { list: [2], next: 'b' } },
      'page-limit',
    ],
    ['some are missing', { ...byCursor, total: 'total' }, { '?key=k': { list: [1], total: 3 } }, 'page-total'],
    [
      'the total is not there, and neither is an item',
      { ...byCursor, total: 'total' },
      { '?key=k': { list: [] } },
      'page-total',
    ],
    [
      'the total is not a number',
      { ...byCursor, total: 'total' },
      { '?key=k': { list: [1], total: 'many' } },
      'page-total',
    ],
    ['one is null', byNumber, { '?key=k&page=1': { list: [1] }, '?key=k&page=2': null }, 'page-unreadable'],
    ['the list of one is null', byNumber, { '?key=k&page=1': { list: null } }, 'page-unreadable'],
    ['one is half a page', byNumber, { '?key=k&page=1': '{"list":[1' }, 'page-unreadable'],
    ['no cursor stands where it should', byMisspeltCursor, { '?key=k': { list: [1], next: 'a' } }, 'page-end'],
    ['a cursor is no text', byCursor, { '?key=k': { list: [1], next: false } }, 'page-end'],
    [
      'the next is on another host',
      byLink,
      { '?key=k': { list: [1], links: { next: 'https://evil.example/x' } } },
      'page-elsewhere',
    ],
    [
      'the next is on plain HTTP',
      byLink,
      { '?key=k': { list: [1], links: { next: 'http://api.example.org/x' } } },
      'page-elsewhere',
    ],
  ] as const)('when %s', async (_, api, pages, code) => {
    await expect(follow(api, pages)).rejects.toMatchObject({ problem: { code } });
  });
});
