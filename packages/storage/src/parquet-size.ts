import { openAsBlob } from 'node:fs';
import { ParquetFile } from 'parquet-wasm';

/** A Parquet file's claims about itself, which may be false. */
export interface ParquetSize {
  readonly rows: number;
  /** Bytes of all row groups once they are unpacked. */
  readonly bytes: number;
}

/**
 * Reads the footer alone.
 * @throws Error if the file has none
 */
export async function parquetSize(path: string): Promise<ParquetSize> {
  const file = await ParquetFile.fromFile(await openAsBlob(path));
  try {
    const metadata = file.metadata();
    let bytes = 0;
    for (let group = 0; group < metadata.numRowGroups(); group++) bytes += metadata.rowGroup(group).totalByteSize();
    return { rows: metadata.fileMetadata().numRows(), bytes };
  } finally {
    file.free();
  }
}
