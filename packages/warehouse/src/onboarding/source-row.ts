import type { SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { SettledColumns } from './settle-columns';

/** What is always said of a source. */
export interface SourceFacts {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly pattern: string;
  readonly timezone: string;
  readonly sensorPattern: string;
  readonly zoneNames: string;
  readonly interval: string;
  readonly isApi: boolean;
}

/** The fields of `datasources_config.csv`. One that is as its default is left out. */
export function sourceRow(
  look: SampleLook,
  { id, name, location, pattern, timezone, sensorPattern, zoneNames, interval, isApi }: SourceFacts,
  { columns, dataKeys }: SettledColumns,
  configuration: Configuration,
): Record<string, string> {
  const isWide = look.layout.value === 'wide';
  const timeColumns = look.timeColumns.value!;
  const roles = [look.sensorColumn.value!, look.quantityColumn.value!, look.valueColumn.value!];
  const values =
    look.quantityColumn.value === '' ? columns.flatMap(({ label }) => (label.includes(';') ? [] : [label])) : [];
  // A wide source may have several headers: which columns belong together is what its contract remembers.
  const required =
    isWide && look.json === undefined ? timeColumns : [...timeColumns, ...roles.filter(Boolean), ...values];
  const quantities = columns.map(
    ({ dataKey }) =>
      configuration.dataKeys.get(dataKey)?.quantity ?? dataKeys.find((row) => row.data_key === dataKey)!.quantity!,
  );
  const mapped = [...look.columns, ...look.quantities].filter(({ label }) =>
    columns.some((one) => one.label === label),
  );
  const fields = {
    datasource_id: id,
    name,
    type: isApi ? 'api' : look.json === undefined ? 'csv' : 'json',
    location,
    file_pattern: pattern,
    required_columns: required.map((label) => withPointer(label, look)).join(';'),
    data_type: [...new Set(quantities)].join(';'),
    layout: unless('wide', look.layout.value!),
    time_columns: timeColumns.length > 1 ? timeColumns.join(';') : '',
    datetime_format: unless('%Y-%m-%d %H:%M:%S', look.datetimeFormat.value!),
    timezone: unless('UTC', timezone),
    delimiter: unless(',', look.delimiter.value! === '\t' ? 'tab' : look.delimiter.value!),
    decimal: unless('.', look.decimal.value!),
    encoding: unless('utf-8', look.encoding.value!),
    null_values: [...new Set(mapped.flatMap((one) => one.nulls))].join(';'),
    skip_lines: unless('0', String(look.skipLines)),
    mapping: isWide ? '' : `mapping_${id};mapping_${id}_columns`,
    sensor_column: look.sensorColumn.value!,
    quantity_column: look.quantityColumn.value!,
    value_column: look.valueColumn.value!,
    comment: look.commentPrefix,
    unit_row: look.unitRow ? 'true' : '',
    sensor_pattern: sensorPattern,
    final_line_end: unless('required', look.finalLineEnd.value!),
    thousands: look.thousands.value!,
    time_label: unless('start', look.timeLabel.value!),
    interval,
    zone_names: zoneNames,
    cell_units: [...new Set(mapped.flatMap((one) => one.cellUnits))].join(';'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** For JSON: where the value of a label is in a record; a label that is its own pointer needs none. */
function withPointer(label: string, { json }: SampleLook): string {
  const pointer = json?.pointers[label] ?? label;
  return pointer === label ? label : `${label}=${pointer}`;
}

function unless(standard: string, value: string): string {
  return value === standard ? '' : value;
}
