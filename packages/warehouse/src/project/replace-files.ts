import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { ioFailure, unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { type FileChange, textOrNone } from './file-changes';

/** A file to replace: the file itself, its new text next to it, and its old text, kept until all are replaced. */
interface Replacement {
  readonly file: string;
  readonly added: string;
  readonly kept: string;
  readonly existed: boolean;
}

/**
 * Changes files of a project, all or none: every text is written next to its file before the first is replaced, and if
 * one replacement fails, the earlier ones are undone. Undoing needs no disk space.
 * @param stage for messages
 * @throws Failure if a file has changed meanwhile or cannot be written; then nothing is changed
 */
export async function replaceFiles(project: string, changes: readonly FileChange[], stage: string): Promise<void> {
  const replacements: Replacement[] = [];
  const done: Replacement[] = [];
  try {
    for (const change of changes) await stageOne(project, change, replacements);
    for (const one of replacements) {
      await rename(one.added, one.file);
      done.push(one);
    }
  } catch (error) {
    for (const { file, kept, existed } of done) {
      if (existed) await rename(kept, file);
      else await rm(file, { force: true });
    }
    throw notWritten(error, stage);
  } finally {
    for (const { added, kept } of replacements) {
      await rm(added, { force: true });
      await rm(kept, { force: true });
    }
  }
}

/** Writes the new text next to the file, and keeps the old one. If it fails, the caller cleans up. */
async function stageOne(project: string, { path, before, after }: FileChange, begun: Replacement[]): Promise<void> {
  const named = join(project, path);
  if ((await textOrNone(named)) !== before) throw new Error(`${path} was changed meanwhile`);
  await mkdir(dirname(named), { recursive: true });
  // A link stays one: what it leads to is replaced.
  const file = (await realpath(named).catch(unlessAbsent)) ?? named;
  const unique = randomBytes(4).toString('hex');
  const found = await stat(file).catch(unlessAbsent);
  const one = {
    file,
    added: `${file}.${unique}.added`,
    kept: `${file}.${unique}.before`,
    existed: found !== undefined,
  };
  begun.push(one);
  const handle = await open(one.added, 'wx', found?.mode ?? 0o666);
  await handle
    .writeFile(after)
    .then(() => handle.sync())
    .finally(() => handle.close());
  // Not every disk has links of files.
  if (one.existed) await link(file, one.kept).catch(() => copyFile(file, one.kept));
}

/** A disk that is full is reported as that; rights, or a folder in the place of a file, are those of the project. */
function notWritten(error: unknown, stage: string): Failure {
  const consequence = 'nothing was changed';
  const refused = ioFailure(error, { stage });
  if (refused !== undefined && refused.details.code !== 'local-io')
    return new Failure({ ...refused.details, consequence });
  return new Failure({
    stage,
    what: 'the files of the project cannot be replaced',
    found: printable((error as Error).message),
    consequence,
    fix: 'make the folders seeds and models writable, and try again',
    class: 'config',
    code: 'project-not-written',
    cause: error,
  });
}
