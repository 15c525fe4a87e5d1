import { readFile, writeFile } from 'node:fs/promises';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';

/** Changes a document of a warehouse as the program would write it: its digest is that of what it says then. */
export async function editDocument<T extends object>(file: string, change: (document: T) => object): Promise<void> {
  await writeFile(file, documentText(change(JSON.parse(await readFile(file, 'utf8')) as T)));
}
