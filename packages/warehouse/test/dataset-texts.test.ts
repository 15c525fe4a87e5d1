import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { datasetLicense, datasetReadme, datasetSchema } from '@sensor-warehouse/warehouse/publish/dataset-texts';
import { expect, it } from 'vitest';

it('the texts of a dataset are those of its seeds: nothing of this building is left in another one', async () => {
  const ours = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  const dataset = { name: 'school', title: 'A school', citation: 'The school', license: 'CC0-1.0' } as const;
  const theirs = { ...ours, dataset, localZone: 'America/New_York' };
  const summary = { rows: 0, locations: 0, first: '', last: '' };
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
