import { type ApiSettings, isApiAddress, NO_SETTINGS, readApiSettings } from './api-settings';
import { type Contract, readContract } from './contract';
import type { DataKeys } from './data-keys';
import { checkFormat } from './datetime-formats';
import { type DriftPolicy, driftPolicyOf, refuseUnsafePolicy } from './drift-policy';
import type { Finding } from './finding';
import { quoted } from './finding';
import { checkPointers } from './json-pointers';
import type { Limits } from './limits';
import { checkLongColumns, type LongColumns, longColumnsOf, namesOfLong, valueLabels } from './long-layout';
import { type Mapping, readMapping } from './mapping';
import { ownColumns } from './own-columns';
import { complainTo, listOf } from './seed-findings';
import type { Named, SeedRow } from './seed-table';
import { checkSensorPattern, HEX_PATTERN } from './sensor-pattern';
import { openZone } from './zone';

export type Layout = 'wide' | 'file-per-sensor' | 'long';

/** One row of `datasources_config.csv` with its defaults and its mapping, ready to use: the contract of its files. */
export interface Datasource extends Mapping, LongColumns {
  readonly id: string;
  readonly name: string;
  /** `csv`: delimited text in a folder; `json`: JSON in a folder; `api`: JSON that is asked for. */
  readonly type: 'csv' | 'json' | 'api';
  readonly location: string;
  readonly filePatterns: readonly string[];
  readonly requiredColumns: readonly string[];
  /** What is asked of an API. */
  readonly api: ApiSettings;
  /** JSON: label → where its value stands in a record; a label without a pointer is one itself. */
  readonly pointers: ReadonlyMap<string, string>;
  /** Columns of names, such as the location of a row: they land as they stand. */
  readonly textColumns: readonly string[];
  readonly layout: Layout;
  readonly timeColumns: readonly string[];
  readonly datetimeFormats: readonly string[];
  readonly timezone: string;
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly encoding: string;
  readonly nullValues: readonly string[];
  readonly skipLines: number;
  /** Lines that begin with it are no rows; '' if there are none. */
  readonly comment: string;
  /** Whether the row after the header holds units. */
  readonly unitRow: boolean;
  /** How the sensor's id stands in the name of a file per sensor (see sensorPattern). */
  readonly sensorPattern: string;
  /** data_key → its unit. */
  readonly units: ReadonlyMap<string, string>;
  readonly rejectLimit: number;
  /** Of each export, whatever its source. */
  readonly limits: Limits;
  readonly onDrift: DriftPolicy;
  readonly afterIngest: 'remove' | 'keep';
  readonly ignoredColumns: ReadonlyMap<string, string>;
  /** What exports of the source looked like so far. */
  readonly contract: Contract;
}

