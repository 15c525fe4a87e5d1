import { inert } from '@sensor-warehouse/model/findings/markdown';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration, DatasetDescription } from '@sensor-warehouse/model/seeds/configuration';
import { TYPE_TEXTS } from '../dataset/data-dictionary';
import { PRECEDENCE } from '../dataset/dataset-readme';
import { LICENCES } from '../dataset/licences';
import { flatTable } from '../dataset/tables';
import type { LabelReading } from '../layout/label-reading';
import type { ReleaseHistory } from '../layout/releases';
import { listedExclusions } from '../release/next-release';
import { releaseSections } from '../release/release-text';

/** Name, type and meaning of the flat table's columns. */
const columnsOf = (configuration: Configuration, labels: readonly LabelReading[] | undefined) =>
  flatTable(configuration, labels !== undefined).columns.map(({ name, type, meaning }) => [
    name,
    TYPE_TEXTS[type],
    meaning,
  ]);

/**
 * `schema.json`: columns, keys and units, for machines.
 * @param labels how the labels of imported hours were read; undefined if the dataset has none
 */
export function datasetSchema(configuration: Configuration, labels?: readonly LabelReading[]): object {
  const { name: dataset, title, citation, license } = configuration.dataset;
  return {
    name: dataset,
    title,
    licenses: [{ name: license, path: LICENCES[license].url }],
    citation,
    primaryKey: ['time', 'location', 'source', 'data_key'],
    timeLabel: 'start of the window, UTC',
    columns: columnsOf(configuration, labels).map(([name, type, description]) => ({ name, type, description })),
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

const LEVELS_WITHOUT = 'the monthly hourly, daily and weekly tables hold no legacy hour';

/**
 * The dataset's CHANGELOG: what each release changed, and what the exclusions take out, under public names.
 * @param history undefined if nothing is remembered
 */
export function datasetChangelog(
  configuration: Pick<Configuration, 'exclusions' | 'publicNames'>,
  history?: ReleaseHistory,
): string {
  const rows = listedExclusions(configuration).map(({ location, dataKey, from, to, reason }) =>
    [inert(location), dataKey, from, to, inert(reason)].join(' | '),
  );
  const table = ['| location | data_key | from | until | reason |', '| --- | --- | --- | --- | --- |'];
  const releases = history === undefined ? '' : `${releaseSections(history)}\n\n`;
  return `# Changelog

What each release changed, the newest first. Hours are rows of the flat table; months are those of UTC.
[What was taken out](#readings-that-were-taken-out) stands at the end.

${releases}## Readings that were taken out

Wrong readings are kept in the archive but are not included in any hour, from the version on that publishes their month
again. Times are in UTC; an empty time means that the period is open.

${rows.length === 0 ? 'None.' : [...table, ...rows.sort(compareText).map((row) => `| ${row} |`)].join('\n')}
`;
}

/** The dataset's LICENSE. */
export function datasetLicense({ license, citation }: DatasetDescription): string {
  const { grant, url, terms } = LICENCES[license];
  return `This dataset is ${grant}.

${terms}
The full text: ${url}legalcode

Credit: ${citation}
`;
}
