import type { Datasource } from './datasources';

/** The fields that say which sensors of a source are ignored. */
export type IgnoredSensors = Pick<Datasource, 'layout' | 'ignoredColumns' | 'sensors'>;

/**
 * A test for ignored sensors of a source: the name is in `ignored_columns.csv`, like a column's, and is not mapped.
 * Case does not matter, as it does not in the mapping of sensors.
 */
export function ignoredSensorTest({ layout, ignoredColumns, sensors }: IgnoredSensors): (name: string) => boolean {
  if (layout === 'wide') return () => false;
  const ignored = new Set([...ignoredColumns.keys()].map((name) => name.toUpperCase()));
  return (name) => ignored.has(name.toUpperCase()) && !sensors.has(name.toUpperCase());
}
