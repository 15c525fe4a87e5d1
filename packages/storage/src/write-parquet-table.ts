import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { tableToIPC } from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Encoding,
  type RecordBatch,
  transformParquetStream,
  Table as WasmTable,
  WriterPropertiesBuilder,
  writeParquet,
} from 'parquet-wasm';
import { arrowTable, type Column, partOf } from './arrow-table';
import { parquetSize } from './parquet-size';

export type { Column } from './arrow-table';

export interface ParquetOptions {
  /** The landing lives for a night: fast, neither compressed nor coded. Archive and dataset are kept: small. */
  readonly compression: 'fast' | 'small';
  readonly rowGroup?: number;
  /**
   * Minimum and maximum of each row group, with which readers skip what they do not need; `pages`: of each page, too,
   * of which there is one for about 8 KiB, so that a reader of ranges fetches little else than what it wants.
   */
  readonly statistics?: boolean | 'pages';
  /** The one entry of the file's own metadata: the order of several is not the same each time. */
  readonly metadata?: { readonly key: string; readonly value: string };
}

/**
 * Writes one table. The same rows give the same bytes: no clock, fixed settings, one writer.
 * Instants are milliseconds and become timestamps adjusted to UTC; NaN in a nullable number is a null. A table of several row
 * groups is written one after the other: no second copy of the whole is ever in memory.
 * @returns how many cells were written as nulls
 */
export async function writeParquetTable(
  path: string,
  rows: number,
  columns: readonly Column[],
  options: ParquetOptions,
): Promise<number> {
  const { rowGroup = 1 << 20 } = options;
  const properties = propertiesOf(columns, { ...options, rowGroup });
  if (rows <= rowGroup) {
    const { table, nulls } = arrowTable(columns, rows);
    await writeFile(path, writeParquet(WasmTable.fromIPCStream(tableToIPC(table, 'stream')), properties));
    return nulls;
  }
  const groups = rowGroups(rows, rowGroup, columns);
  const bytes = await transformParquetStream(groups.stream, properties);
  await pipeline(Readable.fromWeb(bytes as NodeStream), createWriteStream(path));
  // The writer closes the file as if it were whole when it gets no further group, whatever the reason.
  if (groups.failure() !== undefined) throw groups.failure();
  const written = (await parquetSize(path)).rows;
  if (written !== rows) throw new RangeError(`${path}: ${written} rows were written, expected ${rows}`);
  return groups.nulls();
}

/** Node's own type of a stream that is as browsers have it. */
type NodeStream = Parameters<typeof Readable.fromWeb>[0];

/** The row groups of a table, each made when the writer asks for it. */
function rowGroups(rows: number, rowGroup: number, columns: readonly Column[]) {
  let [start, nulls] = [0, 0];
  let failure: unknown;
  const next = (): RecordBatch[] => {
    const end = Math.min(rows, start + rowGroup);
    const made = arrowTable(
      columns.map((column) => partOf(column, start, end)),
      end - start,
    );
    start = end;
    nulls += made.nulls;
    return WasmTable.fromIPCStream(tableToIPC(made.table, 'stream')).recordBatches();
  };
  const stream = new ReadableStream<RecordBatch>(
    {
      pull: (controller) => {
        if (start === rows) return controller.close();
        try {
          for (const batch of next()) controller.enqueue(batch);
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, nulls: () => nulls, failure: () => failure };
}

function propertiesOf(columns: readonly Column[], options: ParquetOptions & { readonly rowGroup: number }) {
  let properties = new WriterPropertiesBuilder()
    .setCompression(options.compression === 'fast' ? Compression.UNCOMPRESSED : Compression.ZSTD)
    .setStatisticsEnabled(statisticsOf(options))
    .setMaxRowGroupSize(options.rowGroup)
    .setCreatedBy('sensor-warehouse');
  if (options.statistics === 'pages') properties = properties.setDataPageSizeLimit(PAGE);
  if (options.metadata !== undefined)
    properties = properties.setKeyValueMetadata(new Map([[options.metadata.key, options.metadata.value]]));
  for (const column of columns) {
    if (column.kind === 'instant' || column.kind === 'integer' || column.kind === 'date') {
      properties = properties
        .setColumnDictionaryEnabled(column.name, false)
        .setColumnEncoding(column.name, Encoding.DELTA_BINARY_PACKED);
    } else if (column.kind === 'number' && options.compression === 'fast') {
      properties = properties.setColumnDictionaryEnabled(column.name, false);
    }
  }
  return properties.build();
}

/** Bytes of a page, before it is compressed. */
const PAGE = 8192;

function statisticsOf({ statistics }: ParquetOptions): EnabledStatistics {
  if (statistics === 'pages') return EnabledStatistics.Page;
  return statistics ? EnabledStatistics.Chunk : EnabledStatistics.None;
}
