import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { root } from './repository';

const DATASET = 'Warehouse/public/sm2_public_dataset.parquet';

export const VENTILATION = 'Vzduchotechnika/Latest/Upload/Graph_sm2_01.csv';
export const INDOOR = 'Indoor/Latest/Upload/ThermoProSensor_export_4427_20241031.csv';

/** A folder that stands in for the building's Drive, with the first lines of two real exports in its upload folders. */
export function makeDrive(scratch: string, exports: readonly string[] = [VENTILATION, INDOOR]): string {
  const drive = mkdtempSync(join(scratch, 'drive-'));
  // The upload folders are there even when nothing has come.
  for (const path of [VENTILATION, INDOOR]) mkdirSync(dirname(join(drive, path)), { recursive: true });
  for (const path of exports) upload(drive, path, firstLines(path));
  return drive;
}

/** An export whose header names a column in another way than the contract: it is refused. */
export function renamedColumn(path: string): string {
  return firstLines(path).replace('vzt01_temp-tea-sani', 'vzt01_temperature');
}

export function upload(drive: string, path: string, text: string): void {
  writeFileSync(join(drive, path), text);
  // Uploads are ordered by their time: it must not depend on the moment of the test.
  const time = new Date('2024-11-05T08:00:00Z');
  utimesSync(join(drive, path), time, time);
}

function firstLines(path: string): string {
  const text = readFileSync(join(root, 'examples', 'sm2', path), 'utf8');
  return text.split('\n').slice(0, 200).join('\n').concat('\n');
}

/** Every file below a folder with its SHA-256: two equal pictures mean that nothing was changed. */
export function picture(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
}

export const isPublished = (drive: string) => existsSync(join(drive, DATASET));

export const datasetBytes = (drive: string) => readFileSync(join(drive, DATASET));

/** The rows of the published dataset, read by another reader than the one that wrote it. */
export async function datasetRows(drive: string): Promise<Record<string, unknown>[]> {
  const bytes = datasetBytes(drive);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return parquetReadObjects({ file, compressors });
}
