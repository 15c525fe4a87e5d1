import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { carriedFiles, NOTHING_CARRIED } from '../dataset/carried-files';
import { type DatasetFile, madeFile } from '../dataset/dataset-file';
import { describeDataset } from '../dataset/describe-dataset';
import type { DescribedDataset } from '../dataset/described-dataset';
import { INDEX } from '../dataset/explorer-files';
import { explorerIndex } from '../dataset/explorer-index';
import { writeFileList } from '../dataset/file-list';
import { type LegacyHours, readLegacyHours } from '../dataset/legacy-hours';
import { metadataFiles } from '../dataset/metadata-files';
import type { PublicTable } from '../dataset/public-table';
import { FILE_LIST } from '../layout/file-list';
import { paddedNumber, pathOf } from '../layout/names';
import { type LegacyMonth, type Partition, type Pointer, requireHash } from '../layout/pointer';
import type { OpenWarehouse, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { requireConservation } from '../run/law';
import type { Hours } from '../tables/hours';
import { writeDataset } from './dataset';
import { publishableHours } from './publishable-hours';

/** A dataset in the work folder, as the pointer will name it. */
export interface DatasetVersion {
  readonly files: readonly DatasetFile[];
  readonly public: Pointer['public'];
  /** Hours of the partitions and of the imported months. */
  readonly hours: number;
  readonly rows: number;
  readonly equation: string;
}

/** What is already there for a new version, besides the pointer's files. */
export interface AlreadyThere {
  /** Imported months that are not in the warehouse yet: path there → file here. */
  readonly fresh?: ReadonlyMap<string, string>;
  /** The version before, whose years are taken over where they are the same; without it, every file is made. */
  readonly before?: Pointer['public'];
}

/**
 * Makes the dataset of all partitions and imported months in `work/public`.
 * @throws Failure (bug) if an hour is lost or invented
 */
export async function makeDatasetVersion(
  context: OpenWarehouse & Seeds,
  hours: ReadonlyMap<Partition, Hours>,
  legacyMonths: readonly LegacyMonth[],
  generation: number,
  { fresh = new Map(), before }: AlreadyThere = {},
): Promise<DatasetVersion> {
  const { configuration, work, warehouse } = context;
  const computed = [...hours].reduce((total, [partition]) => total + partition.aggregates.rows, 0);
  const imported = await fetchLegacy(context, legacyMonths, fresh);
  const legacy = publishableHours(imported, [...hours.values()], configuration);
  const folder = inWork(work, 'public');
  const sources = { configuration, partitions: [...hours.keys()], legacy: legacyMonths };
  const carried =
    before === undefined ? NOTHING_CARRIED : await carriedFiles(warehouse, before, inWork(work, 'known', FILE_LIST));
  const labels = legacyMonths.length === 0 ? undefined : distinctLabels(legacyMonths);
  const { table, files: listed } = await writeDataset(
    folder,
    [...hours.values()],
    { sources, carried },
    labels === undefined ? undefined : { parts: legacy.parts, labels },
  );
  const rows = listed[0]!.rows;
  const left = legacy.computed + legacy.implausible + legacy.excluded;
  const equation = equationOf(
    computed,
    rows,
    legacyMonths.length === 0 ? undefined : `legacy hours ${legacy.hours}`,
    `computed ${legacy.computed} + implausible ${legacy.implausible} + excluded ${legacy.excluded}`,
  );
  requireConservation('publish-parquet', { equation, left: computed + legacy.hours, right: rows + left });
  // Some of the metadata say the version, which names all bytes: it follows from what they would be without it.
  const described = describeDataset(table, listed, configuration, { version: '', held: [], labels });
  const unnamed = [...textsOf(described, configuration, table).values()].map(sha256OfBytes);
  const hash = sha256OfBytes([...listed.map((file) => file.sha256), ...unnamed].join()).slice(0, 8);
  const version = `${paddedNumber(generation)}-${hash}`;
  const named = [...listed, ...(await writeTexts(folder, textsOf({ ...described, version }, configuration, table)))];
  const files = [...named, await writeFileList(folder, configuration, version, named)];
  return {
    files,
    public: {
      version,
      files: files.map(({ name, sha256, bytes, rows: count }) => ({
        path: pathOf({ kind: 'version file', version, name }),
        sha256,
        bytes,
        rows: count,
      })),
    },
    hours: computed + legacy.hours,
    rows,
    equation,
  };
}

/** Texts that describe a version: name → text, the page last. */
function textsOf(
  described: DescribedDataset,
  configuration: Configuration,
  table: PublicTable,
): ReadonlyMap<string, string> {
  const metadata = metadataFiles(described, table.rows === 0 ? [FILE_LIST] : [INDEX, FILE_LIST]);
  const page = explorerIndex(described, configuration, table, metadata);
  return page === undefined ? metadata : new Map([...metadata, [INDEX, page]]);
}

async function writeTexts(folder: string, texts: ReadonlyMap<string, string>): Promise<DatasetFile[]> {
  const files: DatasetFile[] = [];
  for (const [name, text] of texts) {
    await writeFile(join(folder, name), text);
    files.push(await madeFile(join(folder, name), { name, rows: 0 }));
  }
  return files;
}

/** The conservation law of a publication. */
function equationOf(hours: number, rows: number, legacy?: string, left = ''): string {
  return legacy === undefined
    ? `hours of the partitions ${hours} = rows of the dataset ${rows}`
    : `hours of the partitions ${hours} + ${legacy} = rows of the dataset ${rows} + legacy hours left out: ${left}`;
}

/** Imported months, in their order. @throws Failure if one is not what the pointer says */
async function fetchLegacy(
  { warehouse, work }: OpenWarehouse,
  months: readonly LegacyMonth[],
  fresh: ReadonlyMap<string, string> = new Map(),
): Promise<LegacyHours[]> {
  const known = months.filter(({ path }) => !fresh.has(path));
  const wanted = new Map(known.map(({ path }) => [path, inWork(work, 'known', path)]));
  await warehouse.downloadAll(wanted);
  const read: LegacyHours[] = [];
  for (const month of months) {
    const local = fresh.get(month.path) ?? wanted.get(month.path)!;
    await requireHash(local, month, warehouse.name);
    read.push(await readLegacyHours(local));
  }
  return read;
}

function distinctLabels(months: readonly LegacyMonth[]): LegacyMonth['labels'][] {
  return [...new Map(months.map(({ labels }) => [JSON.stringify(labels), labels])).values()];
}
