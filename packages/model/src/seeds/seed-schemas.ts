/**
 * The rows of each seed, as JSON Schema. Every field of a CSV is text; '' stands for «left out». `required` names the
 * columns that the header must have; `description` is what an error says was expected.
 */
const number = {
  type: 'string',
  pattern: '^(-?[0-9]+(\\.[0-9]+)?)?$',
  description: 'a number such as 21.5, or nothing',
};
const text = {
  type: 'string',
  pattern: '^\\S([^\\r\\n]*\\S)?$',
  maxLength: 300,
  description: 'text in one line, without white space around it',
};
/** Names that files, models and columns are called by. */
export const ID_PATTERN = '^[a-z][a-z0-9_]{0,59}$';
const id = { type: 'string', pattern: ID_PATTERN, description: 'a name of lower-case letters, digits and _' };
const instant = {
  type: 'string',
  format: 'instant',
  description: 'a UTC date 2024-10-31 or instant 2024-10-31T12:00:00Z, or nothing',
};

function row(required: readonly string[], properties: Record<string, object>) {
  return { type: 'object', additionalProperties: false, required, properties } as const;
}

/** A row that may have further columns; those that columns.csv lists are published, the others are private. */
function openRow(required: readonly string[], properties: Record<string, object>) {
  return { ...row(required, properties), additionalProperties: further } as const;
}

const further = {
  type: 'string',
  pattern: '^(\\S([^\\r\\n]*\\S)?)?$',
  maxLength: 300,
  description: 'text in one line, without white space around it, or nothing',
};
const degrees = (most: number) => ({
  type: 'string',
  pattern: most === 90 ? LATITUDE : LONGITUDE,
  description: `degrees from -${most} to ${most} such as 50.0712, or nothing`,
});
const LATITUDE = '^(-?([0-9]|[1-8][0-9])(\\.[0-9]+)?|-?90(\\.0+)?)?$';
const LONGITUDE = '^(-?([0-9]{1,2}|1[0-7][0-9])(\\.[0-9]+)?|-?180(\\.0+)?)?$';

