import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable, quoted, type SeedEdit } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import { type Configuration, checkConfiguration, type Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { contractPath, contractText, withEdit } from '@sensor-warehouse/model/seeds/contract';
import { addRow, setField } from '@sensor-warehouse/model/seeds/seed-edits';
import type { SeedName } from '@sensor-warehouse/model/seeds/seed-schemas';
import { type FileChange, startChanges, writeCopies } from '../project/file-changes';
import { replaceFiles } from '../project/replace-files';

/** The changes from accepting findings, and the new verdict on the file. */
export interface Accepted {
  readonly findings: readonly Finding[];
  /** Below the seeds' folder. */
  readonly changes: readonly FileChange[];
  readonly report: ExportReport;
}

/**
 * Accepts what findings of a file say: the file is checked again, and the edits that its findings name are made. Nothing
 * is written unless the seeds are valid with all of them.
 *
 * @param ids of findings; an id that several findings have stands for the first, and again for the next
 * @throws Failure (input) if the file has no such finding; (config) if the edited seeds would be invalid
 */
export async function acceptFindings(
  seedsFolder: string,
  file: { readonly path: string; readonly name: string },
  datasource: Datasource,
  ids: readonly string[],
  { now, dryRun }: { readonly now: number; readonly dryRun: boolean },
): Promise<Accepted> {
  const { findings } = await checkFile(file, datasource, now);
  const left = findings.filter(({ accept }) => accept !== undefined);
  const accepted = ids.map((id): Finding => {
    const at = left.findIndex(({ accept }) => accept!.id === id);
    if (at < 0) throw noSuchFinding(file.name, id, findings);
    return left.splice(at, 1)[0]!;
  });
  const edits = accepted.flatMap(({ accept }) => accept!.edits);
  const changes = await changesOf(edits, seedsFolder, datasource);
  const configuration = await requireSound(changes, seedsFolder);
  const after = [...configuration.datasources, ...configuration.disabled].find((one) => one.id === datasource.id)!;
  const report = await checkFile(file, after, now);
  if (!dryRun) await replaceFiles(seedsFolder, changes, 'accept');
  return { findings: accepted, changes, report };
}

async function checkFile(
  file: { readonly path: string; readonly name: string },
  datasource: Datasource,
  now: number,
): Promise<ExportReport> {
  return withScratch('work', async (scratch) => {
    return await readExport(
      { ...file, ordinal: 1 },
      datasource,
      join(scratch, 'landing'),
      now,
      newRoom(datasource.limits),
    );
  });
}

async function changesOf(
  edits: readonly SeedEdit[],
  seedsFolder: string,
  datasource: Datasource,
): Promise<FileChange[]> {
  const { change, all } = startChanges(seedsFolder);
  let contract = datasource.contract;
  for (const edit of edits) {
    if (edit.kind === 'set')
      await change(`${edit.seed}.csv`, (text) => setField(text, datasource.id, edit.column, edit.to));
    else if (edit.kind === 'add') {
      await change(`${edit.seed}.csv`, (text) => addRow(text, edit.seed as SeedName, edit.row));
    } else {
      contract = withEdit(contract, edit);
      await change(contractPath(datasource.id), () => contractText(datasource.id, contract));
    }
  }
  return all();
}

/** Checks a copy of the seeds with the changes in it. */
async function requireSound(changes: readonly FileChange[], seedsFolder: string): Promise<Configuration> {
  return withScratch('work', async (scratch) => {
    await cp(seedsFolder, scratch, { recursive: true });
    await writeCopies(scratch, changes);
    const { configuration, findings } = await checkConfiguration(scratch);
    if (configuration !== undefined) return configuration;
    throw new Failure({
      stage: 'accept',
      what: `the edited seeds would be invalid:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
      consequence: 'nothing was changed',
      fix: 'correct the seeds by hand',
      class: 'config',
      code: 'seed-error',
    });
  });
}

function noSuchFinding(name: string, id: string, findings: readonly Finding[]): Failure {
  const ids = findings.flatMap(({ accept }) => (accept === undefined ? [] : [accept.id]));
  return new Failure({
    stage: 'accept',
    what: `${printable(name)} has no finding ${quoted(id)} that can be accepted`,
    found: ids.length === 0 ? 'no finding that can be accepted' : ids.map(printable).join(', '),
    expected: 'an id as warehouse validate prints it',
    consequence: 'nothing was changed',
    fix: 'run warehouse validate on the file, and take the id from there',
    class: 'input',
    code: 'finding-unknown',
  });
}
