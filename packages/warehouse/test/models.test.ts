import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { landingModel, type ModelledSource, stagingModel } from '../src/models/model-texts';
import { declaredSources, withSource } from '../src/models/sources-yaml';
import { namedItem, selectsOf } from '../src/models/sql-text';
import { unitedSelects, withSelect, withUnion } from '../src/models/union';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCE: ModelledSource = {
  id: 'meters',
  name: 'Meters',
  layout: 'wide',
  seeds: [],
  columns: new Map(),
  textColumns: [],
};
const ours = (path: string) => readFileSync(join(root, 'models', path), 'utf8');

describe('the models of a new source', () => {
  test('land its rows and stage them by its mapping seeds, as ours do', () => {
    const ventilation = {
      ...SOURCE,
      id: 'ventilation',
      layout: 'wide',
      seeds: [{ name: 'mapping', kind: 'columns' }],
    } as const;
    const indoor = {
      ...SOURCE,
      id: 'indoor',
      layout: 'file-per-sensor',
      seeds: [
        { name: 'mapping_indoor', kind: 'sensors' },
        { name: 'mapping_indoor_columns', kind: 'quantities' },
      ],
    } as const;
    for (const source of [ventilation, indoor]) {
      expect(landingModel(source.id)).toBe(ours(`0_landing/landing_${source.id}_raw.sql`));
      expect(stagingModel(source)).toBe(ours(`1_staging/stg_${source.id}.sql`));
    }
  });

  test('unite mapping seeds of one kind', () => {
    const seeds = ['one', 'two'].map((name) => ({ name, kind: 'columns' }) as const);
    expect(stagingModel({ ...SOURCE, seeds })).toBe(
      `{{ wide_readings('meters', ref('landing_meters_raw'), united([ref('one'), ref('two')])) }}\n`,
    );
  });
});

describe('the union of readings', () => {
  const union = ours('2_marts/fct_sensor_readings.sql');

  test('takes one more source after the last one, and nothing twice', () => {
    const more = withUnion(union, 'meters')!;
    expect(more).toContain(
      `select * from {{ ref('stg_indoor') }}\nunion all by name\nselect * from {{ ref('stg_meters') }}\n`,
    );
    expect(more.replace(/\nunion all by name\nselect \* from \{\{ ref\('stg_meters'\) \}\}/, '')).toBe(union);
    expect(withUnion(more, 'meters')).toBe(more);
  });

  test('takes it after the conditions of the last one, whatever case its words have', () => {
    const sql = `SELECT * FROM {{ ref('stg_a') }}\nUNION ALL BY NAME\nSELECT * FROM {{ ref("stg_b") }} WHERE "timestamp" > '2024'\nORDER BY 1\n`;
    expect(withSelect(sql, 'select 1')).toBe(
      `SELECT * FROM {{ ref('stg_a') }}\nUNION ALL BY NAME\nSELECT * FROM {{ ref("stg_b") }} WHERE "timestamp" > '2024'\nunion all by name\nselect 1\nORDER BY 1\n`,
    );
  });

  test('is left alone if it reads no model: a person has to say where the source belongs', () => {
    expect(withUnion(`select * from {{ source('raw', 'ventilation') }}`, 'meters')).toBeUndefined();
  });

  test('is read in spite of comments, texts and Jinja that look like it', () => {
    const sql = `{{ config(materialized='table') }}
      -- select * from {{ ref('stg_no') }}
      {# select * from {{ ref('stg_no') }} #}
      select "a,b" as "c", d as e, 'x from y' as f, g.h, round(i, 1) as j, * from {{ ref('stg_yes') }}`;
    const [only, ...others] = unitedSelects(sql);
    expect(others).toEqual([]);
    expect(only!.items.map((item) => namedItem(item)?.name)).toEqual(['c', 'e', 'f', 'h', 'j', undefined]);
  });

  test('knows how each of its parts is united', () => {
    const sql = `select 1 union all select 2 UNION ALL BY NAME select * except (a) from b union select 3`;
    expect(selectsOf(sql).map(({ operation }) => operation)).toEqual(['', 'union all', 'union all by name', 'union']);
  });
});

