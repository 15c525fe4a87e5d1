import type { Configuration } from '@sensor-warehouse/model/configuration';
import type { DatasetSummary } from './dataset';

const CITATION =
  'Společenství vlastníků Smíchov Two, Praha: ventilation and room sensors of the SM2 building, horkovsm2.blogspot.com';

const COLUMNS = [
  ['time', 'timestamp (UTC)', 'start of the UTC hour that the row covers'],
  ['location', 'string', 'public name of the place'],
  ['source', 'string', 'system that measured it'],
  ['measurement', 'string', 'nonadditive: data_value is the mean of the hour; additive: the sum'],
  ['data_key', 'string', 'what was measured; unit and meaning below'],
  ['data_value', 'double', 'mean or sum of the hour’s good readings'],
  ['n', 'integer', 'number of good readings in the hour'],
  ['minimum', 'double', 'smallest good reading'],
  ['maximum', 'double', 'largest good reading'],
] as const;

/** `schema.json`: columns, keys and units, for machines. */
export function datasetSchema(configuration: Configuration): object {
  return {
    name: 'sm2_public_dataset',
    title: 'Hourly sensor readings of the SM2 building',
    licenses: [{ name: 'CC-BY-4.0', path: 'https://creativecommons.org/licenses/by/4.0/' }],
    citation: CITATION,
    primaryKey: ['time', 'location', 'source', 'data_key'],
    timeLabel: 'start of the window, UTC',
    columns: COLUMNS.map(([name, type, description]) => ({ name, type, description })),
    dataKeys: [...configuration.dataKeys.values()].map((one) => ({
      data_key: one.dataKey,
      measurement: one.measurement,
      quantity: one.quantity,
      unit: one.unit,
      plausibleMinimum: Number.isFinite(one.minimum) ? one.minimum : null,
      plausibleMaximum: Number.isFinite(one.maximum) ? one.maximum : null,
      description: one.description,
    })),
  };
}

/** The dataset's README: what a reader must know to use it without guessing. */
export function datasetReadme(configuration: Configuration, summary: DatasetSummary): string {
  const rows = (cells: readonly (readonly string[])[]) => cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
  return `# Hourly sensor readings of the SM2 building

${summary.rows} rows, ${summary.locations} locations, ${summary.first} to ${summary.last}.

Licence: CC BY 4.0. Cite as: ${CITATION}.

## Files
| file | what it holds |
| --- | --- |
| sm2_public_dataset.parquet | the hourly table |
| sm2_public_dataset.csv.gz | the same rows as CSV; a text that begins with = + - @ has an apostrophe before it |
| dim_data_key.parquet | unit, quantity and plausible range of each data_key |
| dim_location.parquet | the locations and what is measured there |
| schema.json | this page for machines |

## Columns
| column | type | meaning |
| --- | --- | --- |
${rows(COLUMNS)}

One row per (time, location, source, data_key). Hours without a good reading have no row.
**time is the start of the hour, in UTC.** For wall time in Prague convert to Europe/Prague.

## What is measured
| data_key | unit | kind | plausible range | meaning |
| --- | --- | --- | --- | --- |
${rows([...configuration.dataKeys.values()].map((one) => [one.dataKey, one.unit, one.measurement, `${one.minimum} to ${one.maximum}`, one.description]))}

Readings outside the plausible range (error codes of a sensor, for example) are kept in the archive and enter no hour.

## Reading it
\`\`\`sql
-- DuckDB
select time, data_value from 'sm2_public_dataset.parquet' where location = '1NP-S1' and data_key = 'temp_indoor';
\`\`\`
\`\`\`python
import pandas as pd
df = pd.read_parquet('sm2_public_dataset.parquet')
\`\`\`
\`\`\`r
df <- arrow::read_parquet("sm2_public_dataset.parquet")
\`\`\`
`;
}

export const DATASET_LICENSE = `This dataset is licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0).

You may share and adapt it, for any purpose, if you give credit and say what you changed.
The full text: https://creativecommons.org/licenses/by/4.0/legalcode

Credit: ${CITATION}
`;
