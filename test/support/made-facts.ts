import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { monthOf } from '@sensor-warehouse/model/time/month';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import { measured } from './made-exports';

export interface MadeFacts {
  readonly datasource: 'indoor' | 'ventilation';
  readonly from: string;
  readonly hours: number;
  /** Between readings; an hour unless given. */
  readonly minutes?: number;
}

const SERIES = {
  indoor: { location: 'SM2_01_L1_01', source: 'ThermoPro', sensor: '493D', dataKey: 'temp_indoor', series: 1 },
  ventilation: { location: 'sm2_01', source: 'Atrea', sensor: 'tu1', dataKey: 'temp_fresh', series: 2 },
} as const;

export interface MadeFactsFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly series: FactsManifest['series'];
}

/** Writes facts as transform does, without dbt: one series for each part, in the order of their datasources. */
export async function writeFacts(file: string, upload: string, parts: readonly MadeFacts[]): Promise<MadeFactsFile> {
  const rows = parts.flatMap((part) =>
    Array.from({ length: (part.hours * 60) / (part.minutes ?? 60) }, (_, reading) => ({
      ...SERIES[part.datasource],
      datasource: part.datasource,
      time: Date.parse(part.from) + reading * (part.minutes ?? 60) * 60_000,
    })),
  );
  await mkdir(dirname(file), { recursive: true });
  const text = (name: string, of: (row: (typeof rows)[number]) => string) => {
    const dictionary = [...new Set(rows.map(of))];
    return {
      name,
      kind: 'text' as const,
      dictionary,
      codes: Int32Array.from(rows, (row) => dictionary.indexOf(of(row))),
    };
  };
  const one = { kind: 'integer' as const, values: new Int32Array(rows.length).fill(1) };
  await writeParquetTable(
    file,
    rows.length,
    [
      { name: 'time', kind: 'instant', values: Float64Array.from(rows, ({ time }) => time) },
      text('location', ({ location }) => location),
      text('source', ({ source }) => source),
      text('measurement', () => 'nonadditive'),
      text('data_key', ({ dataKey }) => dataKey),
      {
        name: 'data_value',
        kind: 'number',
        values: Float64Array.from(rows, ({ series, time }) => measured(series, time)),
      },
      text('datasource_id', ({ datasource }) => datasource),
      text('sensor', ({ sensor }) => sensor),
      text('file', () => upload),
      { name: 'ordinal', ...one },
      { name: 'line', ...one },
    ],
    { compression: 'fast' },
  );
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const seriesOf = (row: (typeof rows)[number]) => `${row.datasource} ${monthOf(row.time)}`;
  const series = [...new Set(rows.map(seriesOf))].map((name) => {
    const own = rows.filter((row) => seriesOf(row) === name);
    const { datasource, location, source, dataKey, time } = own[0]!;
    const measurement = 'nonadditive' as const;
    return { datasource, month: monthOf(time), location, source, measurement, dataKey, facts: own.length };
  });
  return { sha256, bytes: bytes.length, rows: rows.length, series };
}

/** What is in the upload of a made hand-over: no export, but bytes that its raw copy can be held against. */
export const uploadText = (datasource: string, name: string) => `${name} of ${datasource}\n`;

/** Leaves a generation of facts in a warehouse as publish-facts does; returns its folder. */
export async function handOver(warehouse: string, number: number, parts: readonly MadeFacts[]): Promise<string> {
  const upload = `made-${number}.csv`;
  const scratch = join(warehouse, 'facts', 'being-made');
  const file = join(scratch, 'fact.parquet');
  const { sha256, bytes, rows, series } = await writeFacts(file, upload, parts);
  const generation = `${String(number).padStart(6, '0')}-${sha256.slice(0, 8)}`;
  const countOf = (datasource: string) =>
    series.reduce((total, one) => total + (one.datasource === datasource ? one.facts : 0), 0);
  const counts = (readings: number) => ({
    lines: readings,
    landed: readings,
    quarantined: 0,
    cells: readings,
    readings,
    empty: 0,
    ignored: 0,
    cellsQuarantined: 0,
  });
  const manifest: FactsManifest = {
    format: 2,
    generation,
    number,
    files: [...new Set(series.map(({ datasource }) => datasource))].map((datasource) => ({
      datasource,
      name: upload,
      sha256: createHash('sha256').update(uploadText(datasource, upload)).digest('hex'),
      bytes: uploadText(datasource, upload).length,
      modified: 0,
      ordinal: 1,
      counts: counts(countOf(datasource)),
      rejected: 0,
    })),
    sources: ['ventilation', 'indoor'].map((datasource) => ({
      datasource,
      held: false,
      refused: [],
      facts: countOf(datasource),
      readings: countOf(datasource),
      empty: 0,
    })),
    series,
    facts: { file: 'fact.parquet', sha256, bytes, rows },
    findings: [],
  };
  const folder = join(warehouse, 'facts', generation);
  await mkdir(folder, { recursive: true });
  await rename(file, join(folder, 'fact.parquet'));
  await writeFile(join(folder, 'manifest.json'), documentText(manifest));
  await rm(scratch, { recursive: true });
  return folder;
}
