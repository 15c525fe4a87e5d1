import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure';
import type { Finding } from './finding';
import { findingLine, quoted } from './finding';
import type { Measurement } from './readings';
import { readSeed, type SeedRow } from './seed-table';
import { openZone } from './zone';

export type Layout = 'wide' | 'file-per-sensor';

/** One row of `datasources_config.csv` with its defaults and its mapping, ready to use. */
export interface Datasource {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly filePatterns: readonly string[];
  readonly requiredColumns: readonly string[];
  readonly layout: Layout;
  readonly timeColumns: readonly string[];
  readonly datetimeFormats: readonly string[];
  readonly timezone: string;
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly encoding: string;
  readonly nullValues: readonly string[];
  readonly skipLines: number;
  readonly rejectLimit: number;
  readonly onDrift: 'hold' | 'quarantine';
  readonly afterIngest: 'remove' | 'keep';
  /** Wide: label → location and data_key. File per sensor: label → data_key (location '' until the sensor is known). */
  readonly columns: ReadonlyMap<string, { readonly location: string; readonly dataKey: string }>;
  /** File per sensor: the ids that are mapped, in capitals. */
  readonly sensors: ReadonlySet<string>;
  readonly ignoredColumns: ReadonlyMap<string, string>;
}

export interface DataKey {
  readonly dataKey: string;
  readonly measurement: Measurement;
  readonly unit: string;
  readonly quantity: string;
  /** Plausible range, bounds included. */
  readonly minimum: number;
  readonly maximum: number;
  readonly description: string;
}

export type QualityCheck = 'row_count' | 'null_share' | 'conflicting_keys' | 'future_readings';

export interface Threshold {
  readonly warn: number | undefined;
  readonly error: number | undefined;
}

export interface Exclusion {
  readonly datasource: string;
  readonly location: string;
  readonly dataKey: string;
  /** Half-open, in milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface Configuration {
  readonly datasources: readonly Datasource[];
  readonly dataKeys: ReadonlyMap<string, DataKey>;
  readonly publicNames: ReadonlyMap<string, string>;
  readonly exclusions: readonly Exclusion[];
  /** The local zone of days and weeks. */
  readonly localZone: string;
  threshold(datasource: string, check: QualityCheck): Threshold;
}

/**
 * Reads and checks all seeds below `seedsFolder`.
 * @throws Failure (class config) that carries every mistake of every seed at once.
 */