export const SEED_SCHEMAS = {
  datasources_config: row(
    ['datasource_id', 'name', 'type', 'location', 'file_pattern', 'required_columns', 'data_type'],
    {
      datasource_id: id,
      name: text,
      type: { type: 'string', enum: ['csv', 'json', 'api'], description: 'csv, json or api' },
      location: {
        type: 'string',
        pattern:
          '^([A-Za-z0-9_][A-Za-z0-9_.-]*:(?!(.*/)?\\.{1,2}(/|$))[^:\\\\\\u0000-\\u001f]*|https://[^\\\\\\s?#@]+)$',
        description:
          'a remote and a folder without . and .. such as sm2drive:Indoor/Latest/Upload, or of an API https://host/path',
      },
      file_pattern: { ...text, description: 'file names with * and ?, alternatives separated by |' },
      required_columns: { type: 'string', description: 'column labels separated by ;' },
      data_type: { type: 'string', description: 'quantities separated by ;' },
      layout: { type: 'string', enum: ['', 'wide', 'file-per-sensor', 'long'] },
      time_columns: { type: 'string', description: 'one or two column labels separated by ;' },
      datetime_format: { type: 'string', description: 'strptime formats separated by |' },
      timezone: { type: 'string', description: 'an IANA time zone such as Europe/Prague' },
      delimiter: { type: 'string', enum: ['', ',', ';', '|', 'tab'] },
      decimal: { type: 'string', enum: ['', '.', ','] },
      encoding: {
        type: 'string',
        enum: ['', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1250', 'windows-1252', 'iso-8859-1', 'iso-8859-2'],
      },
      null_values: { type: 'string', description: 'null tokens separated by ;' },
      skip_lines: {
        type: 'string',
        pattern: '^[0-9]{0,2}$',
        description: 'the number of lines before the header, 0 to 99',
      },
      mapping: {
        type: 'string',
        pattern: '^([a-z0-9_]+(;[a-z0-9_]+)*)?$',
        description: 'names of mapping seeds separated by ;',
      },
      reject_limit: {
        type: 'string',
        pattern: '^[0-9]{0,9}$',
        description: 'the number of unreadable rows a file may have',
      },
      on_drift: {
        type: 'string',
        pattern:
          '^(hold|quarantine|accept|(\\*|[a-z]+(-[a-z]+)*)=(hold|quarantine|accept)(\\|(\\*|[a-z]+(-[a-z]+)*)=(hold|quarantine|accept))*)?$',
        description: 'hold, quarantine, accept, or one for each kind of change such as extra-label=accept|*=hold',
      },
      after_ingest: { type: 'string', enum: ['', 'remove', 'keep'] },
      enabled: { type: 'string', enum: ['', 'true', 'false'] },
      sensor_column: { type: 'string', description: 'the label of a column' },
      quantity_column: { type: 'string', description: 'the label of a column' },
      value_column: { type: 'string', description: 'the label of a column' },
      comment: {
        type: 'string',
        pattern: '^[^\\s"0-9A-Za-z]{0,4}$',
        description: 'marks such as # or //, no letters or digits',
      },
      unit_row: { type: 'string', enum: ['', 'true', 'false'] },
      sensor_pattern: { type: 'string', description: 'a file name with one {id}, such as sensor-{id}_*.csv' },
      final_line_end: { type: 'string', enum: ['', 'required', 'optional'] },
      thousands: { type: 'string', enum: ['', 'space', "'", '.', ','] },
      time_label: { type: 'string', enum: ['', 'start', 'end'] },
      interval: {
        type: 'string',
        pattern: '^([1-9][0-9]{0,3}(s|m|h|d))?$',
        description: 'the time from one row to the next, such as 15m, 1h or 1d',
      },
      zone_names: {
        type: 'string',
        pattern: '^([A-Za-z]{1,10}=[+-][0-9]{2}:[0-9]{2}(;[A-Za-z]{1,10}=[+-][0-9]{2}:[0-9]{2})*)?$',
        description: 'names of zones and their offsets from UTC, such as CET=+01:00;CEST=+02:00',
      },
      cell_units: { type: 'string', description: 'units after the numbers, separated by ;' },
      expected_interval: {
        type: 'string',
        pattern: '^([1-9][0-9]{0,3}(s|m|h|d))?$',
        description: 'the time from one reading of a sensor to the next, such as 30s, 10m or 1h',
      },
      provider: further,
      contact: further,
      licence: further,
      terms: further,
    },
  ),
  mapping_columns: openRow(['data_key_original', 'location', 'data_key'], {
    data_key_original: text,
    location: text,
    data_key: id,
  }),
  mapping_sensors: openRow(['sensor', 'location'], {
    sensor: {
      type: 'string',
      pattern: '^[^\\s;]([^\\r\\n;]{0,198}[^\\s;])?$',
      description: 'the id of a sensor',
    },
    location: text,
    valid_from: instant,
    valid_to: instant,
  }),
  mapping_quantities: row(['column', 'data_key'], { column: text, data_key: id }),
  location_map: openRow(['from', 'to'], {
    from: text,
    to: text,
    building: further,
    floor: further,
    kind: further,
    latitude: degrees(90),
    longitude: degrees(180),
  }),
  columns: row(['table', 'column', 'type', 'meaning', 'unit'], {
    table: { type: 'string', enum: ['dim_location', 'dim_sensor'] },
    column: id,
    type: { type: 'string', enum: ['text', 'number', 'integer', 'date'] },
    meaning: text,
    unit: further,
  }),
  data_keys: row(['data_key', 'measurement', 'unit', 'quantity', 'minimum', 'maximum'], {
    data_key: id,
    measurement: { type: 'string', enum: ['additive', 'nonadditive'] },
    unit: text,
    quantity: id,
    minimum: number,
    maximum: number,
    description: { type: 'string' },
    ucum: further,
    qudt: further,
  }),
  quality_thresholds: row(['datasource_id', 'check', 'warn', 'error'], {
    datasource_id: { type: 'string', pattern: '^(\\*|[a-z][a-z0-9_]*)$', description: 'a datasource_id, or * for all' },
    check: {
      type: 'string',
      enum: [
        'row_count',
        'null_share',
        'conflicting_keys',
        'future_readings',
        'frozen_share',
        'stale_days',
        'silent_hours',
      ],
    },
    warn: number,
    error: number,
  }),
  aggregations: row(['level', 'every', 'timezone'], {
    level: id,
    every: text,
    timezone: text,
    flux: {
      type: 'string',
      pattern: '^([A-Za-z0-9_][A-Za-z0-9_-]*\\.flux)?$',
      description: 'the name of a file beside the seed such as median.flux, or nothing',
    },
  }),
  dataset: row(['property', 'value'], {
    property: {
      type: 'string',
      enum: ['name', 'title', 'citation', 'license', 'description', 'provider', 'contact', 'keywords', 'address'],
    },
    value: text,
  }),
  limits: row(['limit', 'value'], {
    limit: { type: 'string', enum: ['bytes', 'rows', 'columns', 'row_bytes', 'findings'] },
    value: { type: 'string', pattern: '^[0-9]{1,16}$', description: 'a whole number such as 4096' },
  }),
  release_limits: row(['limit', 'value'], {
    limit: { type: 'string', enum: ['rows_removed', 'rows_changed', 'months_gone', 'locations_gone'] },
    value: { type: 'string', pattern: '^[0-9]{1,9}(\\.[0-9]{1,9})?$', description: 'a number such as 0.05' },
  }),
  exclusions: row(['datasource_id', 'location', 'data_key', 'from', 'to', 'reason'], {
    datasource_id: id,
    location: text,
    data_key: id,
    from: instant,
    to: instant,
    reason: text,
  }),
  ignored_columns: row(['datasource_id', 'column', 'reason'], { datasource_id: id, column: text, reason: text }),
} as const;

export type SeedName = keyof typeof SEED_SCHEMAS;

const labels = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 1000 },
  minItems: 1,
  maxItems: 4096,
  uniqueItems: true,
} as const;

/** What `contracts/<datasource_id>.json` may hold. */
export const CONTRACT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['datasource', 'headers', 'aliases', 'profiles'],
  properties: {
    datasource: { type: 'string' },
    headers: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['labels', 'order'],
        properties: { labels, order: { type: 'array', items: { type: 'integer', minimum: 0 } } },
      },
    },
    aliases: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
    profiles: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'number' }, minItems: 7, maxItems: 7 },
    },
    days: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  },
} as const;
