import type { Datasource } from './datasources';

/** The fields that say which sensors of a source are ignored. */
export type IgnoredSensors = Pick<Datasource, 'layout' | 'ignoredColumns' | 'sensors'>;

/**
 * What decides whether a sensor of a source is ignored: its name is in `ignored_columns.csv`, as that of a column may, and
 * is not mapped. Case does not matter, as it does not in the mapping of sensors.
 */
export function ignoredSensorTest({ layout, ignoredColumns, sensors }: IgnoredSensors): (name: string) => boolean {
  if (layout === 'wide') return () => false;
  const ignored = new Set([...ignoredColumns.keys()].map((name) => name.toUpperCase()));
  return (name) => ignored.has(name.toUpperCase()) && !sensors.has(name.toUpperCase());
}
