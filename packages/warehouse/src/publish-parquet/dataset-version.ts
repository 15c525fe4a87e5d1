import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { carriedFiles, NOTHING_CARRIED } from '../dataset/carried-files';
import { type DatasetFile, madeFile } from '../dataset/dataset-file';
import { describeDataset } from '../dataset/describe-dataset';
import type { DescribedDataset } from '../dataset/described-dataset';
import { writeFileList } from '../dataset/file-list';
import { type LegacyHours, readLegacyHours } from '../dataset/legacy-hours';
import { metadataFiles } from '../dataset/metadata-files';
import { FILE_LIST, type ListedPeriod } from '../layout/file-list';
import { pathOf } from '../layout/names';
import { type LegacyMonth, type Partition, type Pointer, requireHash } from '../layout/pointer';
import { citedName, versionName } from '../layout/version-name';
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
  const month = newestMonth(listed[0]!.period, configuration.localZone);
  // The files say the version as people cite it: the hash of all of them can be in none.
  const cited = citedName({ month, generation });
  const described = describeDataset(table, listed, configuration, { version: cited, held: [], labels });
  const named = [...listed, ...(await writeMetadata(folder, described))];
  const files = [...named, await writeFileList(folder, configuration, cited, named)];
  const hash = sha256OfBytes(files.map(({ sha256 }) => sha256).join()).slice(0, 8);
  const version = versionName({ month, generation, hash });
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

/** The local month in which the newest hour begins. */
function newestMonth(period: ListedPeriod | undefined, localZone: string): Month | undefined {
  if (period === undefined) return undefined;
  const newest = Date.parse(period.to) - HOUR;
  return monthOf(newest + openZone(localZone).offsetAt(newest));
}

async function writeMetadata(folder: string, described: DescribedDataset): Promise<DatasetFile[]> {
  const files: DatasetFile[] = [];
  for (const [name, text] of metadataFiles(described, [FILE_LIST])) {
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
