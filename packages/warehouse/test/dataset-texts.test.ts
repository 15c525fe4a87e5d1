import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { PublicTable } from '@sensor-warehouse/warehouse/dataset/public-table';
import {
  datasetLicense,
  datasetReadme,
  datasetSchema,
} from '@sensor-warehouse/warehouse/publish-parquet/dataset-texts';
import { exampleSeries } from '@sensor-warehouse/warehouse/publish-parquet/reading-examples';
import { expect, it } from 'vitest';

it('the texts of a dataset are those of its seeds: nothing of this building is left in another one', async () => {
  const ours = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  const dataset = { name: 'school', title: 'A school', citation: 'The school', license: 'CC0-1.0' } as const;
  const theirs = { ...ours, dataset, localZone: 'America/New_York' };
  const summary = { rows: 0, locations: 0, first: '', last: '', example: undefined };
  const readme = datasetReadme(theirs, summary);
  expect(readme).toContain('# A school\n');
  expect(readme).toContain('| school.parquet |');
  expect(readme).toContain('For wall time in New York convert to America/New_York.');
  expect(datasetSchema(theirs)).toMatchObject({ name: 'school', licenses: [{ name: 'CC0-1.0' }] });
  expect(datasetLicense(dataset)).toMatch(/\(CC0 1\.0\)[\s\S]*Credit: The school/);
  expect([readme, JSON.stringify(datasetSchema(theirs)), datasetLicense(dataset)].join()).not.toMatch(
    /sm2|Prague|CC.BY/i,
  );
});

it('the examples for readers name the series whose hours end last, and its last month', () => {
  const hours = ['2024-10-05T00:00Z', '2024-12-31T23:00Z', '2024-11-01T00:00Z'].map(Date.parse);
  const run = (location: string, at: number) => ({
    ...{ location, source: 'one', measurement: 'nonadditive', dataKey: 'temp', origin: 'readings' },
    ...{ start: at, end: at + 1 },
  });
  const example = (...locations: string[]) => {
    const runs = locations.map(run) as unknown as PublicTable['runs'];
    return exampleSeries({ runs, time: Float64Array.from(hours) } as unknown as PublicTable);
  };
  expect(example('hall', 'Třída 1.A', 'yard')).toEqual({
    ...{ location: 'Třída 1.A', dataKey: 'temp' },
    ...{ from: '2024-12-01', until: '2025-01-01' },
  });
  // A name that a quotation mark, a fence or a line end would break is in no example.
  expect(example('hall', "o'clock", 'yard')).toMatchObject({ location: 'yard', until: '2024-12-01' });
  expect(example('```', 'a\nb', '"')).toBeUndefined();
});