/** Checks one row and everything that it names; nothing is given back if there is a mistake. */
export async function readDatasource(
  given: SeedRow,
  seedsFolder: string,
  ignoredRows: readonly SeedRow[],
  dataKeys: DataKeys,
  declared: Named,
  listed: Named,
  findings: Finding[],
): Promise<Omit<Datasource, 'limits'> | undefined> {
  const before = findings.length;
  const { row, pointers } = withLabels(given);
  checkFields(row, findings);
  refuseUnsafePolicy(row, complainTo(findings));
  checkLongColumns(row, complainTo(findings));
  checkSensorPattern(row, complainTo(findings));
  const mapping = await readMapping(row, seedsFolder, declared, listed, findings);
  checkQuantities(row, mapping, dataKeys, findings);
  const ignored = ignoredRows.filter((other) => other.datasource_id === row.datasource_id);
  refuseMappedAndIgnored(ignored, mapping, findings);
  const long = longColumnsOf(row);
  const own =
    mapping.seeds.length === 0 && findings.length === before
      ? ownColumns(row, timeColumnsOf(row), ignored, findings)
      : undefined;
  if (row.type !== 'csv')
    checkPointers(
      row,
      pointers,
      valueLabels({ ...long, columns: own?.columns ?? mapping.columns }),
      complainTo(findings),
    );
  const api =
    row.type === 'api' ? await readApiSettings(seedsFolder, String(row.datasource_id), findings) : NO_SETTINGS;
  const contract = await readContract(seedsFolder, String(row.datasource_id), findings);
  refuseStrayAliases(contract, row, mapping, ignored, findings);
  if (findings.length > before) return undefined;
  return {
    id: String(row.datasource_id),
    name: String(row.name),
    type: row.type as Datasource['type'],
    location: String(row.location),
    filePatterns: String(row.file_pattern).split('|').filter(Boolean),
    requiredColumns: listOf(row.required_columns),
    pointers,
    api,
    layout: (row.layout || 'wide') as Layout,
    timeColumns: timeColumnsOf(row),
    datetimeFormats: formatsOf(row),
    timezone: timezoneOf(row),
    delimiter: delimiterOf(row),
    decimal: decimalOf(row),
    encoding: String(row.encoding || 'utf-8'),
    nullValues: String(row.null_values).split(';').filter(Boolean),
    skipLines: Number(row.skip_lines || 0),
    comment: String(row.comment ?? ''),
    unitRow: row.unit_row === 'true',
    sensorPattern: String(row.sensor_pattern || HEX_PATTERN),
    units: new Map([...dataKeys].map(([key, { unit }]) => [key, unit])),
    rejectLimit: Number(row.reject_limit || 0),
    onDrift: driftPolicyOf(String(row.on_drift)),
    afterIngest: (row.after_ingest || 'remove') as 'remove' | 'keep',
    ...mapping,
    ...long,
    ...(own ?? { textColumns: namesOfLong(long) }),
    ignoredColumns: new Map(ignored.map((other) => [String(other.column), String(other.reason)])),
    contract,
  };
}

/** Takes the pointers out of `temp=main.temp`, so that only labels remain; delimited text has none. */
function withLabels(row: SeedRow): { readonly row: SeedRow; readonly pointers: ReadonlyMap<string, string> } {
  const pointers = new Map<string, string>();
  if (row.type === 'csv') return { row, pointers };
  const labels = listOf(row.required_columns).map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) return text;
    pointers.set(text.slice(0, at).trim(), text.slice(at + 1).trim());
    return text.slice(0, at).trim();
  });
  return { row: { ...row, required_columns: labels.join(';') }, pointers };
}

/** The time stands in the required column that comes first, if nothing else is said. */
function timeColumnsOf(row: SeedRow): string[] {
  const given = listOf(row.time_columns);
  return given.length > 0 ? given : listOf(row.required_columns).slice(0, 1);
}

const formatsOf = (row: SeedRow) => String(row.datetime_format || '%Y-%m-%d %H:%M:%S').split('|');
const timezoneOf = (row: SeedRow) => String(row.timezone || 'UTC');
const delimiterOf = (row: SeedRow) => (row.delimiter === 'tab' ? '\t' : String(row.delimiter || ','));
const decimalOf = (row: SeedRow) => (row.decimal || '.') as '.' | ',';

