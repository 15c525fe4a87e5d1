import { visible } from '@sensor-warehouse/model/findings/finding';
import { inert } from '@sensor-warehouse/model/findings/markdown';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration, DatasetDescription } from '@sensor-warehouse/model/seeds/configuration';
import type { LicenseId } from '@sensor-warehouse/model/seeds/dataset-description';
import type { LabelReading } from '../layout/label-reading';
import type { DatasetSummary } from './dataset';
import { readingSection } from './reading-examples';

interface License {
  readonly title: string;
  readonly url: string;
  readonly terms: string;
}

const LICENSES: Readonly<Record<LicenseId, License>> = {
  'CC-BY-4.0': {
    title: 'licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0)',
    url: 'https://creativecommons.org/licenses/by/4.0/',
    terms: 'You may share and adapt it, for any purpose, if you give credit and say what you changed.',
  },
  'CC0-1.0': {
    title: 'dedicated to the public domain with Creative Commons Zero 1.0 Universal (CC0 1.0)',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    terms: 'You may share and adapt it, for any purpose. Credit is welcome.',
  },
};

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

const ORIGIN = [
  'origin',
  'string',
  'readings: computed from readings; legacy: an hour of the pipeline before this one, whose n, minimum and maximum are not known',
] as const;

const columnsOf = (labels: readonly LabelReading[] | undefined) =>
  labels === undefined ? COLUMNS : [...COLUMNS, ORIGIN];

/**
 * `schema.json`: columns, keys and units, for machines.
 * @param labels how the labels of imported hours were read; undefined if the dataset has none
 */
export function datasetSchema(configuration: Configuration, labels?: readonly LabelReading[]): object {
  const { name: dataset, title, citation, license } = configuration.dataset;
  return {
    name: dataset,
    title,
    licenses: [{ name: license, path: LICENSES[license].url }],
    citation,
    primaryKey: ['time', 'location', 'source', 'data_key'],
    timeLabel: 'start of the window, UTC',
    columns: columnsOf(labels).map(([name, type, description]) => ({ name, type, description })),
    dataKeys: [...configuration.dataKeys.values()].map((one) => ({
      data_key: one.dataKey,
      measurement: one.measurement,
      quantity: one.quantity,
      unit: one.unit,
      plausibleMinimum: Number.isFinite(one.minimum) ? one.minimum : null,
      plausibleMaximum: Number.isFinite(one.maximum) ? one.maximum : null,
      description: one.description,
    })),
    ...(labels === undefined ? {} : { legacy: { labels, precedence: PRECEDENCE, levels: LEVELS_WITHOUT } }),
  };
}

const PRECEDENCE =
  'in a UTC month, from the first to the last hour of a series that was computed from readings, no legacy hour is published';
const LEVELS_WITHOUT = 'the monthly hourly, daily and weekly tables hold no legacy hour';

function legacySection(labels: readonly LabelReading[] | undefined): string {
  if (labels === undefined) return '';
  const read = labels.map(
    ({ label, zone }) => `the ${label === 'end' ? 'end' : 'start'} of the hour by the clock of ${zone}`,
  );
  return `
## Legacy hours
Rows whose origin is legacy were published by the pipeline before this one. Their labels were read as ${read.join(', or ')},
and are here what all labels are: the start of the hour, in UTC. An hour that the clock showed twice is left out: the old
rows hold both passes in one. Each is one value, the mean or the sum of its hour; how many readings it had is not known,
so n, minimum and maximum are null. Readings that are wrong may be in them. To leave them out: \`where origin = 'readings'\`.

The two are never mixed: ${PRECEDENCE}; ${LEVELS_WITHOUT}.
`;
}

/** The dataset's README: what a reader must know to use it without guessing. */
export function datasetReadme(
  configuration: Configuration,
  summary: DatasetSummary,
  labels?: readonly LabelReading[],
): string {
  const rows = (cells: readonly (readonly string[])[]) => cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
  const { name: dataset, title, citation, license } = configuration.dataset;
  const zone = configuration.localZone;
  return `# ${inert(title)}

${summary.rows} rows, ${summary.locations} locations, ${summary.first} to ${summary.last}.

Licence: ${license.replaceAll('-', ' ')}. Cite as: ${inert(citation)}.

## Files
| file | what it holds |
| --- | --- |
| ${dataset}.parquet | the hourly table |
| ${dataset}.csv.gz | the same rows as CSV; a text that begins with = + - @ has an apostrophe before it, and so has such a sign after ; or a tab |
| fact_hourly_<year>.parquet | the same hours in a file for each UTC year, with the local day and where each comes from |
| agg_daily_<year>.parquet | days of ${zone}: n, expected n, coverage, mean or sum, minimum, maximum |
| agg_weekly_<year>.parquet | ISO weeks, the same |
| dim_location.parquet | the locations and what is measured there |
| dim_sensor.parquet | the series: unit, expected interval, since when |
| dim_source.parquet | the sources: provider, contact, licence |
| dim_data_key.parquet | unit, quantity and plausible range of each data_key |
| dim_date.parquet | local days: ISO week, and how many hours each has |
| files.json | every file with its bytes, SHA-256, rows and period |
| schema.json | this page for machines |
| CHANGELOG.md | which readings were taken out, and why |

## Columns
| column | type | meaning |
| --- | --- | --- |
${rows(columnsOf(labels))}

One row per (time, location, source, data_key). Hours without a good reading have no row.
**time is the start of the hour, in UTC.** For wall time in ${zone.split('/').at(-1)!.replaceAll('_', ' ')} convert to ${zone}.
${legacySection(labels)}
## What is measured
| data_key | unit | kind | plausible range | meaning |
| --- | --- | --- | --- | --- |
${rows([...configuration.dataKeys.values()].map((one) => [one.dataKey, inert(one.unit), one.measurement, `${one.minimum} to ${one.maximum}`, inert(one.description)]))}

Readings outside the plausible range (error codes of a sensor, for example) are kept in the archive and enter no hour.

${readingSection(dataset, summary.example)}`;
}

/** The dataset's CHANGELOG: what the exclusions take out, under public names. */
export function datasetChangelog({ exclusions, publicNames }: Configuration): string {
  const instant = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : '');
  const rows = exclusions.map(({ location, dataKey, from, to, reason }) =>
    [publicNames.get(location)!, dataKey, instant(from), instant(to), reason].map(cell).join(' | '),
  );
  const table = ['| location | data_key | from | until | reason |', '| --- | --- | --- | --- | --- |'];
  return `# Changelog

## Readings that were taken out

Wrong readings are kept in the archive and enter no hour of the dataset, from the version on that publishes their month
again. Times are UTC; an empty one means that the period is open.

${rows.length === 0 ? 'None.' : [...table, ...rows.sort(compareText).map((row) => `| ${row} |`)].join('\n')}
`;
}

/** A text that stays within its cell of a table. */
function cell(text: string): string {
  return visible(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** The dataset's LICENSE. */
export function datasetLicense({ license, citation }: DatasetDescription): string {
  const { title, url, terms } = LICENSES[license];
  return `This dataset is ${title}.

${terms}
The full text: ${url}legalcode

Credit: ${citation}
`;
}