export async function loadConfiguration(seedsFolder: string): Promise<Configuration> {
  const { configuration, findings } = await checkConfiguration(seedsFolder);
  if (configuration !== undefined) return configuration;
  throw new Failure({
    stage: 'configuration',
    what: `${findings.length} mistakes in the seeds:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    where: findings[0]?.file ?? seedsFolder,
    fix: 'correct the rows named above',
    class: 'config',
    code: 'seed-error',
    findings,
  });
}

export async function checkConfiguration(
  seedsFolder: string,
): Promise<{ configuration: Configuration | undefined; findings: Finding[] }> {
  const findings: Finding[] = [];
  const seed = (name: string) => join(seedsFolder, `${name}.csv`);
  const sourceRows = await readSeed(seed('datasources_config'), 'datasources_config', findings);
  const dataKeyRows = await readSeed(seed('data_keys'), 'data_keys', findings);
  const locationRows = await readSeed(seed('location_map'), 'location_map', findings);
  const thresholdRows = await readSeed(seed('quality_thresholds'), 'quality_thresholds', findings, { optional: true });
  const aggregationRows = await readSeed(seed('aggregations'), 'aggregations', findings);
  const exclusionRows = await readSeed(seed('exclusions'), 'exclusions', findings, { optional: true });
  const ignoredRows = await readSeed(seed('ignored_columns'), 'ignored_columns', findings, { optional: true });

  refuseRepeats(dataKeyRows, ['data_key'], 'data_keys', findings);
  refuseRepeats(locationRows, ['from'], 'location_map', findings);
  refuseRepeats(sourceRows, ['datasource_id'], 'datasources_config', findings);
  refuseRepeats(sourceRows, ['name'], 'datasources_config', findings);
  refuseRepeats(thresholdRows, ['datasource_id', 'check'], 'quality_thresholds', findings);
  refuseRepeats(aggregationRows, ['level'], 'aggregations', findings);
  refuseRepeats(ignoredRows, ['datasource_id', 'column'], 'ignored_columns', findings);

  const dataKeys = new Map(dataKeyRows.map((row) => [String(row.data_key), dataKeyOf(row, findings)]));
  const publicNames = new Map(locationRows.map((row) => [String(row.from), String(row.to)]));
  refuseSharedPublicNames(locationRows, findings);
  const datasources: Datasource[] = [];
  for (const row of sourceRows) {
    const datasource = await datasourceOf(row, seedsFolder, ignoredRows, dataKeys, publicNames, findings);
    if (datasource !== undefined && row.enabled !== 'false') datasources.push(datasource);
  }
  const known = new Set(sourceRows.map((row) => String(row.datasource_id)));
  refuseUnknownSources(thresholdRows, 'quality_thresholds', known, findings);
  refuseUnknownSources(exclusionRows, 'exclusions', known, findings);
  refuseUnknownSources(ignoredRows, 'ignored_columns', known, findings);
  const localZone = localZoneOf(aggregationRows, findings);
  if (sourceRows.length > 0 && datasources.length === 0 && findings.length === 0) {
    findings.push(
      seedFinding('datasources_config', undefined, 'enabled', 'no datasource is enabled', 'enable at least one'),
    );
  }
  if (findings.some((finding) => finding.severity === 'error')) return { configuration: undefined, findings };

  const thresholds = new Map(thresholdRows.map((row) => [`${row.datasource_id}/${row.check}`, thresholdOf(row)]));
  const nothing: Threshold = { warn: undefined, error: undefined };
  return {
    findings,
    configuration: {
      datasources,
      dataKeys,
      publicNames,
      exclusions: exclusionRows.map(exclusionOf),
      localZone,
      threshold: (datasource, check) =>
        thresholds.get(`${datasource}/${check}`) ?? thresholds.get(`*/${check}`) ?? nothing,
    },
  };
}

async function datasourceOf(
  row: SeedRow,
  seedsFolder: string,
  ignoredRows: readonly SeedRow[],
  dataKeys: ReadonlyMap<string, DataKey>,
  publicNames: ReadonlyMap<string, string>,
  findings: Finding[],
): Promise<Datasource | undefined> {
  const before = findings.length;
  const id = String(row.datasource_id);
  const complain = (column: string, message: string, fix: string) =>
    findings.push({
      ...seedFinding('datasources_config', row.line, column, message, fix),
      found: quoted(String(row[column])),
    });

  const timezone = String(row.timezone || 'UTC');
  try {
    openZone(timezone);
  } catch {
    complain('timezone', 'the time zone is not known', 'give an IANA name such as Europe/Prague');
  }
  const requiredColumns = list(row.required_columns);
  const timeColumns = list(row.time_columns).length > 0 ? list(row.time_columns) : requiredColumns.slice(0, 1);
  if (timeColumns.length === 0) {
    complain('time_columns', 'no column holds the time', 'name the time column, or list it first in required_columns');
  }
  if (timeColumns.length > 2) complain('time_columns', 'more than two time columns', 'give one or two columns');
  const delimiter = row.delimiter === 'tab' ? '\t' : String(row.delimiter || ',');
  const decimal = (row.decimal || '.') as '.' | ',';
  if (delimiter === decimal) {
    complain('decimal', 'the decimal mark is also the delimiter', 'give them different characters');
  }
  const layout = (row.layout || 'wide') as Layout;
  const mapping = await readMapping(row, layout, seedsFolder, findings);

  const yielded = new Set<string>();
  for (const [label, { location, dataKey }] of mapping.columns) {
    const known = dataKeys.get(dataKey);
    const line = mapping.lines.get(label);
    if (known === undefined) {
      findings.push({
        ...seedFinding(
          mapping.columnSeed,
          line,
          'data_key',
          'the data_key is not declared',
          `add ${dataKey} to seeds/data_keys.csv`,
        ),
        found: quoted(dataKey),
      });
    } else yielded.add(known.quantity);
    if (layout === 'wide') requirePublicName(location, mapping.columnSeed, line, publicNames, findings);
  }
  for (const { location, line } of mapping.sensorRows) {
    requirePublicName(location, mapping.sensorSeed, line, publicNames, findings);
  }
  for (const quantity of list(row.data_type)) {
    if (yielded.size > 0 && !yielded.has(quantity)) {
      complain(
        'data_type',
        `the source yields no ${quoted(quantity)}`,
        `give quantities it yields: ${[...yielded].join(';')}`,
      );
    }
  }
  const ignored = ignoredRows.filter((other) => other.datasource_id === id);
  for (const other of ignored) {
    if (mapping.columns.has(String(other.column))) {
      findings.push({
        ...seedFinding(
          'ignored_columns',
          other.line,
          'column',
          'the column is mapped and ignored',
          'remove it from one of the two seeds',
        ),
        found: quoted(String(other.column)),
      });
    }
  }
  if (findings.length > before) return undefined;
  return {
    id,
    name: String(row.name),
    location: String(row.location),
    filePatterns: String(row.file_pattern).split('|').filter(Boolean),
    requiredColumns,
    layout,
    timeColumns,
    datetimeFormats: String(row.datetime_format || '%Y-%m-%d %H:%M:%S').split('|'),
    timezone,
    delimiter,
    decimal,
    encoding: String(row.encoding || 'utf-8'),
    nullValues: String(row.null_values).split(';').filter(Boolean),
    skipLines: Number(row.skip_lines || 0),
    rejectLimit: Number(row.reject_limit || 0),
    onDrift: (row.on_drift || 'hold') as 'hold' | 'quarantine',
    afterIngest: (row.after_ingest || 'remove') as 'remove' | 'keep',
    columns: mapping.columns,
    sensors: new Set(mapping.sensorRows.map(({ sensor }) => sensor)),
    ignoredColumns: new Map(ignored.map((other) => [String(other.column), String(other.reason)])),
  };
}

interface Mapping {
  readonly columns: Map<string, { location: string; dataKey: string }>;
  readonly lines: Map<string, number>;
  readonly sensorRows: { sensor: string; location: string; line: number }[];
  readonly columnSeed: string;
  readonly sensorSeed: string;
}

/** The seeds a row's `mapping` names, told apart by their header: columns, sensors, or quantities. */
async function readMapping(row: SeedRow, layout: Layout, seedsFolder: string, findings: Finding[]): Promise<Mapping> {
  const names = list(row.mapping).length > 0 ? list(row.mapping) : [`mapping_${row.datasource_id}`];
  const mapping = { columns: new Map(), lines: new Map(), sensorRows: [], columnSeed: '', sensorSeed: '' } as {
    -readonly [K in keyof Mapping]: Mapping[K];
  };
  for (const name of names) {
    const path = join(seedsFolder, `${name}.csv`);
    if (!existsSync(path)) {
      findings.push(
        seedFinding(
          'datasources_config',
          row.line,
          'mapping',
          `seeds/${name}.csv does not exist`,
          `create it, or name the right mapping`,
        ),
      );
      continue;
    }
    const header = (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
    if (header.includes('data_key_original')) {
      const rows = await readSeed(path, 'mapping_columns', findings);
      refuseRepeats(rows, ['data_key_original'], name, findings);
      refuseRepeats(rows, ['location', 'data_key'], name, findings);
      mapping.columnSeed = name;
      for (const one of rows) {
        mapping.columns.set(String(one.data_key_original), {
          location: String(one.location),
          dataKey: String(one.data_key),
        });
        mapping.lines.set(String(one.data_key_original), one.line);
      }
    } else if (header.includes('sensor')) {
      const rows = await readSeed(path, 'mapping_sensors', findings);
      refuseOverlaps(rows, name, findings);
      mapping.sensorSeed = name;
      for (const one of rows) {
        mapping.sensorRows.push({
          sensor: String(one.sensor).toUpperCase(),
          location: String(one.location),
          line: one.line,
        });
      }
    } else {
      const rows = await readSeed(path, 'mapping_quantities', findings);
      refuseRepeats(rows, ['column'], name, findings);
      mapping.columnSeed = name;
      for (const one of rows) {
        mapping.columns.set(String(one.column), { location: '', dataKey: String(one.data_key) });
        mapping.lines.set(String(one.column), one.line);
      }
    }
  }
  if (layout === 'file-per-sensor' && mapping.sensorSeed === '' && names.length > 0) {
    findings.push(
      seedFinding(
        'datasources_config',
        row.line,
        'mapping',
        'no mapping seed names sensors',
        'add a seed with the columns sensor,location',
      ),
    );
  }
  if (mapping.columnSeed === '') {
    findings.push(
      seedFinding(
        'datasources_config',
        row.line,
        'mapping',
        'no mapping seed names columns',
        'add a seed that maps column labels to data_keys',
      ),
    );
  }
  return mapping;
}

function dataKeyOf(row: SeedRow, findings: Finding[]): DataKey {
  const minimum = row.minimum === '' ? Number.NEGATIVE_INFINITY : Number(row.minimum);
  const maximum = row.maximum === '' ? Number.POSITIVE_INFINITY : Number(row.maximum);
  if (minimum > maximum) {
    findings.push(
      seedFinding('data_keys', row.line, 'minimum', 'the minimum is above the maximum', 'swap the two numbers'),
    );
  }
  return {
    dataKey: String(row.data_key),
    measurement: row.measurement as Measurement,
    unit: String(row.unit),
    quantity: String(row.quantity),
    minimum,
    maximum,
    description: String(row.description ?? ''),
  };
}

function thresholdOf(row: SeedRow): Threshold {
  return {
    warn: row.warn === '' ? undefined : Number(row.warn),
    error: row.error === '' ? undefined : Number(row.error),
  };
}

function exclusionOf(row: SeedRow): Exclusion {
  return {
    datasource: String(row.datasource_id),
    location: String(row.location),
    dataKey: String(row.data_key),
    from: row.from === '' ? Number.NEGATIVE_INFINITY : Date.parse(String(row.from)),
    to: row.to === '' ? Number.POSITIVE_INFINITY : Date.parse(String(row.to)),
    reason: String(row.reason),
  };
}

function localZoneOf(rows: readonly SeedRow[], findings: Finding[]): string {
  const EVERY: Record<string, string> = { hourly: '1h', daily: '1d', weekly: '1w' };
  const zones = new Set<string>();
  for (const row of rows) {
    if (EVERY[String(row.level)] !== row.every) {
      findings.push(
        seedFinding(
          'aggregations',
          row.line,
          'every',
          `${row.level} is not every ${row.every}`,
          `write ${EVERY[String(row.level)]}`,
        ),
      );
    }
    if (row.level === 'hourly') {
      if (row.timezone !== 'UTC')
        findings.push(seedFinding('aggregations', row.line, 'timezone', 'hours are UTC hours', 'write UTC'));
      continue;
    }
    zones.add(String(row.timezone));
    try {
      openZone(String(row.timezone));
    } catch {
      findings.push(
        seedFinding(
          'aggregations',
          row.line,
          'timezone',
          'the time zone is not known',
          'give an IANA name such as Europe/Prague',
        ),
      );
    }
  }
  for (const level of Object.keys(EVERY)) {
    if (rows.length > 0 && !rows.some((row) => row.level === level)) {
      findings.push(
        seedFinding(
          'aggregations',
          undefined,
          'level',
          `the level ${level} is missing`,
          `add a row ${level},${EVERY[level]},…`,
        ),
      );
    }
  }
  if (zones.size > 1) {
    findings.push(
      seedFinding(
        'aggregations',
        undefined,
        'timezone',
        'days and weeks have different time zones',
        'give them the same',
      ),
    );
  }
  return [...zones][0] ?? 'UTC';
}

function requirePublicName(
  location: string,
  seed: string,
  line: number | undefined,
  publicNames: ReadonlyMap<string, string>,
  findings: Finding[],
): void {
  if (publicNames.has(location)) return;
  findings.push({
    ...seedFinding(
      seed,
      line,
      'location',
      'the location has no public name',
      `add ${location},<public name> to seeds/location_map.csv (the same name twice if it is public)`,
    ),
    found: quoted(location),
  });
}

/** Two internal locations under one public name would be published as one. */
function refuseSharedPublicNames(rows: readonly SeedRow[], findings: Finding[]): void {
  refuseRepeats(rows, ['to'], 'location_map', findings);
}

/** One sensor may move: the same id twice is right when the periods do not meet. */
function refuseOverlaps(rows: readonly SeedRow[], seed: string, findings: Finding[]): void {
  const period = (row: SeedRow) =>
    [String(row.valid_from ?? '') || '0000', String(row.valid_to ?? '') || '9999'] as const;
  rows.forEach((row, index) => {
    for (const other of rows.slice(0, index)) {
      if (String(other.sensor).toUpperCase() !== String(row.sensor).toUpperCase()) continue;
      const [from, to] = period(row);
      const [otherFrom, otherTo] = period(other);
      if (from < otherTo && otherFrom < to) {
        findings.push({
          ...seedFinding(
            seed,
            row.line,
            'sensor',
            `the sensor is already mapped in line ${other.line}`,
            'remove one row, or give them valid_from and valid_to that do not overlap',
          ),
          found: quoted(String(row.sensor)),
        });
      }
    }
  });
}

function refuseRepeats(rows: readonly SeedRow[], columns: readonly string[], seed: string, findings: Finding[]): void {
  const first = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => String(row[column])));
    const line = first.get(key);
    if (line === undefined) {
      first.set(key, row.line);
      continue;
    }
    findings.push({
      ...seedFinding(
        seed,
        row.line,
        columns.join('+'),
        `the same ${columns.join(' and ')} stands in line ${line}`,
        'remove or correct one of the two rows',
      ),
      found: quoted(columns.map((column) => row[column]).join(', ')),
    });
  }
}

function refuseUnknownSources(
  rows: readonly SeedRow[],
  seed: string,
  known: ReadonlySet<string>,
  findings: Finding[],
): void {
  for (const row of rows) {
    const id = String(row.datasource_id);
    if (id === '*' || known.has(id)) continue;
    findings.push({
      ...seedFinding(
        seed,
        row.line,
        'datasource_id',
        'the datasource is not configured',
        `use one of ${[...known].join(', ')}`,
      ),
      found: quoted(id),
    });
  }
}

function seedFinding(seed: string, line: number | undefined, column: string, message: string, fix: string): Finding {
  return {
    code: 'seed-error',
    severity: 'error',
    file: `seeds/${seed}.csv`,
    ...(line === undefined ? {} : { line }),
    column,
    count: 1,
    message,
    fix,
  };
}

function list(field: string | number | undefined): string[] {
  return String(field ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean);
}