function checkFields(row: SeedRow, findings: Finding[]): void {
  const complain = (column: string, message: string, expected: string, fix: string, found = String(row[column])) =>
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column,
      found: quoted(found),
      expected,
      message,
      fix,
    });
  const isAddress = /^https:\/\//.test(String(row.location));
  if (row.type === 'api' && !isApiAddress(String(row.location))) {
    const fix = 'write the address alone; what is asked stands in seeds/apis, and a secret there by its name';
    // What is wrong with it may be a secret in it.
    const found = /[@?#]/.test(String(row.location)) ? 'more than a host and a path' : undefined;
    complain('location', 'the location of an API is no plain address', 'https://host/path', fix, found);
  } else if (row.type !== 'api' && isAddress) {
    complain('location', 'an address is asked by the type api alone', 'a remote and a folder', 'set type to api');
  }
  if (row.type === 'api' && !String(row.file_pattern).includes('*')) {
    complain(
      'file_pattern',
      'answers need names of their own',
      'a name with *',
      'write it with *, such as weather_*.json',
    );
  }
  try {
    openZone(timezoneOf(row));
  } catch {
    const name = 'an IANA name such as Europe/Prague';
    complain('timezone', 'the time zone is not known', name, `give ${name}`);
  }
  for (const format of formatsOf(row)) {
    try {
      checkFormat(format);
    } catch (error) {
      const known =
        'a date and time of %Y %y %m %d %H %M %S %z, iso, or %s or %Q for seconds or milliseconds since 1970';
      complain('datetime_format', (error as Error).message, known, `write it as ${known}`, format);
    }
  }
  const timeColumns = timeColumnsOf(row);
  if (timeColumns.length === 0) {
    const fix = 'name the time column, or list it first in required_columns';
    complain('time_columns', 'no column holds the time', 'one or two labels', fix);
  }
  if (timeColumns.length > 2) {
    complain('time_columns', 'more than two columns hold the time', 'one or two labels', 'give one or two columns');
  }
  if (delimiterOf(row) === decimalOf(row)) {
    const message = 'the decimal mark is also the delimiter';
    complain('decimal', message, 'two different characters', 'give them different characters', decimalOf(row));
  }
}

/** `data_type` says which quantities people expect of a source: it must yield them. */
function checkQuantities(row: SeedRow, { columns }: Mapping, dataKeys: DataKeys, findings: Finding[]): void {
  const yielded = new Set<string>();
  for (const { dataKey } of columns.values()) {
    const known = dataKeys.get(dataKey);
    // A data_key with a mistake of its own may be the quantity.
    if (known === undefined) return;
    yielded.add(known.quantity);
  }
  if (yielded.size === 0) return;
  for (const quantity of listOf(row.data_type)) {
    if (yielded.has(quantity)) continue;
    complainTo(findings)({
      seed: 'datasources_config',
      line: row.line,
      column: 'data_type',
      found: quoted(quantity),
      expected: `quantities that the source yields: ${[...yielded].join(';')}`,
      message: 'the mapping of the source yields no such quantity',
      fix: 'correct data_type, or complete the mapping',
    });
  }
}

/** A label that stands for a column which nobody knows would hide that column's loss. */
function refuseStrayAliases(
  { aliases }: Contract,
  row: SeedRow,
  { columns }: Mapping,
  ignored: readonly SeedRow[],
  findings: Finding[],
): void {
  const known = new Set([
    ...columns.keys(),
    ...Object.values(longColumnsOf(row)),
    ...timeColumnsOf(row),
    ...listOf(row.required_columns),
    ...ignored.map(({ column }) => String(column)),
  ]);
  for (const [label, standsFor] of aliases) {
    if (known.has(standsFor) && !known.has(label)) continue;
    findings.push({
      code: 'seed-error',
      severity: 'error',
      file: `seeds/contracts/${row.datasource_id}.json`,
      count: 1,
      found: `${quoted(label)} for ${quoted(standsFor)}`,
      expected: 'a label that is not mapped, for one that is',
      message: 'an alias of the contract stands for no column of the source, or is one itself',
      fix: 'correct or remove the alias',
    });
  }
}

function refuseMappedAndIgnored(ignored: readonly SeedRow[], { columns }: Mapping, findings: Finding[]): void {
  for (const row of ignored) {
    if (!columns.has(String(row.column))) continue;
    complainTo(findings)({
      seed: 'ignored_columns',
      line: row.line,
      column: 'column',
      found: quoted(String(row.column)),
      expected: 'a column that is not mapped',
      message: 'the column is mapped and ignored',
      fix: 'remove it from one of the two seeds',
    });
  }
}
