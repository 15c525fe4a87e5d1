import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Configuration, DataKey, Datasource } from '@sensor-warehouse/model/seeds/configuration';

/** Data_keys of directions that a source has: the published mean of 350° and 10° would be 180°. */
export function angleFindings({ id, columns }: Datasource, { dataKeys }: Pick<Configuration, 'dataKeys'>): Finding[] {
  const used = new Set([...columns.values()].map(({ dataKey }) => dataKey));
  return [...dataKeys.values()]
    .filter((key) => used.has(key.dataKey) && isDirection(key))
    .map(({ dataKey, unit, maximum }) => ({
      code: 'mean-of-angles',
      severity: 'warning',
      datasource: id,
      column: dataKey,
      count: 1,
      found: `${dataKey} in ${unit}, up to ${maximum}`,
      expected: 'quantities that have a mean',
      message: 'directions are averaged, and an angle has no mean: 350° and 10° give 180°',
      fix: 'list the column in seeds/ignored_columns.csv, or split it into components as docs/models.md shows',
    }));
}

function isDirection({ unit, measurement, minimum, maximum, quantity }: DataKey): boolean {
  if (measurement !== 'nonadditive' || !/^(°|deg|degrees?)$/i.test(unit)) return false;
  return /direction|bearing|azimuth|heading/.test(quantity) || (minimum >= -180 && maximum > 90 && maximum <= 360);
}
