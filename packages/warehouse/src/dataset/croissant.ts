import type { DescribedDataset, PublicFile } from './described-dataset';
import { LICENCES } from './licences';
import { limitations } from './limitations';
import type { ColumnType, TableColumn, TableDescription } from './tables';

/** The context that the specification recommends; readers compare it with their own. */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  description: { '@container': '@language' },
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  name: { '@container': '@language' },
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const;

const TYPES: Readonly<Record<ColumnType, string>> = {
  instant: 'sc:DateTime',
  date: 'sc:Date',
  text: 'sc:Text',
  number: 'sc:Float',
  integer: 'sc:Integer',
  flag: 'sc:Boolean',
};

/**
 * `croissant.json`: Croissant 1.1, which is a schema.org Dataset as well.
 * @returns the text, with a line end
 */
export function croissant(described: DescribedDataset): string {
  return `${JSON.stringify(documentOf(described), null, 2)}\n`;
}

/** The same document for `<script type="application/ld+json">`: no text of it can end the element or begin a comment. */
export function croissantForPage(described: DescribedDataset): string {
  return JSON.stringify(documentOf(described))
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function documentOf(described: DescribedDataset): object {
  const { configuration, version, address, tables, files, summary } = described;
  const { title, description, citation, license, keywords = [] } = configuration.dataset;
  const held = tables.filter(({ name }) => files.some((file) => file.table === name));
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: title,
    description: description ?? descriptionOf(described),
    version,
    license: LICENCES[license].url,
    citeAs: citation,
    creator: creatorOf(described),
    ...(address === undefined ? {} : { url: `${address}/` }),
    ...(keywords.length === 0 ? {} : { keywords }),
    isAccessibleForFree: true,
    inLanguage: 'en',
    ...(summary.period === undefined
      ? {}
      : {
          // No clock here: the day on which the newest hour ended is the earliest possible date.
          datePublished: summary.period.to.slice(0, 10),
          temporalCoverage: `${summary.period.from}/${summary.period.to}`,
        }),
    variableMeasured: variablesOf(described),
    'rai:dataLimitations': limitations(described).map((one) => one.description),
    distribution: [
      ...files.filter(({ table }) => table !== undefined).map((file) => fileObject(file, address)),
      ...held.filter(({ perYear }) => perYear !== undefined).map((table) => fileSet(table)),
    ],
    recordSet: held.map((table) => recordSet(table, files, held)),
  };
}

/** The description of a dataset without one of its own. */
export function descriptionOf({ configuration, summary }: DescribedDataset): string {
  const { localZone } = configuration;
  const what = summary.measured.map(({ dataKey }) => dataKey).join(', ');
  const period = summary.period === undefined ? '' : ` from ${summary.period.from} to ${summary.period.to}`;
  return `Hourly values of ${what || 'sensors'} at ${summary.locations} locations${period}, with daily and weekly values by the calendar of ${localZone}.`;
}

function creatorOf({ configuration: { dataset } }: DescribedDataset): object {
  const { contact } = dataset;
  return {
    '@type': 'sc:Organization',
    name: dataset.provider ?? dataset.title,
    ...(contact === undefined ? {} : /^https?:\/\//.test(contact) ? { url: contact } : { email: contact }),
  };
}

function variablesOf({ configuration, summary }: DescribedDataset): object[] {
  return summary.measured.map(({ dataKey, minimum, maximum }) => {
    const known = configuration.dataKeys.get(dataKey);
    return {
      '@type': 'sc:PropertyValue',
      name: dataKey,
      ...(known?.description ? { description: known.description } : {}),
      ...(known?.unit ? { unitText: known.unit } : {}),
      minValue: minimum,
      maxValue: maximum,
    };
  });
}

function fileObject({ name, bytes, sha256 }: PublicFile, address: string | undefined): object {
  return {
    '@type': 'cr:FileObject',
    '@id': name,
    name,
    contentUrl: address === undefined ? name : `${address}/${name}`,
    contentSize: `${bytes} B`,
    encodingFormat: formatOf(name),
    sha256,
  };
}

/** Parquet's registered name first; Croissant readers know the other one. A CSV is compressed, as its ending shows. */
const PARQUET = ['application/vnd.apache.parquet', 'application/x-parquet'];
const formatOf = (name: string) => (name.endsWith('.parquet') ? PARQUET : 'text/csv');

const filesOf = ({ name }: TableDescription, files: readonly PublicFile[]) =>
  files.filter((file) => file.table === name && file.name.endsWith('.parquet'));

/** All years of a table, next to the document. */
function fileSet({ name, title, perYear }: TableDescription): object {
  return {
    '@type': 'cr:FileSet',
    '@id': `${name}-files`,
    name: `${name}-files`,
    description: `${title}: a file for each ${perYear}`,
    encodingFormat: PARQUET,
    includes: `${name}_*.parquet`,
  };
}

function recordSet(table: TableDescription, files: readonly PublicFile[], held: readonly TableDescription[]): object {
  const source =
    table.perYear === undefined
      ? { fileObject: { '@id': filesOf(table, files)[0]!.name } }
      : { fileSet: { '@id': `${table.name}-files` } };
  return {
    '@type': 'cr:RecordSet',
    '@id': table.name,
    name: table.name,
    description: `${table.title}: ${table.grain}`,
    key: table.primaryKey.map((column) => ({ '@id': `${table.name}/${column}` })),
    field: table.columns.map((column) => fieldOf(column, table, source, held)),
  };
}

function fieldOf(
  { name, type, meaning, unit }: TableColumn,
  table: TableDescription,
  source: object,
  held: readonly TableDescription[],
): object {
  // mlcroissant 1.1 cannot join the rows of a file set with another table; datapackage.json has all keys.
  const keys = table.perYear === undefined ? table.foreignKeys : [];
  const reference = keys.find(
    ({ columns, table: to }) => columns.length === 1 && columns[0] === name && held.some((one) => one.name === to),
  );
  return {
    '@type': 'cr:Field',
    '@id': `${table.name}/${name}`,
    name,
    description: unit === undefined ? meaning : `${meaning} (${unit})`,
    dataType: TYPES[type],
    source: { ...source, extract: { column: name } },
    ...(reference === undefined
      ? {}
      : { references: { field: { '@id': `${reference.table}/${reference.references[0]}` } } }),
  };
}
