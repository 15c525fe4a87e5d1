import { join } from 'node:path';
import { learnContract } from '@sensor-warehouse/intake/learn-contract';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { contractPath, contractText } from '@sensor-warehouse/model/seeds/contract';
import { type FileChange, textOrNone } from '../project/file-changes';
import { replaceFiles } from '../project/replace-files';

/**
 * Makes the contract of a source remember exports, each of which it must accept as it is.
 * @throws Failure (input) that names the first export that is refused
 */
export async function rememberExports(
  seedsFolder: string,
  files: readonly { readonly path: string; readonly name: string }[],
  datasource: Datasource,
  now: number,
  dryRun: boolean,
): Promise<FileChange> {
  const room = newRoom(datasource.limits);
  const exports = files.map((file, i) => ({ ...file, ordinal: i + 1 }));
  await withScratch('work', async (scratch) => {
    for (const file of exports) {
      const report = await readExport(file, datasource, join(scratch, String(file.ordinal)), now, room);
      if (report.verdict === 'refused') throw refused(file.name, report.findings[0]?.message ?? 'it was refused');
    }
  });
  const path = contractPath(datasource.id);
  const contract = await learnContract(exports, datasource, room);
  const change = {
    path,
    before: await textOrNone(join(seedsFolder, path)),
    after: contractText(datasource.id, contract),
  };
  if (!dryRun) await replaceFiles(seedsFolder, [change], 'contract');
  return change;
}

function refused(name: string, why: string): Failure {
  return new Failure({
    stage: 'contract',
    what: `${printable(name)} is refused: ${why}`,
    consequence: 'nothing was changed',
    fix: 'run warehouse validate on the file, and accept what it finds, or leave the file out',
    class: 'input',
    code: 'export-refused',
  });
}
