import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/command-line';
import {
  type Document,
  type NightWithMetadata,
  nightWithMetadata,
  OTHERS,
  python,
} from '../support/night-with-metadata';

const PYTHON = process.env.PANDAS_PYTHON;
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

/** The standards' own schemas, from the packages that bring them. */
async function learnSchemas(): Promise<void> {
  const { out } = await python(['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], root);
  const schemaAt = async (...path: string[]) => JSON.parse(await readFile(join(out.trim(), ...path), 'utf8'));
  for (const one of ['datapackage', 'dataresource', 'tableschema', 'tabledialect'])
    ajv.addSchema(await schemaAt('dplib', 'profiles', '2.0', `${one}.json`), one);
  const { $schema, ...citation } = await schemaAt('cffconvert', 'schemas', '1.2.0', 'schema.json');
  ajv.addSchema(citation, 'citation');
}

/** Mistakes of a package, and of all within it that a schema of its own describes. */
function mistakesOf(document: Document): string[] {
  const parts: [string, Document][] = [['datapackage', document]];
  for (const resource of document.resources ?? []) {
    parts.push(['dataresource', resource], ['tableschema', resource.schema]);
    if (resource.dialect !== undefined) parts.push(['tabledialect', resource.dialect]);
  }
  return parts.flatMap(([schema, part]) => {
    if (part.$schema !== `https://datapackage.org/profiles/2.0/${schema}.json`) return [`no $schema: ${schema}`];
    return ajv.validate(schema, part) ? [] : [ajv.errorsText(ajv.errors)];
  });
}

describe('the metadata of a night', () => {
  let night: NightWithMetadata;
  const json = (name: string): Document => night.json(name);
  beforeAll(async () => {
    night = await nightWithMetadata();
    if (PYTHON) await learnSchemas();
  });
  afterAll(() => night.remove());

  test('is the same bytes each time', () => {
    expect(metadataFiles(night.described, OTHERS)).toEqual(night.files);
  });

  test('says of the tables what DuckDB reads in them', async () => {
    for (const [name, text] of night.files) expect(await readFile(join(night.folder, name), 'utf8')).toBe(text);
  });

  test('names no place by its internal name', () => {
    const internal = [...night.configuration.publicNames].filter(([from, to]) => from !== to).map(([from]) => from);
    expect(internal.length).toBeGreaterThan(0);
    const all = [...night.files.values()].join('\n');
    expect(internal.filter((name) => new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });

  test('lists in README each file that is published', () => {
    const table = /## Files\n([\s\S]*?)\n\n/.exec(night.files.get('README.md')!)![1]!;
    const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
    const published = [...night.described.files.map(({ name }) => name), ...night.files.keys()];
    expect(listed.toSorted()).toEqual([...published, ...OTHERS].toSorted());
    expect(table).not.toMatch(/\|\s*\|$/m);
  });

  test('says in the dictionary what share of a column is missing, and of what range it is', async () => {
    const flat = `'${join(night.folder, 'sm2_public_dataset.parquet')}'`;
    const [row] = (
      await night.duckdb.runAndReadAll(`select 100 - 100.0 * count(n) / count(*), min(n), max(n) from ${flat}`)
    ).getRowsJson();
    const line = /^\| `n` \| integer \|.*$/m.exec(night.files.get('DATA_DICTIONARY.md')!)![0];
    expect(line).toContain(`| ${row![1]} to ${row![2]} | ${Number(row![0]).toFixed(1)} % |`);
    expect(night.files.get('DATA_DICTIONARY.md')).toMatch(/`time` \| timestamp \(UTC\) \|.*\| never \| 2024-/);
  });

  test('warns of the hours of an earlier pipeline, with their number', async () => {
    const [row] = (
      await night.duckdb.runAndReadAll(
        `select count(*) from '${join(night.folder, 'fact_hourly_*.parquet')}' where n is null`,
      )
    ).getRowsJson();
    const { usageWarnings } = json('datapackage.json');
    const [warning] = usageWarnings.filter(({ name }: Document) => name === 'legacy-hours');
    expect(warning.description).toContain(`${row![0]} of `);
    expect(night.files.get('README.md')).toContain(`- ${row![0]} of `);
  });

  describe('as Data Package', () => {
    test('has the columns, types and rows that the files have', async () => {
      const types: Document = {
        datetime: 'TIMESTAMP WITH TIME ZONE',
        date: 'DATE',
        string: 'VARCHAR',
        number: 'DOUBLE',
      };
      const resources = json('datapackage.json').resources.filter(({ format }: Document) => format === 'parquet');
      expect(resources.length).toBe(night.described.files.filter(({ name }) => name.endsWith('.parquet')).length);
      for (const { path, rows, schema } of resources) {
        const file = `'${join(night.folder, path)}'`;
        const columns = (await night.duckdb.runAndReadAll(`describe select * from ${file}`)).getRowObjectsJson();
        expect(schema.fields.map(({ name }: Document) => name)).toEqual(columns.map((one) => one.column_name));
        for (const [at, { type }] of schema.fields.entries())
          if (types[type] !== undefined) expect(`${path} ${columns[at]!.column_type}`).toBe(`${path} ${types[type]}`);
        const key = schema.primaryKey.join();
        const sql = `select count(*), count(distinct (${key})) from ${file}`;
        expect((await night.duckdb.runAndReadAll(sql)).getRowsJson()).toEqual([[String(rows), String(rows)]]);
      }
    });

    test('refers only to rows that are there', async () => {
      const { resources } = json('datapackage.json');
      let checked = 0;
      for (const { path, schema } of resources)
        for (const { fields, reference } of schema.foreignKeys ?? []) {
          const target = resources.find(({ name }: Document) => name === reference.resource);
          const sql = `select count(*) from (select ${fields.join()} from '${join(night.folder, path)}'
            except select ${reference.fields.join()} from '${join(night.folder, target.path)}')`;
          if (fields.includes('date') && path.endsWith('.gz')) continue;
          expect((await night.duckdb.runAndReadAll(sql)).getRowsJson()).toEqual([['0']]);
          checked++;
        }
      expect(checked).toBeGreaterThan(10);
    });
  });

  describe.skipIf(!PYTHON)('by the standards’ own schemas', () => {
    test('is a Data Package 2', () => {
      expect(mistakesOf(json('datapackage.json'))).toEqual([]);
    });

    test.each<[string, (document: Document) => void]>([
      ['no resources', (one) => delete one.resources],
      ['a resource without a path', (one) => delete one.resources[0].path],
      ['a path out of the folder', (one) => (one.resources[0].path = '/etc/passwd')],
      ['a hash that is none', (one) => (one.resources[0].hash = 'sha256:none')],
      ['a size in words', (one) => (one.resources[0].bytes = '12 MB')],
      ['a type that there is not', (one) => (one.resources[0].schema.fields[0].type = 'timestamp')],
      ['a licence without a name', (one) => (one.licenses = [{ title: 'free' }])],
      ['a foreign key without its fields', (one) => delete one.resources[0].schema.foreignKeys[0].fields],
      ['a resource of the first version', (one) => delete one.resources[0].$schema],
    ])('is none with %s', (_, breakIt) => {
      const document = json('datapackage.json');
      breakIt(document);
      expect(mistakesOf(document)).not.toEqual([]);
    });

    const citation = (): Document => parse(night.files.get('CITATION.cff')!);

    test('has a CITATION.cff 1.2', () => {
      expect(ajv.validate('citation', citation()), ajv.errorsText(ajv.errors)).toBe(true);
      expect(citation()).toMatchObject({
        title: night.configuration.dataset.title,
        license: 'CC-BY-4.0',
        version: night.described.version,
      });
    });

    test('and with all that a dataset may say of itself', () => {
      const said = {
        ...{ description: 'What rooms breathe', provider: 'A school', keywords: ['air', 'heat'] },
        ...{ contact: 'data@example.org', address: 'https://example.org/data' },
      };
      const { dataset } = night.configuration;
      const fuller = {
        ...night.described,
        configuration: { ...night.configuration, dataset: { ...dataset, ...said } },
      };
      const texts = metadataFiles({ ...fuller, address: said.address });
      expect(mistakesOf(JSON.parse(texts.get('datapackage.json')!))).toEqual([]);
      expect(ajv.validate('citation', parse(texts.get('CITATION.cff')!)), ajv.errorsText(ajv.errors)).toBe(true);
    });

    test.each<[string, (document: Document) => void]>([
      ['no authors', (one) => delete one.authors],
      ['a licence that SPDX does not know', (one) => (one.license = 'CC BY 4.0')],
      ['a property of somebody’s own', (one) => (one.publisher = 'me')],
      ['a day in words', (one) => (one['date-released'] = 'in May')],
    ])('has none with %s', (_, breakIt) => {
      const document = citation();
      breakIt(document);
      expect(ajv.validate('citation', document)).toBe(false);
    });
  });
});
