import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { addRow, setField } from '@sensor-warehouse/model/seeds/seed-edits';
import type { SeedName } from '@sensor-warehouse/model/seeds/seed-schemas';
import { columnsOf } from '@sensor-warehouse/model/seeds/seed-table';
import { landingModel, landingPath, stagingModel, stagingPath, UNION_PATH, unionSelects } from '../models/model-texts';
import { withSource } from '../models/sources-yaml';
import { withUnion } from '../models/union';
import { type FileChange, startChanges } from '../project/file-changes';
import type { SourcePlan } from './source-plan';

const SOURCES = 'models/0_landing/_sources.yml';

/**
 * The seeds that a new source changes, but its contract.
 * @throws Failure (config) if a seed of the source already exists
 */
export async function seedChanges(project: string, plan: SourcePlan): Promise<FileChange[]> {
  const { id } = plan;
  const changes = changesOf(project);
  const add = (name: string, seed: SeedName, rows: readonly Readonly<Record<string, string>>[]) =>
    rows.length === 0
      ? Promise.resolve()
      : changes.change(seedPath(name), (text) => rows.reduce((csv, row) => addRow(csv, seed, row), text));
  const seeds = mappingSeeds(plan);
  await changes.change(seedPath('datasources_config'), (text) => withSourceRow(text, plan));
  for (const { name, seed, rows } of seeds) await changes.create(seedPath(name), csvOf(seed, rows));
  await changes.create(`seeds/mapping_${id}.yml`, columnTypes(seeds));
  if (plan.apiSettings !== undefined) await changes.create(`seeds/apis/${id}.json`, plan.apiSettings);
  const ignored = plan.ignored.map((one) => ({ datasource_id: id, ...one }));
  await add('ignored_columns', 'ignored_columns', ignored);
  await add(
    'location_map',
    'location_map',
    plan.publicNames.map((one) => ({ ...one })),
  );
  await add('data_keys', 'data_keys', plan.dataKeys);
  return changes.all();
}

/**
 * The models of a new source, and its place in the union of readings.
 * @throws Failure (config) if a model of the source already exists, or the union has no place for it
 */
export async function modelChanges(project: string, source: Datasource): Promise<FileChange[]> {
  const { id } = source;
  const changes = changesOf(project);
  await changes.create(landingPath(id), landingModel(id));
  await changes.create(stagingPath(id), stagingModel(source));
  await changes.change(
    UNION_PATH,
    (text) => withUnion(text, id) ?? noPlace(UNION_PATH, unionSelects(source).join('; ')),
  );
  // A project without its own list gets the sources of the configuration from each run.
  await changes.change(SOURCES, (text) => withSource(text, id) ?? text);
  return changes.all();
}

function changesOf(project: string) {
  const changes = startChanges(project);
  const create = (path: string, text: string) =>
    changes.change(path, (before) => {
      if (before !== '') throw alreadyThere(path);
      return text;
    });
  return { ...changes, create };
}

const seedPath = (name: string) => `seeds/${name}.csv`;

function csvOf(seed: SeedName, rows: PlannedSeed['rows']): string {
  return rows.reduce((csv, row) => addRow(csv, seed, row), `${columnsOf(seed).join(',')}\n`);
}

interface PlannedSeed {
  readonly name: string;
  readonly seed: SeedName;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

function mappingSeeds({ id, layout, columns, sensors }: SourcePlan): PlannedSeed[] {
  if (layout === 'wide') {
    const rows = columns.map(({ label, location, dataKey }) => ({
      data_key_original: label,
      location,
      data_key: dataKey,
    }));
    return [{ name: `mapping_${id}`, seed: 'mapping_columns', rows }];
  }
  return [
    { name: `mapping_${id}`, seed: 'mapping_sensors', rows: sensors.map((one) => ({ ...one })) },
    {
      name: `mapping_${id}_columns`,
      seed: 'mapping_quantities',
      rows: columns.map(({ label, dataKey }) => ({ column: label, data_key: dataKey })),
    },
  ];
}

/** The row, in the columns that the seed has; one that it leaves out is added when the row needs it. */
function withSourceRow(text: string, { id, row }: SourcePlan): string {
  const header = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/, 1)[0]!
    .split(',')
    .map((label) => label.trim());
  const added = addRow(text, 'datasources_config', row);
  const missing = Object.entries(row).filter(([column]) => !header.includes(column));
  return missing.reduce((csv, [column, value]) => setField(csv, id, column, value), added);
}

/** dbt would take a sensor 0042 for the number 42. */
function columnTypes(seeds: readonly PlannedSeed[]): string {
  const lines = seeds.flatMap(({ name, seed }) => [
    `  - name: ${name}`,
    '    config:',
    `      column_types: { ${columnsOf(seed)
      .map((column) => `${column}: varchar`)
      .join(', ')} }`,
  ]);
  return ['version: 2', '', 'seeds:', ...lines, ''].join('\n');
}

function alreadyThere(path: string): Failure {
  return new Failure({
    stage: 'add-datasource',
    what: 'a file of this source already exists',
    where: path,
    consequence: 'nothing was changed',
    fix: 'choose another --id, or remove the file',
    class: 'config',
    code: 'source-exists',
  });
}

function noPlace(path: string, line: string): never {
  throw new Failure({
    stage: 'add-datasource',
    what: 'the program cannot find the place for the source in this file',
    where: path,
    expected: `a list of sources to which \`${line}\` can be added`,
    consequence: 'nothing was changed',
    fix: 'give the file the form that it has in the warehouse’s own repository',
    class: 'config',
    code: 'no-place-for-source',
  });
}
