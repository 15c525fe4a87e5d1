import type { Finding } from '../findings/finding';
import { type ApiSettings, NO_SETTINGS, readApiSettings } from './api-settings';
import { type Contract, readContract } from './contract';
import type { DataKeys } from './data-keys';
import { type DriftPolicy, driftPolicyOf, refuseUnsafePolicy } from './drift-policy';
import { checkPointers } from './json-pointers';
import type { Limits } from './limits';
import { checkLongColumns, type LongColumns, longColumnsOf, namesOfLong, valueLabels } from './long-layout';
import { type Mapping, readMapping } from './mapping';
import { ownColumns } from './own-columns';
import { complainTo, listOf } from './seed-findings';
import type { Named, SeedRow } from './seed-table';
import { checkSensorPattern, HEX_PATTERN } from './sensor-pattern';
import { checkQuantities, refuseMappedAndIgnored, refuseStrayAliases } from './source-columns';
import {
  checkFields,
  decimalOf,
  delimiterOf,
  formatsOf,
  timeColumnsOf,
  timezoneOf,
  type WritingHabits,
  withLabels,
  writingHabitsOf,
} from './source-fields';

export type Layout = 'wide' | 'file-per-sensor' | 'long';

/** One row of `datasources_config.csv` with its defaults and its mapping, ready to use: the contract of its files. */
export interface Datasource extends Mapping, LongColumns, WritingHabits {
  readonly id: string;
  readonly name: string;
  /** `csv`: delimited text in a folder; `json`: JSON in a folder; `api`: JSON that is asked for. */
  readonly type: 'csv' | 'json' | 'api';
  readonly location: string;
  readonly filePatterns: readonly string[];
  readonly requiredColumns: readonly string[];
  /** What is asked of an API. */
  readonly api: ApiSettings;
  /** JSON: label → where its value is in a record; a label without a pointer is one itself. */
  readonly pointers: ReadonlyMap<string, string>;
  /** Columns of names, such as the location of a row: they land as they are. */
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
  /** Lines that begin with it are not rows; '' if there are none. */
  readonly comment: string;
  /** Whether the row after the header holds units. */
  readonly unitRow: boolean;
  /** How the sensor's id is written in the name of a file per sensor (see sensorPattern). */
  readonly sensorPattern: string;
  /** data_key → its unit. */
  readonly units: ReadonlyMap<string, string>;
  readonly rejectLimit: number;
  /** Of each export, whatever its source. */
  readonly limits: Limits;
  readonly onDrift: DriftPolicy;
  readonly afterIngest: 'remove' | 'keep';
  readonly ignoredColumns: ReadonlyMap<string, string>;
  /** The memory of the source's exports. */
  readonly contract: Contract;
}

/** The other seeds, which rows of sources name. */
export interface OtherSeeds {
  readonly folder: string;
  /** Rows of ignored_columns.csv. */
  readonly ignored: readonly SeedRow[];
  readonly dataKeys: DataKeys;
  readonly declared: Named;
  readonly listed: Named;
}

/** Checks one row and everything that it names; nothing is given back if there is a mistake. */
export async function readDatasource(
  given: SeedRow,
  { folder, ignored: ignoredRows, dataKeys, declared, listed }: OtherSeeds,
  findings: Finding[],
): Promise<Omit<Datasource, 'limits'> | undefined> {
  const before = findings.length;
  const { row, pointers } = withLabels(given);
  checkFields(row, findings);
  refuseUnsafePolicy(row, complainTo(findings));
  checkLongColumns(row, complainTo(findings));
  checkSensorPattern(row, complainTo(findings));
  const mapping = await readMapping(row, folder, declared, listed, findings);
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
  const api = row.type === 'api' ? await readApiSettings(folder, String(row.datasource_id), findings) : NO_SETTINGS;
  const contract = await readContract(folder, String(row.datasource_id), findings);
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
    ...writingHabitsOf(row),
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
