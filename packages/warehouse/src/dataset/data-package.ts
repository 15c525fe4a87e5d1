import type { DescribedDataset, PublicFile } from './described-dataset';
import { LICENCES } from './licences';
import { limitations } from './limitations';
import type { ColumnType, TableColumn, TableDescription } from './tables';

const PROFILES = 'https://datapackage.org/profiles/2.0';

const TYPES: Readonly<Record<ColumnType, string>> = {
  instant: 'datetime',
  date: 'date',
  text: 'string',
  number: 'number',
  integer: 'integer',
  flag: 'boolean',
};

/** Properties of a column, besides its type, that hold wherever it occurs. */
const CONSTRAINTS: Readonly<Record<string, object>> = {
  measurement: { enum: ['additive', 'nonadditive'] },
  origin: { enum: ['readings', 'legacy'] },
  n: { minimum: 1 },
  n_expected: { minimum: 1 },
  coverage: { minimum: 0, maximum: 1 },
  weekday: { minimum: 1, maximum: 7 },
  latitude: { minimum: -90, maximum: 90 },
  longitude: { minimum: -180, maximum: 180 },
};

/**
 * `datapackage.json`, Data Package 2.0. Each file of a table is a resource: a hash and a size belong to one file.
 * @returns the text, with a line end
 */
export function dataPackage(described: DescribedDataset): string {
  const { configuration, version, address, tables, files, summary } = described;
  const { name, title, description, license, citation, keywords = [] } = configuration.dataset;
  return `${JSON.stringify(
    {
      $schema: `${PROFILES}/datapackage.json`,
      name,
      title,
      ...(description === undefined ? {} : { description }),
      version,
      ...(address === undefined ? {} : { id: address, homepage: address }),
      ...(keywords.length === 0 ? {} : { keywords }),
      licenses: [{ name: license, path: LICENCES[license].url, title: LICENCES[license].title }],
      contributors: [contributorOf(described)],
      sources: described.sources.map(({ source, contact }) => ({
        title: source,
        ...(contact === undefined ? {} : linkOf(contact)),
      })),
      citation,
      ...(summary.period === undefined
        ? {}
        : { temporalCoverage: `${summary.period.from}/${summary.period.to}`, timezone: configuration.localZone }),
      usageWarnings: limitations(described),
      resources: files.flatMap((file) => {
        const table = tables.find((one) => one.name === file.table);
        return table === undefined ? [] : [resourceOf(file, table, described)];
      }),
    },
    null,
    2,
  )}\n`;
}

function contributorOf({ configuration: { dataset } }: DescribedDataset): object {
  const { title, provider, contact } = dataset;
  return {
    title: provider ?? title,
    ...(contact === undefined ? {} : linkOf(contact)),
    roles: ['publisher', 'rightsHolder'],
  };
}

/** A contact is a web address or a mail address. */
function linkOf(contact: string): object {
  if (/^https?:\/\//.test(contact)) return { path: contact };
  return /^[^\s@]+@[^\s@]+$/.test(contact) ? { email: contact } : {};
}

/** A file's name without its ending: the name of its resource. */
export const resourceName = ({ name }: Pick<PublicFile, 'name'>) => name.replace(/\.(parquet|csv\.gz|csv)$/, '');

function resourceOf(file: PublicFile, table: TableDescription, { files, tables }: DescribedDataset): object {
  const csv = file.name.endsWith('.csv.gz');
  return {
    $schema: `${PROFILES}/dataresource.json`,
    // The same rows as CSV are a separate resource, which needs another name.
    name: csv ? `${resourceName(file)}_csv` : resourceName(file),
    type: 'table',
    path: file.name,
    title: file.year === undefined ? table.title : `${table.title}, ${file.year}`,
    description: table.grain,
    ...(csv
      ? { format: 'csv', mediatype: 'text/csv', encoding: 'utf-8', compression: 'gz' }
      : { format: 'parquet', mediatype: 'application/vnd.apache.parquet' }),
    bytes: file.bytes,
    hash: `sha256:${file.sha256}`,
    rows: file.rows,
    ...(csv ? { dialect: { $schema: `${PROFILES}/tabledialect.json`, delimiter: ',', header: true } } : {}),
    schema: schemaOf(table, files, tables),
  };
}

function schemaOf(table: TableDescription, files: readonly PublicFile[], tables: readonly TableDescription[]): object {
  const foreignKeys = table.foreignKeys.flatMap(({ columns, table: to, references }) => {
    const target = files.find((file) => file.table === to && tables.some(({ name }) => name === to));
    if (target === undefined) return [];
    return [{ fields: columns, reference: { resource: resourceName(target), fields: references } }];
  });
  return {
    $schema: `${PROFILES}/tableschema.json`,
    fields: table.columns.map((column) => fieldOf(column)),
    primaryKey: table.primaryKey,
    ...(foreignKeys.length === 0 ? {} : { foreignKeys }),
  };
}

function fieldOf({ name, type, meaning, unit, nullable }: TableColumn): object {
  const constraints = { ...(nullable ? {} : { required: true }), ...CONSTRAINTS[name] };
  return {
    name,
    type: TYPES[type],
    description: meaning,
    ...(unit === undefined ? {} : { unit }),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  };
}
