import { createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Configuration } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable, quoted } from '@sensor-warehouse/model/finding';
import { numberText } from '@sensor-warehouse/model/number-text';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { Hours } from '../aggregate/hours';
import { datasetChangelog, datasetLicense, datasetReadme, datasetSchema } from './dataset-texts';
import { csvText, instantTexts, windowValue } from './levels';

/** A file of the dataset in the work folder. */
export interface DatasetFile {
  readonly name: string;
  readonly local: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** The flat public table in columns, ordered by location, source, data_key, time. */
interface PublicTable {
  readonly rows: number;
  readonly time: Float64Array;
  readonly value: Float64Array;
  readonly n: Int32Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly runs: readonly PublicRun[];
}

interface PublicRun {
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly start: number;
  readonly end: number;
}

/** Writes all files of the dataset from the hours of all partitions (in order of month for each datasource). */
export async function writeDataset(
  folder: string,
  parts: readonly Hours[],
  configuration: Configuration,
): Promise<DatasetFile[]> {
  await mkdir(folder, { recursive: true });
  const table = publicTable(parts, configuration.publicNames);
  const path = (name: string) => join(folder, name);
  const { name: dataset } = configuration.dataset;
  await writeFlatParquet(path(`${dataset}.parquet`), table);
  await writeFlatCsv(path(`${dataset}.csv.gz`), table);
  await writeDimensions(folder, table, configuration);
  await writeFile(path('schema.json'), `${JSON.stringify(datasetSchema(configuration), null, 2)}\n`);
  await writeFile(path('README.md'), datasetReadme(configuration, summaryOf(table)));
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

function publicTable(parts: readonly Hours[], publicNames: ReadonlyMap<string, string>): PublicTable {
  const pieces = parts.flatMap((hours) =>
    hours.segments.map((segment) => ({
      ...segment,
      hours,
      location: publicName(publicNames, segment.location),
    })),
  );
  pieces.sort(
    (a, b) =>
      compareText(a.location, b.location) ||
      compareText(a.source, b.source) ||
      compareText(a.dataKey, b.dataKey) ||
      a.hours.hour[a.start]! - b.hours.hour[b.start]!,
  );
  const rows = pieces.reduce((total, { start, end }) => total + end - start, 0);
  const table = {
    rows,
    time: new Float64Array(rows),
    value: new Float64Array(rows),
    n: new Int32Array(rows),
    min: new Float64Array(rows),
    max: new Float64Array(rows),
  };
  const runs: PublicRun[] = [];
  let out = 0;
  for (const { hours, start, end, location, source, measurement, dataKey } of pieces) {
    const first = out;
    for (let row = start; row < end; row++, out++) {
      table.time[out] = hours.hour[row]!;
      table.value[out] = windowValue(measurement, hours.sum[row]!, hours.n[row]!);
      table.n[out] = hours.n[row]!;
      table.min[out] = hours.min[row]!;
      table.max[out] = hours.max[row]!;
    }
    const last = runs.at(-1);
    if (last !== undefined && last.location === location && last.source === source && last.dataKey === dataKey) {
      runs[runs.length - 1] = { ...last, end: out };
    } else runs.push({ location, source, measurement, dataKey, start: first, end: out });
  }
  return { ...table, runs };
}

/** @throws Failure (config) if the seed does not list the location: an internal name must not slip out */
function publicName(publicNames: ReadonlyMap<string, string>, location: string): string {
  const name = publicNames.get(location);
  if (name !== undefined) return name;
  throw new Failure({
    stage: 'publish-parquet',
    what: 'an archived location has no public name',
    found: quoted(location),
    expected: 'every location in seeds/location_map.csv, also those of sensors that are gone',
    fix: `add ${printable(location)} to seeds/location_map.csv`,
    class: 'config',
    code: 'seed-error',
  });
}

const TEXTS = ['location', 'source', 'measurement', 'dataKey'] as const;

async function writeFlatParquet(path: string, table: PublicTable): Promise<void> {
  const texts = TEXTS.map((name) => {
    const dictionary: string[] = [];
    const codes = new Int32Array(table.rows);
    for (const run of table.runs) {
      let code = dictionary.indexOf(run[name]);
      if (code < 0) code = dictionary.push(run[name]) - 1;
      codes.fill(code, run.start, run.end);
    }
    return { name: name === 'dataKey' ? 'data_key' : name, kind: 'text' as const, codes, dictionary };
  });
  await writeParquetTable(
    path,
    table.rows,
    [
      { name: 'time', kind: 'instant', values: table.time },
      ...texts,
      { name: 'data_value', kind: 'number', values: table.value },
      { name: 'n', kind: 'integer', values: table.n },
      { name: 'minimum', kind: 'number', values: table.min },
      { name: 'maximum', kind: 'number', values: table.max },
    ],
    { compression: 'small', rowGroup: 250_000, statistics: true },
  );
}

async function writeFlatCsv(path: string, table: PublicTable): Promise<void> {
  const instantText = instantTexts();
  function* lines(): Generator<string> {
    let text = 'time,location,source,measurement,data_key,data_value,n,minimum,maximum\n';
    for (const { location, source, measurement, dataKey, start, end } of table.runs) {
      const key = `${csvText(location)},${csvText(source)},${measurement},${csvText(dataKey)}`;
      for (let row = start; row < end; row++) {
        text += `${instantText(table.time[row]!)},${key},${numberText(table.value[row]!)},${table.n[row]},${numberText(table.min[row]!)},${numberText(table.max[row]!)}\n`;
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

/** What the dataset's README tells about its extent. */
export interface DatasetSummary {
  readonly rows: number;
  readonly locations: number;
  readonly first: string;
  readonly last: string;
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
  };
}
