import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsence, systemError } from '@sensor-warehouse/model/findings/io-failure';
import { ParquetFile } from 'parquet-wasm';

/**
 * Opens a Parquet file, does something with it, and closes it.
 * @throws RangeError with the path if the file is not Parquet, or what is done finds it damaged; what the system says where it
 *   cannot be read
 */
export async function withParquetFile<Result>(
  path: string,
  use: (file: ParquetFile) => Promise<Result>,
): Promise<Result> {
  let file: ParquetFile | undefined;
  try {
    file = await ParquetFile.fromFile(await openAsBlob(path));
    return await use(file);
  } catch (cause) {
    // A file that cannot be read for want of memory, handles or rights is not a damaged one.
    const refused = systemError(cause)?.error ?? (await refusalOfReading(path));
    if (refused !== undefined && !isAbsence(refused)) throw refused;
    throw new RangeError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    file?.free();
  }
}

/** A blob does not say why it cannot be read. */
async function refusalOfReading(path: string): Promise<unknown> {
  try {
    const handle = await open(path);
    await handle.read(Buffer.alloc(1), 0, 1, 0).finally(() => handle.close());
    return undefined;
  } catch (error) {
    return error;
  }
}
