import type { Datasource } from '@sensor-warehouse/model/configuration';

/** What the models of a source are written from. */
export type ModelledSource = Pick<Datasource, 'id' | 'layout' | 'seeds'>;

export const landingPath = (id: string) => `models/0_landing/landing_${id}_raw.sql`;
export const stagingPath = (id: string) => `models/1_staging/stg_${id}.sql`;
export const UNION_PATH = 'models/2_marts/fct_sensor_readings.sql';

/** The landing model of a source: its rows, with the name of their file. */
export function landingModel(id: string): string {
  return `{{ landing('${id}') }}\n`;
}

/** The staging model of a source: a row for each reading, mapped by the source's seeds. */
export function stagingModel({ id, layout, seeds }: ModelledSource): string {
  const of = (kind: ModelledSource['seeds'][number]['kind']) =>
    relation(seeds.filter((seed) => seed.kind === kind).map(({ name }) => name));
  const landing = `ref('landing_${id}_raw')`;
  if (layout === 'wide') return `{{ wide_readings('${id}', ${landing}, ${of('columns')}) }}\n`;
  return `{{ sensor_readings('${id}', ${landing}, ${of('sensors')}, ${of('quantities')}) }}\n`;
}

function relation(seeds: readonly string[]): string {
  const refs = seeds.map((seed) => `ref('${seed}')`);
  return refs.length === 1 ? refs[0]! : `united([${refs.join(', ')}])`;
}
