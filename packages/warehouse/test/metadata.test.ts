import { fileURLToPath } from 'node:url';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { columnSummary, joinedSummary } from '@sensor-warehouse/warehouse/dataset/column-summary';
import { croissantForPage } from '@sensor-warehouse/warehouse/dataset/croissant';
import { dataSummary } from '@sensor-warehouse/warehouse/dataset/data-summary';
import type { DescribedDataset } from '@sensor-warehouse/warehouse/dataset/described-dataset';
import { limitations } from '@sensor-warehouse/warehouse/dataset/limitations';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import { publicTables } from '@sensor-warehouse/warehouse/dataset/tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FIRST = Date.parse('2024-02-15T00:00Z');
const HOSTILE = `</script><img src=x onerror=alert(1)> | a\\|b \`c\` [d](https://e.example) "f": - #g 'h' &amp; \u2028\u202e`;

let configuration: Configuration;
beforeAll(async () => {
  configuration = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
});

/** Hours of one series from FIRST on, one number of readings for each; 0 is a legacy hour, undefined no hour. */
function hours(readings: readonly (number | undefined)[], location = 'hall') {
  const there = readings.flatMap((n, at) => (n === undefined ? [] : [{ n, time: FIRST + at * HOUR }]));
  return {
    rows: there.length,
    time: Float64Array.from(there, ({ time }) => time),
    value: Float64Array.from(there, (_, at) => 20 + at),
    n: Int32Array.from(there, ({ n }) => n),
    runs: [{ location, source: 'one', dataKey: 'temp_indoor', start: 0, end: there.length }],
  };
}

/** What is said of these hours, of which each should have `whole` readings. */
function summaryOf(table: ReturnType<typeof hours>, whole = 6) {
  return dataSummary(table, table.runs, openZone('Europe/Prague'), (_, from, to) => ((to - from) / HOUR) * whole);
}

function described(changes: Partial<DescribedDataset> = {}): DescribedDataset {
  return {
    ...{ configuration, version: '2024.2.1', address: undefined, files: [] },
    tables: publicTables(configuration, true),
    summary: summaryOf(hours([6, 6])),
    ...{ sources: [], held: [], labels: undefined },
    ...changes,
  };
}

describe('whatever a title, a citation or a place is called', () => {
  const hostile = () => {
    const dataset = {
      ...configuration.dataset,
      title: HOSTILE,
      citation: HOSTILE,
      description: HOSTILE,
      provider: HOSTILE,
    };
    const summary = summaryOf(hours([1, 1, 1], HOSTILE));
    return described({ configuration: { ...configuration, dataset }, summary, held: [HOSTILE] });
  };

  it('the document in a page cannot end its element, and says the same', () => {
    const page = croissantForPage(hostile());
    expect(page).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(page)).toEqual(JSON.parse(metadataFiles(hostile()).get('croissant.json')!));
    expect(JSON.parse(page).name).toBe(HOSTILE);
  });

  it('JSON and YAML give it back as it is', () => {
    const files = metadataFiles(hostile());
    expect(JSON.parse(files.get('datapackage.json')!).title).toBe(HOSTILE);
    expect(parse(files.get('CITATION.cff')!)).toMatchObject({ title: HOSTILE, authors: [{ name: HOSTILE }] });
  });

  it('a page of Markdown shows it in its line or cell', () => {
    for (const [name, text] of metadataFiles(hostile())) {
      if (!name.endsWith('.md')) continue;
      expect(text).not.toMatch(/<\/?(script|img)|\]\(https|\u2028|\u202e/);
      const widths = text.split('\n\n').map((part) => {
        const rows = part.split('\n').filter((line) => line.startsWith('|'));
        return new Set(rows.map((row) => row.replace(/\\[\\|]/g, '').split('|').length)).size;
      });
      expect(Math.max(...widths)).toBe(1);
    }
  });

  it('no query contains it', () => {
    expect(metadataFiles(hostile()).get('README.md')).toContain(
      "```sql\n-- DuckDB\nselect * from 'sm2_public_dataset.parquet';\n```",
    );
  });
});