describe('the landing as a source of dbt', () => {
  const yaml = ours('0_landing/_sources.yml');

  test('lists the datasources, before the table of files', () => {
    expect(declaredSources(yaml)).toEqual(['ventilation', 'indoor', 'openweather', 'openweather_history', '_files']);
    const more = withSource(yaml, 'meters')!;
    expect(declaredSources(more)).toEqual([
      'ventilation',
      'indoor',
      'openweather',
      'openweather_history',
      'meters',
      '_files',
    ]);
    expect(more.replace('      - name: meters\n', '')).toBe(yaml);
    expect(withSource(more, 'meters')).toBe(more);
  });

  test('is found among other sources, with columns and tests of its tables', () => {
    const text = `sources:
  - name: archive
    tables:
      - name: readings
  - name: "raw" # the landing
    tables:
    - name: 'one'
      columns:
        - name: two
    - description: with the name second
      name: three
  - name: other
    tables: [{ name: four }]
`;
    expect(declaredSources(text)).toEqual(['one', 'three']);
    expect(declaredSources(withSource(text, 'five')!)).toEqual(['one', 'three', 'five']);
    expect(withSource(text, 'five')).toContain('name: three\n    - name: five\n  - name: other');
  });

  test.each([
    ['in brackets', 'sources: [{ name: raw, tables: [{ name: one }, { name: _files }] }]'],
    [
      'in brackets, over lines',
      'sources:\n  - name: raw\n    tables: [\n      { name: one },\n      { name: two } # last\n    ]\n',
    ],
    ['with keys in quotes', '"sources":\n- "name": "raw"\n  "tables":\n  - "name": "one"\n'],
    ['with the name last', 'sources:\n- tables:\n  - description: x\n    name: one\n  name: raw\n'],
    [
      'with text over lines',
      'sources:\n- name: raw\n  tables:\n  - name: one\n    description: >\n      - name: two\n\n      more\n',
    ],
    ['without a last line end', 'sources:\n- name: raw\n  tables:\n  - name: one'],
    ['with CRLF', 'sources:\r\n- name: raw\r\n  tables:\r\n  - name: one\r\n  - name: _files\r\n'],
    [
      'with comments',
      '# a\nsources: # b\n- name: raw # c\n  # d\n  tables: # e\n  # f\n  - name: one # g\n  # h\n# i\n',
    ],
    ['with the dash alone', 'sources:\n  -\n    name: raw\n    tables:\n      -\n        name: one\n'],
    ['after an alias', 'x: &t\n  - name: one\nsources:\n  - name: raw\n    tables: *t\n'],
  ])('is found and added to %s, and nothing else changes', (_, text) => {
    const more = withSource(text, 'meters')!;
    const namesIn = (yaml: string) => {
      const { sources } = parse(yaml) as { sources: [{ tables: { name: string }[] }] };
      return sources[0].tables.map(({ name }) => name);
    };
    const own = namesIn(text).filter((name) => name.startsWith('_'));
    const datasources = namesIn(text).filter((name) => !name.startsWith('_'));
    expect(namesIn(more)).toEqual([...datasources, 'meters', ...own]);
    expect(declaredSources(more)).toEqual(namesIn(more));
    const added = more.length - text.length;
    const at = [...text].findIndex((char, index) => char !== more[index]);
    const start = at < 0 ? text.length : at;
    expect(more.slice(0, start) + more.slice(start + added)).toBe(text);
  });

  test('is read as text: no alias is expanded, no tag obeyed, no word taken for another type', () => {
    const bomb = Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*b${i - 1}, *b${i - 1}, *b${i - 1}]`).join('\n');
    const tables = ['no', '0x10', '!!js/function x'].map((name) => `      - name: ${name}\n`).join('');
    const yaml = `b: &b-1 [x]\n${bomb}\nsources:\n  - name: raw\n    tables:\n${tables}`;
    expect(declaredSources(yaml)).toEqual(['no', '0x10', 'x']);
  });

  test.each([
    ['lists no table', 'sources: [{ name: raw, tables: [] }]'],
    ['has no tables', 'sources: [{ name: raw }]'],
    ['is not YAML', 'sources: [{ name: raw, tables: [{ name: one }]'],
    ['is empty', ''],
    ['is about other things', 'models: [{ name: raw }]'],
  ])('is left alone if the file %s', (_, text) => {
    expect(withSource(text, 'meters')).toBeUndefined();
    expect(declaredSources(text)).toEqual([]);
  });
});
