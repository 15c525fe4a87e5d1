import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Document, type NightWithMetadata, nightWithMetadata, python } from '../support/night-with-metadata';

const READER = join(import.meta.dirname, 'read-croissant.py');

describe.skipIf(!process.env.PANDAS_PYTHON)('the croissant.json of a night', () => {
  const broken: [string, (document: Document) => void][] = [
    ['a standard that there is not', (one) => (one.conformsTo = 'http://mlcommons.org/croissant/9.9')],
    ['a file without a hash', (one) => delete one.distribution[0].sha256],
    ['a file of no format', (one) => delete one.distribution[0].encodingFormat],
    ['a field of no type', (one) => delete one.recordSet[0].field[0].dataType],
    ['a field from nowhere', (one) => (one.recordSet[0].field[0].source.fileObject['@id'] = 'other.parquet')],
    ['a column that the file lacks', (one) => (one.recordSet[0].field[0].source.extract.column = 'timestamp')],
    ['another file than the hash says', (one) => (one.distribution[0].sha256 = '0'.repeat(64))],
  ];
  let night: NightWithMetadata;
  let read: { readonly error?: string; readonly warnings?: string[]; readonly records?: Record<string, number> }[];

  // One process for all: it takes seconds to begin.
  beforeAll(async () => {
    night = await nightWithMetadata();
    for (const [at, [, breakIt]] of broken.entries()) {
      const document = night.json('croissant.json');
      breakIt(document);
      await writeFile(join(night.folder, `broken-${at}.json`), JSON.stringify(document));
    }
    const names = ['croissant.json', ...broken.map((_, at) => `broken-${at}.json`)];
    const { out, err } = await python([READER, ...names], night.folder);
    if (out === '') throw new Error(err);
    read = JSON.parse(out);
  }, 120_000);
  afterAll(() => night.remove());

  test('gives mlcroissant every row of every table; it doubts only that versions are named so', () => {
    const records: Record<string, number> = {};
    for (const { table, name, rows } of night.described.files)
      if (name.endsWith('.parquet')) records[table!] = (records[table!] ?? 0) + rows;
    expect(Object.keys(records)).toHaveLength(9);
    expect(read[0]).toEqual({ warnings: [expect.stringContaining('Version doesn')], records });
  });

  test.each(broken.map(([what], at) => [what, at] as const))('would be refused with %s', (_, at) => {
    expect(read[at + 1]!.error ?? '').not.toBe('');
  });
});