describe('coverage', () => {
  const monthsOf = (table: ReturnType<typeof hours>) => summaryOf(table).coverage[0]?.months;
  const upTo = (day: string) => (Date.parse(day) - FIRST) / HOUR;

  it('is by whole local months, an hour shorter if the clocks go forward', () => {
    const full = Array.from({ length: upTo('2024-03-31T22:00Z') }, () => 6);
    expect(monthsOf(hours(full))).toEqual([
      { month: '2024-02', n: (15 * 24 - 1) * 6, expected: 29 * 24 * 6 },
      { month: '2024-03', n: (31 * 24 - 1) * 6, expected: (31 * 24 - 1) * 6 },
    ]);
  });

  it('is empty in a month without readings, and counts no legacy hour', () => {
    const gap = upTo('2024-04-10T00:00Z');
    const readings = Array.from({ length: gap + 1 }, (_, at) =>
      at === 0 ? 0 : at === 1 || at === gap ? 3 : undefined,
    );
    expect(monthsOf(hours(readings))!.map(({ month, n }) => [month, n])).toEqual([
      ['2024-02', 3],
      ['2024-03', 0],
      ['2024-04', 3],
    ]);
  });

  it('is not given for a series that has only legacy hours', () => {
    expect(monthsOf(hours([0, 0]))).toBeUndefined();
  });

  it('is rounded down, but never a whole step too far', () => {
    const page = (n: number) => {
      const months = [{ month: '2024-02', n, expected: 100 }];
      const coverage = [{ location: 'hall', source: 'one', dataKey: 'temp', months }];
      return metadataFiles(described({ summary: { ...summaryOf(hours([6])), coverage } })).get('COVERAGE.md')!;
    };
    expect(page(29)).toContain('| hall | temp | one |  | 29 |');
    expect(page(99.9)).toContain('|  | 99 |');
    expect(page(120)).toContain('|  | 100 |');
  });
});

describe('known limitations', () => {
  const named = (changes: Partial<DescribedDataset>) =>
    new Map(limitations(described(changes)).map(({ name, description }) => [name, description]));

  it('name held sources, terms of others, and series with too few readings', () => {
    const found = named({ held: ['Atrea'], sources: [{ source: 'weather', licence: 'ODbL', terms: 'name us' }] });
    expect(found.get('held-sources')).toContain('Atrea');
    expect(found.get('terms')).toContain('weather (ODbL; name us)');
    expect(found.get('low-coverage')).toContain('1 of 1 series have less than 90 %');
    expect(found.get('low-coverage')).toContain('hall temp_indoor of one (0 %)');
  });

  it('mention nothing that does not occur', () => {
    const summary = { ...summaryOf(hours([6])), coverage: [] };
    const names = [...named({ summary }).keys()];
    expect(names).toEqual(['missing-hours', 'few-readings', 'additive', 'local-days']);
  });

  it('mention the clock change only if there is one', () => {
    expect(named({}).get('local-days')).toContain('an hour shorter or longer');
    const brisbane = { ...configuration, localZone: 'Australia/Brisbane' };
    expect(named({ configuration: brisbane }).get('local-days')).not.toContain('shorter');
  });
});

describe('the summary of a column', () => {
  it('counts nulls however they are written, and gives range and example as text', () => {
    const days = { name: 'date', kind: 'date', values: Int32Array.of(19_800, -1, 19_700), nullAt: -1 };
    expect(columnSummary(days, 3)).toEqual({
      ...{ name: 'date', rows: 3, nulls: 1 },
      ...{ minimum: '2023-12-09', maximum: '2024-03-18', example: '2024-03-18' },
    });
    const numbers = { name: 'minimum', kind: 'number', values: Float64Array.of(Number.NaN, -2.5, 10) };
    expect(columnSummary(numbers, 3)).toMatchObject({ nulls: 1, minimum: '-2.5', maximum: '10', example: '-2.5' });
    const texts = { name: 'unit', kind: 'text', codes: Int32Array.of(1, -1, 0), dictionary: ['%', '°C', 'unused'] };
    expect(columnSummary(texts, 3)).toMatchObject({ nulls: 1, minimum: '%', maximum: '°C', example: '°C' });
    expect(columnSummary({ ...texts, codes: Int32Array.of(-1) }, 1)).toEqual({ name: 'unit', rows: 1, nulls: 1 });
  });

  it('over several files covers all their rows; numbers are compared as numbers', () => {
    const part = (values: readonly number[]) =>
      columnSummary({ name: 'n', kind: 'integer', values: Int32Array.from(values), nullAt: 0 }, values.length);
    expect(joinedSummary([part([0]), part([9, 0]), part([60, 10])], true)).toEqual({
      ...{ name: 'n', rows: 5, nulls: 2 },
      ...{ minimum: '9', maximum: '60', example: '9' },
    });
  });
});
