import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { columnReader } from './columns';
import { ancestorsOf, type ProjectModels } from './project-models';
import { selectsOf } from './sql-text';
import { readModel, unitedSelects } from './union';

/** Sources without a mapping seed: their models say what their columns are. */
function unmappedSources({ datasources }: Configuration): Datasource[] {
  return datasources.filter(({ seeds }) => seeds.length === 0);
}

/** Datasource → columns of its landing, in lower case as SQL compares them, if its staging model is its own. */
export function landedLabels(configuration: Configuration): ReadonlyMap<string, readonly string[]> {
  return new Map(
    unmappedSources(configuration).map(({ id, timeColumns, textColumns, columns }) => [
      id,
      ['_time', '_ordinal', '_line', timeColumns[0]!, ...textColumns, ...columns.keys()].map((one) =>
        one.toLowerCase(),
      ),
    ]),
  );
}

/**
 * Columns of values that no reading is made of, by source: those whose name does not come into `value` of any part of the
 * union. A source whose models cannot be followed by their texts alone is left out; then only the counts can tell.
 */
export function unreadColumns(configuration: Configuration, project: ProjectModels): Map<string, string[]> {
  const union = project.models.get('fct_sensor_readings');
  if (union === undefined || !project.ofFact.has(union.name)) return new Map();
  const reader = columnReader(project, landedLabels(configuration));
  // A join may take a value from anywhere.
  if (selectsOf(union.text).some(({ from }) => from === undefined)) return new Map();
  const read = new Set<string>();
  const unclear = new Set<string>();
  for (const select of unitedSelects(union.text)) {
    const origins = reader.originsOf(select, union.text, 'value');
    for (const one of origins ?? []) read.add(one);
    if (origins === undefined) for (const one of ancestorsOf(readModel(select)!, project.models)) unclear.add(one);
  }
  const isUnclear = (id: string) =>
    [...unclear].some((name) => project.models.get(name)!.names.has(id) || project.models.get(name)!.folders.has(id));
  return new Map(
    unmappedSources(configuration).flatMap(({ id, columns }): [string, string[]][] => {
      // Something of the source is followed to its end, and everything is, so that the rest may be reported too.
      if (isUnclear(id) || ![...read].some((one) => one.startsWith(`${id}.`))) return [];
      const unread = [...columns.keys()].filter((label) => !read.has(`${id}.${label.toLowerCase()}`));
      return unread.length === 0 ? [] : [[id, unread]];
    }),
  );
}
