import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { CarriedFiles } from '../dataset/carried-files';
import { type DatasetFile, madeFile, periodText } from '../dataset/dataset-file';
import type { LegacyHours } from '../dataset/legacy-hours';
import type { YearSources } from '../dataset/made-from';
import { type PublicTable, publicTable } from '../dataset/public-table';
import { writeStar } from '../dataset/star';
import type { ListedPeriod } from '../layout/file-list';
import type { LabelReading } from '../layout/label-reading';
import { csvText, instantTexts } from '../levels/levels';
import type { Hours } from '../tables/hours';
import { datasetChangelog, datasetLicense, datasetReadme, datasetSchema } from './dataset-texts';
import { type ExampleSeries, exampleSeries } from './reading-examples';

/** Imported hours as they are published, and how their labels were read. */
export interface PublishedLegacy {
  readonly parts: readonly LegacyHours[];
  readonly labels: readonly LabelReading[];
}

/** What the tables of years are made from, and those that are taken over. */
export interface Years {
  readonly sources: YearSources;
  readonly carried: CarriedFiles;
}

/**
 * Writes all files of the dataset from the hours of all partitions (in order of month for each datasource).
 * @param legacy hours of an earlier pipeline; only with them the flat table says of each row where it comes from
 */
export async function writeDataset(
  folder: string,
  parts: readonly Hours[],
  { sources, carried }: Years,
  legacy?: PublishedLegacy,
): Promise<DatasetFile[]> {
  const { configuration } = sources;
  await mkdir(folder, { recursive: true });
  const table = publicTable(parts, legacy?.parts ?? [], configuration.publicNames);
  const path = (name: string) => join(folder, name);
  const { name: dataset } = configuration.dataset;
  await writeFlatParquet(path(`${dataset}.parquet`), table, legacy !== undefined);
  await writeFlatCsv(path(`${dataset}.csv.gz`), table, legacy !== undefined);
  const flat = { table: dataset, rows: table.rows, ...wholePeriod(table) };
  const tables = [
    await madeFile(path(`${dataset}.parquet`), { name: `${dataset}.parquet`, ...flat }),
    await madeFile(path(`${dataset}.csv.gz`), { name: `${dataset}.csv.gz`, ...flat }),
    ...(await writeStar(folder, table, sources, carried)),
  ];
  const texts = {
    'schema.json': `${JSON.stringify(datasetSchema(configuration, legacy?.labels), null, 2)}\n`,
    'README.md': datasetReadme(configuration, summaryOf(table), legacy?.labels),
    LICENSE: datasetLicense(configuration.dataset),
    'CHANGELOG.md': datasetChangelog(configuration),
  };
  const written: DatasetFile[] = [];
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(path(name), text);
    written.push(await madeFile(path(name), { name, rows: 0 }));
  }
  return [...tables, ...written];
}

/** From the start of the first hour to the end of the last; empty if there is none. */
function wholePeriod(table: PublicTable): { readonly period?: ListedPeriod } {
  const [first, last] = extentOf(table);
  const period = periodText([first, last + HOUR]);
  return period === undefined ? {} : { period };
}

const TEXTS = ['location', 'source', 'measurement', 'dataKey'] as const;

async function writeFlatParquet(path: string, table: PublicTable, withOrigin: boolean): Promise<void> {
  const text = (name: (typeof TEXTS)[number] | 'origin') => {
    const dictionary: string[] = [];
    const codes = new Int32Array(table.rows);
    for (const run of table.runs) {
      let code = dictionary.indexOf(run[name]);
      if (code < 0) code = dictionary.push(run[name]) - 1;
      codes.fill(code, run.start, run.end);
    }
    return { name: name === 'dataKey' ? 'data_key' : name, kind: 'text' as const, codes, dictionary };
  };
  await writeParquetTable(
    path,
    table.rows,
    [
      { name: 'time', kind: 'instant', values: table.time },
      ...TEXTS.map(text),
      { name: 'data_value', kind: 'number', values: table.value },
      { name: 'n', kind: 'integer', values: table.n, ...(withOrigin ? { nullAt: 0 } : {}) },
      { name: 'minimum', kind: 'number', values: table.min, nullable: withOrigin },
      { name: 'maximum', kind: 'number', values: table.max, nullable: withOrigin },
      ...(withOrigin ? [text('origin')] : []),
    ],
    { compression: 'small', rowGroup: 250_000, statistics: true },
  );
}

async function writeFlatCsv(path: string, table: PublicTable, withOrigin: boolean): Promise<void> {
  const instantText = instantTexts();
  function* lines(): Generator<string> {
    let text = `time,location,source,measurement,data_key,data_value,n,minimum,maximum${withOrigin ? ',origin' : ''}\n`;
    for (const { location, source, measurement, dataKey, origin, start, end } of table.runs) {
      const key = `${csvText(location)},${csvText(source)},${measurement},${csvText(dataKey)}`;
      const last = withOrigin ? `,${origin}` : '';
      for (let row = start; row < end; row++) {
        const readings =
          origin === 'legacy' ? ',,' : `${table.n[row]},${numberText(table.min[row]!)},${numberText(table.max[row]!)}`;
        text += `${instantText(table.time[row]!)},${key},${numberText(table.value[row]!)},${readings}${last}\n`;
        if (text.length > 1 << 18) {
          yield text;
          text = '';
        }
      }
    }
    yield text;
  }
  await pipeline(Readable.from(lines()), createGzip({ level: 6 }), createWriteStream(path));
}

/** What the dataset's README says about its extent. */
export interface DatasetSummary {
  readonly rows: number;
  readonly locations: number;
  readonly first: string;
  readonly last: string;
  /** Undefined if there is no series, or none whose name can be in an example. */
  readonly example: ExampleSeries | undefined;
}

function summaryOf(table: PublicTable): DatasetSummary {
  const instantText = instantTexts();
  const [first, last] = extentOf(table);
  return {
    rows: table.rows,
    locations: new Set(table.runs.map((run) => run.location)).size,
    first: table.rows > 0 ? instantText(first) : '',
    last: table.rows > 0 ? instantText(last) : '',
    example: exampleSeries(table),
  };
}

/** Start of the first and of the last hour. */
function extentOf({ runs, time }: PublicTable): readonly [first: number, last: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end } of runs) {
    first = Math.min(first, time[start]!);
    last = Math.max(last, time[end - 1]!);
  }
  return [first, last];
}
