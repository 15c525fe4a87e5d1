import { openZone } from '@sensor-warehouse/model/time/zone';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilesList } from '../src/dataset/files-list';
import { seriesId } from '../src/dataset/parquet-file';
import type { ExplorerSummary } from '../src/dataset/summary';
import { csvOf } from '../src/page/csv';
import { explorerPage } from '../src/page/explorer-page';
import { firstSelection, linkOf, selectionOf } from '../src/page/link-state';
import { WORDS } from '../src/page/words';

const ATTACK = `</script><script>alert(1)</script><!--"'&`;

function summaryWith(text: string): ExplorerSummary {
  const latest = { time: '2024-11-28T23:00:00.000Z', value: 1, n: 60, minimum: 0, maximum: 2 };
  const series = {
    ...{ location: text, source: text, dataKey: text, building: text, kind: null, intervalSeconds: 60 },
    ...{ latest, days: [1, null], lastDay: [0, 2] as const, coverage: '9-' },
  };
  return {
    dataset: { name: text, title: text, license: text, citation: text, timezone: 'Europe/Prague' },
    version: text,
    period: { from: '2024-10-01T00:00:00Z', to: '2024-11-29T00:00:00Z' },
    hours: 1,
    dataKeys: [{ dataKey: text, quantity: text, unit: text, description: text }],
    series: [series],
    files: [{ name: 'a.parquet', bytes: 1 }],
  };
}

describe('the page as HTML', () => {
  it('has no tag that comes from the data, and passes the data to the script', () => {
    const html = explorerPage(summaryWith(ATTACK));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<!--');
    const json = /<script type="application\/json" id="summary">(.*?)<\/script>/s.exec(html)![1]!;
    expect(JSON.parse(json)).toEqual(summaryWith(ATTACK));
  });

  it('lets nothing run or load except the files next to it', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(explorerPage(summaryWith('x')))![1]!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(explorerPage(summaryWith('x'))).not.toMatch(/\son\w+=|style=|https?:/);
  });
});

describe('the link', () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1 });

  it('gives back the state it was made from, whatever the names', () => {
    fc.assert(
      fc.property(names, fc.boolean(), fc.constantFrom('line' as const, 'heat' as const), (name, yearBefore, view) => {
        const summary = summaryWith(name);
        const state = {
          ...firstSelection(summary, 'cs', true),
          yearBefore,
          view,
          series: [seriesId(summary.series[0]!)],
        };
        expect(selectionOf(`#${linkOf(state)}`, summary, firstSelection(summary, 'en', false))).toEqual(state);
      }),
    );
  });

  it('with nonsense in it shows what the page shows without a link', () => {
    const summary = summaryWith('x');
    const usual = firstSelection(summary, 'en', true);
    const nonsense = '#q=nothing&s=nobody&from=never&to=1&step=minute&view=3d&lang=xx';
    expect(selectionOf(nonsense, summary, usual)).toEqual({ ...usual, series: [] });
  });
});

describe('files.json', () => {
  const good = {
    format: 1,
    dataset: { name: 'a', title: 'a', license: 'a', citation: 'a', timezone: 'Europe/Prague' },
    version: '1',
    period: { from: '2024-10-01T00:00:00Z', to: '2024-11-29T00:00:00Z' },
    files: [{ name: 'a.parquet', table: 'a', bytes: 1, rows: 1, sha256: '' }],
  };

  it.each([
    ['a path', '../a.parquet'],
    ['a path from the root', '/etc/passwd'],
    ['an address', 'https://elsewhere.example/a.parquet'],
    ['an address without its scheme', '//elsewhere.example/a.parquet'],
    ['a hidden file', '.htaccess'],
  ])('is refused with %s for a name', (_, name) => {
    expect(() => parseFilesList(JSON.stringify({ ...good, files: [{ ...good.files[0], name }] }))).toThrow(
      "not a file's name",
    );
  });

  it.each([
    ['another format', { format: 2 }],
    ['no zone', { dataset: { ...good.dataset, timezone: 'Europe/Smíchov' } }],
    ['no list', { files: {} }],
    ['no instant', { period: { from: '2024', to: '2025' } }],
    ['half a byte', { files: [{ ...good.files[0], bytes: 0.5 }] }],
  ])('is refused with %s', (_, change) => {
    expect(() => parseFilesList(JSON.stringify({ ...good, ...change }))).toThrow();
    expect(parseFilesList(JSON.stringify(good)).version).toBe('1');
  });
});

describe('the CSV', () => {
  it('has no cell that a spreadsheet takes for a formula', () => {
    const one = Float64Array.of(0);
    const rows = { start: one, value: one, n: one, expected: one, minimum: one, maximum: one };
    const key = { location: '=cmd|x', source: '@s', dataKey: 'a;"b' };
    const csv = csvOf([{ key, unit: '+', rows }], 'hour', [0, 3_600_000], openZone('UTC'), 'cs');
    expect(csv.split('\r\n')[1]).toBe(`1970-01-01T00:00:00Z;1970-01-01 00:00;'=cmd|x;'@s;"a;""b";0;'+;0;0;0`);
  });
});

it('has a word in Czech for each in English', () => {
  expect(Object.keys(WORDS.cs)).toEqual(Object.keys(WORDS.en));
});
