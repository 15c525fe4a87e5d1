import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { csvField } from '@sensor-warehouse/model/findings/csv-field';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { columnsOf } from '@sensor-warehouse/model/seeds/seed-table';
import { root } from './command-line';

/** An export of a shape that is read by configuration alone, and how another database reads the same text. */
export interface Shape {
  readonly sentence: string;
  readonly fileName: string;
  readonly text: string;
  /** Fields of the datasource's row besides those that all have. */
  readonly row: Readonly<Record<string, string>>;
  /** `mapping_shape`: columns, or quantities. */
  readonly mapping: string;
  /** `mapping_shape_sensors`, where the mapping names quantities and sensors have ids. */
  readonly sensors?: string;
  /** Labels that were accepted for others. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * The readings: `time` (timestamptz), `sensor`, `label`, `value`. Reads `lines` (line from 1, text), which are the text cut
   * at its line ends and nothing else.
   */
  readonly sql: string;
}

const COLUMNS = columnsOf('datasources_config');

/** Our seeds with one more datasource, `shape`, and its mapping. @returns the folder of the seeds */
export async function seedsWith(folder: string, shape: Omit<Shape, 'sentence' | 'sql' | 'text'>): Promise<string> {
  const seeds = join(folder, 'seeds');
  await cp(join(root, 'seeds'), seeds, { recursive: true });
  const row: Readonly<Record<string, string>> = {
    datasource_id: 'shape',
    name: 'Shape',
    type: 'csv',
    location: 'sm2drive:Shape',
    file_pattern: '*shape*|*export*',
    timezone: 'Europe/Prague',
    mapping: `mapping_shape${shape.sensors === undefined ? '' : ';mapping_shape_sensors'}`,
    ...shape.row,
  };
  const config = join(seeds, 'datasources_config.csv');
  const [, ...others] = (await readFile(config, 'utf8')).trimEnd().split('\n');
  const line = COLUMNS.map((column) => csvField(row[column] ?? '')).join(',');
  await writeFile(config, `${[COLUMNS.join(','), ...others, line].join('\n')}\n`);
  await writeFile(join(seeds, 'mapping_shape.csv'), `${shape.mapping}\n`);
  if (shape.sensors !== undefined) await writeFile(join(seeds, 'mapping_shape_sensors.csv'), shape.sensors);
  if (shape.aliases !== undefined) {
    const contract = { datasource: 'shape', headers: [], aliases: shape.aliases, profiles: {} };
    await writeFile(join(seeds, 'contracts', 'shape.json'), JSON.stringify(contract));
  }
  await appendFile(join(seeds, 'ignored_columns.csv'), 'shape,Batt,the voltage of a battery\n');
  return seeds;
}

/** Reads bytes as an export of the configured source. @returns its report; the landing's parts begin with `landing` */
export async function readShape(
  folder: string,
  shape: Omit<Shape, 'sentence' | 'sql' | 'text'>,
  bytes: Buffer,
): Promise<ExportReport> {
  await mkdir(folder, { recursive: true });
  const { datasources } = await loadConfiguration(await seedsWith(folder, shape));
  const datasource = datasources.find(({ id }) => id === 'shape')!;
  const path = join(folder, 'raw');
  await writeFile(path, bytes);
  const file = { path, name: shape.fileName, ordinal: 1 };
  return readExport(file, datasource, join(folder, 'landing'), Date.parse('2024-12-31T00:00:00Z'), newRoom());
}
