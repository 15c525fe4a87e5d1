import { createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { LabelReading } from '../layout/label-reading';
import { csvText, instantTexts } from '../levels/levels';
import type { Hours } from '../tables/hours';
import { datasetChangelog, datasetLicense, datasetReadme, datasetSchema } from './dataset-texts';
import type { LegacyHours } from './legacy-hours';
import { type PublicTable, publicTable } from './public-table';
import { type ExampleSeries, exampleSeries } from './reading-examples';

/** A file of the dataset in the work folder. */
export interface DatasetFile {
  readonly name: string;
  readonly local: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** Imported hours as they are published, and how their labels were read. */
export interface PublishedLegacy {
  readonly parts: readonly LegacyHours[];
  readonly labels: readonly LabelReading[];
}

/**
 * Writes all files of the dataset from the hours of all partitions (in order of month for each datasource).
 * @param legacy hours of an earlier pipeline; only with them the table says of each row where it comes from
 */
export async function writeDataset(
  folder: string,
  parts: readonly Hours[],
  configuration: Configuration,
  legacy?: PublishedLegacy,
): Promise<DatasetFile[]> {
  await mkdir(folder, { recursive: true });
  const table = publicTable(parts, legacy?.parts ?? [], configuration.publicNames);
  const path = (name: string) => join(folder, name);
  const { name: dataset } = configuration.dataset;
  await writeFlatParquet(path(`${dataset}.parquet`), table, legacy !== undefined);
  await writeFlatCsv(path(`${dataset}.csv.gz`), table, legacy !== undefined);
  await writeDimensions(folder, table, configuration);
  await writeFile(path('schema.json'), `${JSON.stringify(datasetSchema(configuration, legacy?.labels), null, 2)}\n`);
  await writeFile(path('README.md'), datasetReadme(configuration, summaryOf(table), legacy?.labels));
  await writeFile(path('LICENSE'), datasetLicense(configuration.dataset));
  await writeFile(path('CHANGELOG.md'), datasetChangelog(configuration));
  const files: DatasetFile[] = [];
  for (const [name, rows] of [
    [`${dataset}.parquet`, table.rows],
    [`${dataset}.csv.gz`, table.rows],
    ['dim_data_key.parquet', configuration.dataKeys.size],
    ['dim_location.parquet', new Set(table.runs.map((run) => run.location)).size],
    ['schema.json', 0],
    ['README.md', 0],
    ['LICENSE', 0],
    ['CHANGELOG.md', 0],
  ] as const) {
    files.push({
      name,
      local: path(name),
      sha256: await sha256OfFile(path(name)),
      bytes: (await stat(path(name))).size,
      rows,
    });
  }
  return files;
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

/** The dimensions of the star: what a data_key means, and which locations there are. */
async function writeDimensions(folder: string, table: PublicTable, configuration: Configuration): Promise<void> {
  const dataKeys = [...configuration.dataKeys.values()].sort((a, b) => compareText(a.dataKey, b.dataKey));
  const text = (name: string, values: readonly string[]) => ({
    name,
    kind: 'text' as const,
    codes: Int32Array.from(values, (_, i) => i),
    dictionary: values,
  });
  const number = (name: string, values: readonly number[]) => ({
    name,
    kind: 'number' as const,
    values: Float64Array.from(values),
  });
  await writeParquetTable(
    join(folder, 'dim_data_key.parquet'),
    dataKeys.length,
    [
      text(
        'data_key',
        dataKeys.map((one) => one.dataKey),
      ),
      text(
        'measurement',
        dataKeys.map((one) => one.measurement),
      ),
      text(
        'quantity',
        dataKeys.map((one) => one.quantity),
      ),
      text(
        'unit',
        dataKeys.map((one) => one.unit),
      ),
      number(
        'plausible_minimum',
        dataKeys.map((one) => one.minimum),
      ),
      number(
        'plausible_maximum',
        dataKeys.map((one) => one.maximum),
      ),
      text(
        'description',
        dataKeys.map((one) => one.description),
      ),
    ],
    { compression: 'small' },
  );
  const locations = [...new Set(table.runs.map((run) => run.location))];
  const runsOf = (location: string) => table.runs.filter((run) => run.location === location);
  await writeParquetTable(
    join(folder, 'dim_location.parquet'),
    locations.length,
    [
      text('location', locations),
      text(
        'data_keys',
        locations.map((location) => [...new Set(runsOf(location).map((run) => run.dataKey))].join(';')),
      ),
      {
        name: 'first_time',
        kind: 'instant',
        values: Float64Array.from(locations, (location) =>
          Math.min(...runsOf(location).map((run) => table.time[run.start]!)),
        ),
      },
      {
        name: 'last_time',
        kind: 'instant',
        values: Float64Array.from(locations, (location) =>
          Math.max(...runsOf(location).map((run) => table.time[run.end - 1]!)),
        ),
      },
    ],
    { compression: 'small' },
  );
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
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end } of table.runs) {
    first = Math.min(first, table.time[start]!);
    last = Math.max(last, table.time[end - 1]!);
  }
  return {
    rows: table.rows,
    locations: new Set(table.runs.map((run) => run.location)).size,
    first: table.rows > 0 ? instantText(first) : '',
    last: table.rows > 0 ? instantText(last) : '',
    example: exampleSeries(table),
  };
}
