import { codeSpan, inert } from '@sensor-warehouse/model/findings/markdown';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type { ColumnSummary } from '../layout/file-list';
import { joinedSummary } from './column-summary';
import type { DescribedDataset, PublicFile } from './described-dataset';
import { markdownTable } from './markdown-table';
import type { ColumnType, TableColumn, TableDescription } from './tables';

export const TYPE_TEXTS: Readonly<Record<ColumnType, string>> = {
  instant: 'timestamp (UTC)',
  date: 'date',
  text: 'string',
  number: 'double',
  integer: 'integer',
  flag: 'boolean',
};

/** Columns whose values are in the unit of the row's data_key: one range of all of them would mean nothing. */
const BY_DATA_KEY = ['data_value', 'minimum', 'maximum'];

/** `DATA_DICTIONARY.md`: what each table, column and data_key means, and what it holds. */
export function dataDictionary(described: DescribedDataset): string {
  const { configuration, tables } = described;
  return `# Data dictionary of ${inert(configuration.dataset.title)}

Range and example come from the values of a column; missing is the share of rows in which it is null.

${tables.map((table) => tableSection(table, described)).join('\n')}
## What is measured
${measuredTable(described)}

Readings outside the plausible range (such as a sensor’s error codes) are kept in the archive but not included in any hour.
`;
}

function tableSection(table: TableDescription, { files }: DescribedDataset): string {
  const own = files.filter((file) => file.table === table.name);
  const names = own.map(({ name }) => codeSpan(name));
  const known = summariesOf(table, own);
  const keys = table.foreignKeys.map(
    ({ columns, table: to, references }) => `(${columns.join(', ')}) → ${to} (${references.join(', ')})`,
  );
  return `## ${inert(table.name)}
${inert(table.title)}: ${inert(table.grain)}.
${names.length === 0 ? '' : `\nFiles: ${names.join(', ')}\n`}
Key: ${inert(table.primaryKey.join(', '))}
${keys.length === 0 ? '' : `\nRefers to: ${keys.map(inert).join('; ')}\n`}
${markdownTable(
  ['column', 'type', 'unit', 'meaning', 'range', 'missing', 'example'],
  table.columns.map((column) => [
    codeSpan(column.name),
    TYPE_TEXTS[column.type],
    inert(column.unit ?? ''),
    inert(column.meaning),
    ...cellsOf(column, table, known.get(column.name)),
  ]),
)}
`;
}

/** Summaries of a table's columns over all its files; without columns that some file does not summarise. */
function summariesOf(table: TableDescription, own: readonly PublicFile[]): ReadonlyMap<string, ColumnSummary> {
  const parts = own.filter(({ name }) => name.endsWith('.parquet')).map(({ columns }) => columns ?? []);
  return new Map(
    table.columns.flatMap(({ name, type }) => {
      const found = parts.flatMap((columns) => columns.filter((one) => one.name === name));
      if (found.length === 0 || found.length < parts.length) return [];
      return [[name, joinedSummary(found, type === 'number' || type === 'integer')] as const];
    }),
  );
}

function cellsOf(
  { name, type, nullable }: TableColumn,
  table: TableDescription,
  summary: ColumnSummary | undefined,
): [range: string, missing: string, example: string] {
  const missing = !nullable ? 'never' : summary === undefined ? '' : share(summary);
  if (summary?.example === undefined) return ['', missing, ''];
  const byKey = BY_DATA_KEY.includes(name) && table.columns.some((column) => column.name === 'data_key');
  if (byKey) return ['see below', missing, inert(summary.example)];
  const range = type === 'text' || type === 'flag' ? '' : `${inert(summary.minimum!)} to ${inert(summary.maximum!)}`;
  return [range, missing, inert(summary.example)];
}

/** Shows 0 % or 100 % only if exact. */
function share({ nulls, rows }: ColumnSummary): string {
  if (nulls === 0 || rows === 0) return '0 %';
  if (nulls === rows) return '100 %';
  return `${Math.min(99.9, Math.max(0.1, (nulls / rows) * 100)).toFixed(1)} %`;
}

/** The data_keys that have hours in the dataset. */
export function measuredTable({ configuration, summary }: DescribedDataset): string {
  return markdownTable(
    [
      'data\\_key',
      'unit',
      'quantity',
      'data\\_value is',
      'plausible range',
      'range here',
      'hours',
      'series',
      'meaning',
    ],
    summary.measured.map(({ dataKey, hours, series, minimum, maximum }) => {
      const known = configuration.dataKeys.get(dataKey);
      return [
        codeSpan(dataKey),
        inert(known?.unit ?? ''),
        inert(known?.quantity ?? ''),
        known?.measurement === 'additive' ? 'the sum' : 'the mean',
        rangeText(known?.minimum ?? Number.NEGATIVE_INFINITY, known?.maximum ?? Number.POSITIVE_INFINITY),
        `${numberText(minimum)} to ${numberText(maximum)}`,
        String(hours),
        String(series),
        inert(known?.description ?? ''),
      ];
    }),
  );
}

function rangeText(minimum: number, maximum: number): string {
  const [below, above] = [Number.isFinite(minimum), Number.isFinite(maximum)];
  if (below && above) return `${minimum} to ${maximum}`;
  if (below) return `from ${minimum}`;
  return above ? `up to ${maximum}` : 'any';
}
