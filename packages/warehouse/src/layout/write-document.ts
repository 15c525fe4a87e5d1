import { hideSecrets, writeWhole } from '../run/run-record';
import { documentText } from './read-document';

/** A document of the warehouse, with its digest. */
export async function writeDocument(file: string, document: object): Promise<void> {
  await writeWhole(file, documentText(JSON.parse(JSON.stringify(document, hideSecrets))));
}
