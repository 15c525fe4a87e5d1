import { codeSpan, inert } from '@sensor-warehouse/model/findings/markdown';
import type { LabelReading } from '../layout/label-reading';
import { measuredTable, TYPE_TEXTS } from './data-dictionary';
import { queries } from './dataset-queries';
import type { DescribedDataset, PublicFile } from './described-dataset';
import { LICENCES } from './licences';
import { limitations } from './limitations';
import { markdownTable } from './markdown-table';

/** Descriptions of files that are not tables. */
const FILE_TEXTS: Readonly<Record<string, string>> = {
  'CHANGELOG.md': 'what changed at each release, which readings were taken out, and why',
  'CITATION.cff': 'how to cite the dataset, for machines',
  'COVERAGE.md': 'how complete each series is, by month',
  'DATA_DICTIONARY.md': 'what each table, column and data_key means, and which values it has',
  LICENSE: 'the terms',
  'README.md': 'this page',
  'croissant.json': 'the dataset for search engines and loaders: Croissant 1.1, schema.org',
  'datapackage.json': 'tables, columns, keys and hashes for machines: Data Package 2',
  'explorer.css': 'part of index.html',
  'explorer.js': 'part of index.html',
  'files.json': 'each file with its bytes, SHA-256, rows and period',
  'index.html': 'the dataset as a page for the browser',
  'schema.json': 'columns and units for machines, as in earlier versions',
};

/**
 * The dataset's README: everything a reader must know to use it without guessing, queries first.
 * @param others names of public files besides those that are described, such as the metadata and this page
 */
export function readmeText(described: DescribedDataset, others: readonly string[]): string {
  const { configuration, address, tables, summary } = described;
  const { name, title, description, citation, license, provider, contact } = configuration.dataset;
  const zone = configuration.localZone;
  const flat = tables.find((table) => table.name === name)!;
  const period = summary.period === undefined ? '' : `, ${summary.period.from} to ${summary.period.to}`;
  return `# ${inert(title)}

${description === undefined ? '' : `${inert(description)}\n\n`}${summary.rows} rows, ${summary.locations} locations${period}.${address === undefined ? '' : ` In the browser: <${address}/>.`}
Version ${inert(described.version)}. [CHANGELOG.md](CHANGELOG.md) says what each version changed, and why.

## Reading it
${queries(`${name}.parquet`, address, summary.example)}

## Before you use it
${limitations(described)
  .map((one) => `- ${inert(one.description)}`)
  .join('\n')}

## Licence
${license.replaceAll('-', ' ')}: ${LICENCES[license].title}, <${LICENCES[license].url}>. Cite as: ${inert(citation)}.
${provider === undefined && contact === undefined ? '' : `\nPublished by ${inert(provider ?? title)}${contact === undefined ? '' : `; questions to ${inert(contact)}`}.\n`}
## Files
${filesTable(described, others)}

## Columns
These are the columns of ${codeSpan(`${name}.parquet`)}. \`DATA_DICTIONARY.md\` describes all tables.

${markdownTable(
  ['column', 'type', 'meaning'],
  flat.columns.map((column) => [codeSpan(column.name), TYPE_TEXTS[column.type], inert(column.meaning)]),
)}

${inert(`One row per (${flat.primaryKey.join(', ')}).`)} Hours without a good reading have no row.
**time is the start of the hour, in UTC.** For wall time in ${zone.split('/').at(-1)!.replaceAll('_', ' ')} convert to ${zone}.
${legacySection(described.labels)}
## What is measured
${measuredTable(described)}

Readings outside the plausible range (such as a sensor’s error codes) are kept in the archive but not included in any hour.
`;
}

function filesTable({ files, tables }: DescribedDataset, others: readonly string[]): string {
  const titleOf = ({ name, table, year }: PublicFile): string => {
    const known = tables.find((one) => one.name === table);
    if (known === undefined) return FILE_TEXTS[name] ?? '';
    if (name.endsWith('.csv.gz'))
      return 'the same rows as CSV; a text that begins with = + - @ has an apostrophe in front, and so has such a sign after ; or a tab';
    return `${known.title}${year === undefined ? '' : `, ${year}`}: ${known.grain}`;
  };
  const named = new Set(files.map(({ name }) => name));
  return markdownTable(
    ['file', 'rows', 'contents'],
    [
      ...files.map((file) => [
        codeSpan(file.name),
        file.table === undefined ? '' : String(file.rows),
        inert(titleOf(file)),
      ]),
      ...others.filter((name) => !named.has(name)).map((name) => [codeSpan(name), '', inert(FILE_TEXTS[name] ?? '')]),
    ],
  );
}

/** Which hours are published if both pipelines have some. */
export const PRECEDENCE =
  'in each UTC month, no legacy hour of a series is published between its first and its last hour computed from readings';
const LEVELS_WITHOUT = 'no daily or weekly table holds a legacy hour';

function legacySection(labels: readonly LabelReading[] | undefined): string {
  if (labels === undefined) return '';
  const read = labels.map(
    ({ label, zone }) => `the ${label === 'end' ? 'end' : 'start'} of the hour by the clock of ${zone}`,
  );
  return `
## Legacy hours
Rows whose origin is legacy come from an earlier pipeline. Their labels were read as ${read.join(', or ')};
here, like all labels, they are the start of the hour in UTC. An hour that the clock showed twice is left out, because the
old row mixes both passes. Each row has one value, the mean or the sum of its hour. The number of readings is unknown, so
n, minimum and maximum are null. Wrong readings may be included. To leave these rows out: \`where origin = 'readings'\`.

The two are never mixed: ${PRECEDENCE}; ${LEVELS_WITHOUT}.
`;
}
