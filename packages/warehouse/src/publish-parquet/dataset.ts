import { mkdir } from 'node:fs/promises';
import type { CarriedFiles } from '../dataset/carried-files';
import { type DatasetFile, writtenFile } from '../dataset/dataset-file';
import { writeExplorerAssets } from '../dataset/explorer-files';
import type { LegacyHours } from '../dataset/legacy-hours';
import type { YearSources } from '../dataset/made-from';
import { type PublicTable, publicTable } from '../dataset/public-table';
import { writeStar } from '../dataset/star';
import type { LabelReading } from '../layout/label-reading';
import type { Hours } from '../tables/hours';
import { datasetLicense, datasetSchema } from './dataset-texts';
import { writeFlatFiles } from './flat-files';

/** Imported hours as they are published, and how their labels were read. */
export interface PublishedLegacy {
  readonly parts: readonly LegacyHours[];
  readonly labels: readonly LabelReading[];
}

/** The hours of a dataset, and its files without those that describe them. */
export interface WrittenDataset {
  readonly table: PublicTable;
  readonly files: readonly DatasetFile[];
}

/** What the tables of years are made from, and those that are taken over. */
export interface Years {
  readonly sources: YearSources;
  readonly carried: CarriedFiles;
}

/**
 * Writes the files of the dataset, but for its metadata and CHANGELOG, from the hours of all partitions (in order of month for each datasource).
 * @param legacy hours of an earlier pipeline; only with them the flat table says of each row where it comes from
 */
export async function writeDataset(
  folder: string,
  parts: readonly Hours[],
  { sources, carried }: Years,
  legacy?: PublishedLegacy,
): Promise<WrittenDataset> {
  const { configuration } = sources;
  await mkdir(folder, { recursive: true });
  const table = publicTable(parts, legacy?.parts ?? [], configuration.publicNames);
  const tables = [
    ...(await writeFlatFiles(folder, table, configuration, legacy !== undefined)),
    ...(await writeStar(folder, table, sources, carried)),
  ];
  const texts = {
    'schema.json': `${JSON.stringify(datasetSchema(configuration, legacy?.labels), null, 2)}\n`,
    LICENSE: datasetLicense(configuration.dataset),
  };
  const written: DatasetFile[] = [];
  for (const [name, text] of Object.entries(texts)) written.push(await writtenFile(folder, { name, rows: 0 }, text));
  const page = table.rows === 0 ? [] : await writeExplorerAssets(folder, carried);
  return { table, files: [...tables, ...written, ...page] };
}
