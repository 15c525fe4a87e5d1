import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';

/** Input for writing a source's models. */
export interface ModelledSource
  extends Pick<Datasource, 'id' | 'name' | 'layout' | 'seeds' | 'columns' | 'textColumns'> {
  /** With one row per sensor: the column that names the sensor. */
  readonly sensorColumn?: string | undefined;
  /** With one row per reading: the columns of its quantity and its value. */
  readonly quantityColumn?: string | undefined;
  readonly valueColumn?: string | undefined;
}

export const landingPath = (id: string) => `models/0_landing/landing_${id}_raw.sql`;
export const stagingPath = (id: string) => `models/1_staging/stg_${id}.sql`;
export const UNION_PATH = 'models/2_marts/fct_sensor_readings.sql';

/** The landing model of a source: its rows, with the name of their file. */
export function landingModel(id: string): string {
  return `{{ landing('${id}') }}\n`;
}

/** The staging model of a source: a row for each reading, mapped by the source's seeds. */
export function stagingModel(source: ModelledSource): string {
  const { id, layout, seeds } = source;
  if (seeds.length === 0) return ownStagingModel(source);
  const of = (kind: ModelledSource['seeds'][number]['kind']) =>
    relation(seeds.filter((seed) => seed.kind === kind).map(({ name }) => name));
  const landing = `ref('landing_${id}_raw')`;
  if (source.sensorColumn !== undefined) {
    const { sensorColumn, quantityColumn, valueColumn } = source;
    const options = [
      `sensor_column=${jinjaText(sensorColumn)}`,
      ...(seeds.some(({ kind }) => kind === 'sensors') ? [`sensors=${of('sensors')}`] : []),
      ...(quantityColumn === undefined ? [] : [`quantity_column=${jinjaText(quantityColumn)}`]),
      ...(valueColumn === undefined ? [] : [`value_column=${jinjaText(valueColumn)}`]),
    ];
    return `{{ long_readings('${id}', ${landing}, ${[of('quantities'), ...options].join(', ')}) }}\n`;
  }
  if (layout === 'wide') return `{{ wide_readings('${id}', ${landing}, ${of('columns')}) }}\n`;
  return `{{ sensor_readings('${id}', ${landing}, ${of('sensors')}, ${of('quantities')}) }}\n`;
}

function relation(seeds: readonly string[]): string {
  const refs = seeds.map((seed) => `ref('${seed}')`);
  return refs.length === 1 ? refs[0]! : `united([${refs.join(', ')}])`;
}

/**
 * The parts of the union with the readings of a source: one for everything that its seeds map, or else one per column.
 */
export function unionSelects({ id, seeds, columns }: ModelledSource): string[] {
  const staging = `{{ ref('stg_${id}') }}`;
  if (seeds.length > 0) return [`select * from ${staging}`];
  const rest = 'source, datasource_id, sensor, file, ordinal, line';
  return [...columns.keys()].map(
    (label) =>
      `select "timestamp", location, '${dataKeyLike(label)}' as measurement, ${quotedName(label)} as value, ${rest} from ${staging}`,
  );
}

/** The staging model of a source without mapping seeds: a column for each of its values, to be renamed and converted. */
function ownStagingModel({ id, name, textColumns, columns }: ModelledSource): string {
  const place = textColumns[0] === undefined ? `'<location>'` : quotedName(textColumns[0]);
  const items = [
    '_time as "timestamp"',
    `${place} as location`,
    ...[...columns.keys()].map(quotedName),
    `'${name.replaceAll("'", "''")}' as source`,
    `'${id}' as datasource_id`,
    `${textColumns[0] === undefined ? `''` : place} as sensor`,
    '_file as file',
    '_ordinal as ordinal',
    '_line as line',
  ];
  return `select\n${items.map((item) => `    ${item}`).join(',\n')}\nfrom {{ ref('landing_${id}_raw') }}\n`;
}

const jinjaText = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const quotedName = (label: string) => `"${label.replaceAll('"', '""')}"`;

/** A label in the letters of a data_key. */
export function dataKeyLike(label: string): string {
  const plain = label
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '');
  return plain === '' ? 'reading' : plain;
}
