import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { SeriesTable } from './timed-series';

/**
 * Name in an old file → internal name: the monthly files have internal names, the public dataset has public ones. No name
 * is both, the seeds are checked for that.
 * @param without names of the files that are left out; they map to undefined
 * @throws Failure (config) that lists every location and data_key that the seeds do not know
 */
export function internalLocations(
  tables: readonly SeriesTable[],
  { publicNames, dataKeys }: Configuration,
  without: ReadonlySet<string>,
): Map<string, string | undefined> {
  const internal = new Map([...publicNames].map(([from, to]) => [to, from]));
  const locations = new Map<string, string | undefined>();
  const unknown = new Set<string>();
  const unknownKeys = new Set<string>();
  for (const { location, dataKey } of tables.flatMap(({ series }) => series)) {
    if (without.has(location)) {
      locations.set(location, undefined);
      continue;
    }
    const name = publicNames.has(location) ? location : internal.get(location);
    if (name === undefined) unknown.add(location);
    else locations.set(location, name);
    if (!dataKeys.has(dataKey)) unknownKeys.add(dataKey);
  }
  if (unknown.size === 0 && unknownKeys.size === 0) return locations;
  const list = (names: ReadonlySet<string>) => [...names].sort(compareText).map(quoted).join(', ');
  throw new Failure({
    stage: 'import-legacy',
    what: [
      unknown.size === 0 ? '' : `locations that seeds/location_map.csv does not list: ${list(unknown)}`,
      unknownKeys.size === 0 ? '' : `data_keys that seeds/data_keys.csv does not list: ${list(unknownKeys)}`,
    ]
      .filter(Boolean)
      .join('; '),
    consequence: 'nothing was changed',
    fix: 'add what is missing to the seeds, or leave a location out with --without LOCATION',
    class: 'config',
    code: 'legacy-names',
  });
}
