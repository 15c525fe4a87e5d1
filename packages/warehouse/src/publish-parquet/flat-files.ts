import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { type DatasetFile, madeFile, periodText } from '../dataset/dataset-file';
import type { PublicTable } from '../dataset/public-table';
import { flatTable } from '../dataset/tables';
import { NO_INTEGER, writeTable } from '../dataset/write-table';
import type { ColumnSummary, ListedPeriod } from '../layout/file-list';
import { csvText, instantTexts } from '../levels/levels';

/**
 * Writes the two files that hold all hours.
 * @param withOrigin whether each row says where it comes from
 */
export async function writeFlatFiles(
  folder: string,
  table: PublicTable,
  configuration: Configuration,
  withOrigin: boolean,
): Promise<DatasetFile[]> {
  const { name } = configuration.dataset;
  const parquet = join(folder, `${name}.parquet`);
  const csv = join(folder, `${name}.csv.gz`);
  const columns = await writeFlatParquet(parquet, table, configuration, withOrigin);
  await writeFlatCsv(csv, table, withOrigin);
  const flat = { table: name, rows: table.rows, ...wholePeriod(table) };
  return [
    await madeFile(parquet, { name: `${name}.parquet`, ...flat, columns }),
    await madeFile(csv, { name: `${name}.csv.gz`, ...flat }),
  ];
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
