import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { carriedFiles, NOTHING_CARRIED } from '../dataset/carried-files';
import { type DatasetFile, writtenFile } from '../dataset/dataset-file';
import { describeDataset } from '../dataset/describe-dataset';
import type { DescribedDataset } from '../dataset/described-dataset';
import { INDEX } from '../dataset/explorer-files';
import { explorerIndex } from '../dataset/explorer-index';
import { writeFileList } from '../dataset/file-list';
import { type LegacyHours, readLegacyHours } from '../dataset/legacy-hours';
import { metadataFiles } from '../dataset/metadata-files';
import type { PublicTable } from '../dataset/public-table';
import { FILE_LIST, type ListedPeriod } from '../layout/file-list';
import { pathOf } from '../layout/names';
import { type LegacyMonth, type Partition, type Pointer, requireHash } from '../layout/pointer';
import type { ReleaseHistory } from '../layout/releases';
import { citedName, versionName } from '../layout/version-name';
import { nextHistory, type ReleaseReasons } from '../release/next-release';
import { compareWithPublished } from '../release/stored-versions';
import type { VersionDiff } from '../release/version-diff';
import type { OpenWarehouse, Progress, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { requireConservation } from '../run/law';
import type { Hours } from '../tables/hours';
import { writeDataset } from './dataset';
import { datasetChangelog } from './dataset-texts';
import { publishableHours } from './publishable-hours';

/** A dataset in the work folder, as the pointer will name it. */
export interface DatasetVersion {
  readonly files: readonly DatasetFile[];
  readonly public: Pointer['public'];
  /** Hours of the partitions and of the imported months. */
  readonly hours: number;
  readonly rows: number;
  readonly equation: string;
  /** What the pointer is to remember of its releases. */
  readonly releases: ReleaseHistory | undefined;
  /** What it changes; undefined if it was not compared. */
  readonly diff: VersionDiff | undefined;
}

/** What a version is made from besides its hours. */
export interface Making {
  /** The pointer before a new version: its years are taken over where they are the same, and its version is compared. */
  readonly before?: Pointer;
  /** Why there is a new version. */
  readonly reasons?: ReleaseReasons;
  /** Imported months that are not in the warehouse yet: path there → file here. */
  readonly fresh?: ReadonlyMap<string, string>;
  /** What the pointer remembers of a version that is rebuilt. */
  readonly releases?: ReleaseHistory | undefined;
}

/**
 * Makes the dataset of all partitions and imported months in `work/public`.
 * @throws Failure (bug) if an hour is lost or invented
 */
export async function makeDatasetVersion(
  context: OpenWarehouse & Seeds & Progress,
  hours: ReadonlyMap<Partition, Hours>,
  legacyMonths: readonly LegacyMonth[],
  generation: number,
  { before, reasons = NO_REASONS, fresh, releases: remembered }: Making = {},
): Promise<DatasetVersion> {
  const { configuration, work, warehouse } = context;
  const computed = [...hours].reduce((total, [partition]) => total + partition.aggregates.rows, 0);
  const imported = await fetchLegacy(context, legacyMonths, fresh);
  const legacy = publishableHours(imported, [...hours.values()], configuration);
  const folder = inWork(work, 'public');
  const sources = { configuration, partitions: [...hours.keys()], legacy: legacyMonths };
  const carried =
    before === undefined
      ? NOTHING_CARRIED
      : await carriedFiles(warehouse, before.public, inWork(work, 'known', FILE_LIST));
  const labels = legacyMonths.length === 0 ? undefined : distinctLabels(legacyMonths);
  const { table, files: written } = await writeDataset(
    folder,
    [...hours.values()],
    { sources, carried },
    labels === undefined ? undefined : { parts: legacy.parts, labels },
  );
  const { rows, period } = written[0]!;
  const left = legacy.computed + legacy.implausible + legacy.excluded;
  const equation = equationOf(
    computed,
    rows,
    legacyMonths.length === 0 ? undefined : `legacy hours ${legacy.hours}`,
    `computed ${legacy.computed} + implausible ${legacy.implausible} + excluded ${legacy.excluded}`,
  );
  requireConservation('publish-parquet', { equation, left: computed + legacy.hours, right: rows + left });
  const month = newestMonth(period, configuration.localZone);
  // The files say the version as people cite it: the hash of all of them can be in none.
  const cited = citedName({ month, generation });
  const made = { version: cited, hours: rows, period, sources: [...new Set(table.runs.map(({ source }) => source))] };
  const diff =
    before === undefined
      ? undefined
      : await compareWithPublished(context, before.public, { version: cited, files: written });
  const releases = before === undefined ? remembered : nextHistory(before, made, diff!, configuration, reasons);
  const changelog = await writtenFile(
    folder,
    { name: 'CHANGELOG.md', rows: 0 },
    datasetChangelog(configuration, releases),
  );
  const listed = [...written, changelog];
  const held = releases?.newest.held ?? [];
  const described = describeDataset(table, listed, configuration, { version: cited, held, labels });
  const named = [...listed, ...(await writeTexts(folder, textsOf(described, configuration, table)))];
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
    releases,
    diff: diff === undefined ? undefined : { ...diff, to: version },
  };
}

const NO_REASONS: ReleaseReasons = { cause: 'night', months: [] };

/** The local month in which the newest hour begins. */
function newestMonth(period: ListedPeriod | undefined, localZone: string): Month | undefined {
  if (period === undefined) return undefined;
  const newest = Date.parse(period.to) - HOUR;
  return monthOf(newest + openZone(localZone).offsetAt(newest));
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
  for (const [name, text] of texts) files.push(await writtenFile(folder, { name, rows: 0 }, text));
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
