import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { describeDataset } from '@sensor-warehouse/warehouse/dataset/describe-dataset';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import {
  datasetChangelog,
  datasetLicense,
  datasetSchema,
} from '@sensor-warehouse/warehouse/publish-parquet/dataset-texts';
import { expect, it } from 'vitest';

it('the texts of a dataset come from its seeds: nothing of this building appears in another one', async () => {
  const ours = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  const dataset = { name: 'school', title: 'A school', citation: 'The school', license: 'CC0-1.0' } as const;
  const theirs = { ...ours, dataset, localZone: 'America/New_York' };
  const none = { rows: 0, time: new Float64Array(), value: new Float64Array(), n: new Int32Array(), runs: [] };
  const described = describeDataset(none, [], theirs, { version: '1', held: [], labels: undefined });
  const readme = [...metadataFiles(described).values()].join();
  expect(readme).toContain('# A school\n');
  expect(readme).toContain('For wall time in New York convert to America/New_York.');
  expect(datasetSchema(theirs)).toMatchObject({ name: 'school', licenses: [{ name: 'CC0-1.0' }] });
  expect(datasetLicense(dataset)).toMatch(/\(CC0 1\.0\)[\s\S]*Credit: The school/);
  expect([readme, JSON.stringify(datasetSchema(theirs)), datasetLicense(dataset)].join()).not.toMatch(
    /sm2|Prague|CC.BY/i,
  );
});

it('the reason of an exclusion stays text in its cell of the changelog', async () => {
  const ours = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  const [[location]] = [...ours.publicNames];
  const reason = '![a](https://a.example) | <b>@anna</b>';
  const exclusion = { ...{ location: location!, dataKey: 'temp_indoor', from: 0, to: Infinity }, reason };
  const changelog = datasetChangelog({ ...ours, exclusions: [exclusion] } as unknown as typeof ours);
  const row = changelog.split('\n').find((line) => line.includes('temp_indoor'))!;
  expect(row.replace(/\\./g, '').split('|')).toHaveLength(7);
  expect(row).not.toMatch(/(?<!\\)\[|<b>|@anna|:\/\//);
});
