import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { HOUR } from '@sensor-warehouse/model/time/units';
import type { CarriedFiles } from '../dataset/carried-files';
import { type DatasetFile, madeFile, periodText } from '../dataset/dataset-file';
import { writeExplorerAssets } from '../dataset/explorer-files';
import type { LegacyHours } from '../dataset/legacy-hours';
import type { YearSources } from '../dataset/made-from';
import { type PublicTable, publicTable } from '../dataset/public-table';
import { writeStar } from '../dataset/star';
import { flatTable } from '../dataset/tables';
import { NO_INTEGER, writeTable } from '../dataset/write-table';
import type { ColumnSummary, ListedPeriod } from '../layout/file-list';
import type { LabelReading } from '../layout/label-reading';
import { csvText, instantTexts } from '../levels/levels';
import type { Hours } from '../tables/hours';
import { datasetLicense, datasetSchema } from './dataset-texts';

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
  const path = (name: string) => join(folder, name);
  const { name: dataset } = configuration.dataset;
  const columns = await writeFlatParquet(path(`${dataset}.parquet`), table, configuration, legacy !== undefined);
  await writeFlatCsv(path(`${dataset}.csv.gz`), table, legacy !== undefined);
  const flat = { table: dataset, rows: table.rows, ...wholePeriod(table) };
  const tables = [
    await madeFile(path(`${dataset}.parquet`), { name: `${dataset}.parquet`, ...flat, columns }),
    await madeFile(path(`${dataset}.csv.gz`), { name: `${dataset}.csv.gz`, ...flat }),
    ...(await writeStar(folder, table, sources, carried)),
  ];
  const texts = {
    'schema.json': `${JSON.stringify(datasetSchema(configuration, legacy?.labels), null, 2)}\n`,
    LICENSE: datasetLicense(configuration.dataset),
  };
  const written: DatasetFile[] = [];
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(path(name), text);
    written.push(await madeFile(path(name), { name, rows: 0 }));
  }
  const page = table.rows === 0 ? [] : await writeExplorerAssets(folder, carried);
  return { table, files: [...tables, ...written, ...page] };
}

/** From the start of the first hour to the end of the last; empty if there is none. */
function wholePeriod(table: PublicTable): { readonly period?: ListedPeriod } {
  const [first, last] = extentOf(table);
  const period = periodText([first, last + HOUR]);
  return period === undefined ? {} : { period };
}

async function writeFlatParquet(
  path: string,
  table: PublicTable,
  configuration: Configuration,
  withOrigin: boolean,
): Promise<readonly ColumnSummary[]> {
  const text = (name: 'location' | 'source' | 'measurement' | 'dataKey' | 'origin') => {
    const dictionary: string[] = [];
    const codes = new Int32Array(table.rows);
    for (const run of table.runs) {
      let code = dictionary.indexOf(run[name]);
      if (code < 0) code = dictionary.push(run[name]) - 1;
      codes.fill(code, run.start, run.end);
    }
    return { codes, dictionary };
  };
  const values = {
    time: table.time,
    location: text('location'),
    source: text('source'),
    measurement: text('measurement'),
    data_key: text('dataKey'),
    data_value: table.value,
    n: withOrigin ? table.n.map((n) => (n === 0 ? NO_INTEGER : n)) : table.n,
    minimum: table.min,
    maximum: table.max,
    ...(withOrigin ? { origin: text('origin') } : {}),
  };
  return writeTable(path, flatTable(configuration, withOrigin), table.rows, values, configuration.dataset);
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
