import { codeSpan, inert } from '@sensor-warehouse/model/findings/markdown';
import type { LabelReading } from '../layout/label-reading';
import { measuredTable, TYPE_TEXTS } from './data-dictionary';
import { queries } from './dataset-queries';
import type { DescribedDataset, PublicFile } from './described-dataset';
import { LICENCES } from './licences';
import { limitations } from './limitations';
import { markdownTable } from './markdown-table';

/** What files that are no table hold. */
const FILE_TEXTS: Readonly<Record<string, string>> = {
  'CHANGELOG.md': 'what changed at each release, which readings were taken out, and why',
  'CITATION.cff': 'how to cite the dataset, for machines',
  'COVERAGE.md': 'how complete each series is, by month',
  'DATA_DICTIONARY.md': 'what each table, column and data_key means, and what it holds',
  LICENSE: 'the terms',
  'README.md': 'this page',
  'croissant.json': 'the dataset for search engines and loaders: Croissant 1.1, schema.org',
  'datapackage.json': 'tables, columns, keys and hashes for machines: Data Package 2',
  'explorer.css': 'part of index.html',
  'explorer.js': 'part of index.html',
  'files.json': 'each file with its bytes, SHA-256, rows and period',
  'index.html': 'the dataset in the browser',
  'schema.json': 'columns and units for machines, as in earlier versions',
};

/**
 * The dataset's README: what a reader must know to use it without guessing. It begins with queries.
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
Of ${codeSpan(`${name}.parquet`)}. \`DATA_DICTIONARY.md\` has those of all tables.

${markdownTable(
  ['column', 'type', 'meaning'],
  flat.columns.map((column) => [codeSpan(column.name), TYPE_TEXTS[column.type], inert(column.meaning)]),
)}

${inert(`One row per (${flat.primaryKey.join(', ')}).`)} Hours without a good reading have no row.
**time is the start of the hour, in UTC.** For wall time in ${zone.split('/').at(-1)!.replaceAll('_', ' ')} convert to ${zone}.
${legacySection(described.labels)}
## What is measured
${measuredTable(described)}

Readings outside the plausible range (error codes of a sensor, for example) are kept in the archive and enter no hour.
`;
}

function filesTable({ files, tables }: DescribedDataset, others: readonly string[]): string {
  const titleOf = ({ name, table, year }: PublicFile): string => {
    const known = tables.find((one) => one.name === table);
    if (known === undefined) return FILE_TEXTS[name] ?? '';
    if (name.endsWith('.csv.gz'))
      return 'the same rows as CSV; a text that begins with = + - @ has an apostrophe before it, and so has such a sign after ; or a tab';
    return `${known.title}${year === undefined ? '' : `, ${year}`}: ${known.grain}`;
  };
  const named = new Set(files.map(({ name }) => name));
  return markdownTable(
    ['file', 'rows', 'what it holds'],
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

/** Which hours are published where both pipelines have some. */
export const PRECEDENCE =
  'in a UTC month, from the first to the last hour of a series that was computed from readings, no legacy hour is published';
const LEVELS_WITHOUT = 'no daily or weekly table holds a legacy hour';

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
