import { setTimeout } from 'node:timers/promises';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Store, StoredFile } from '@sensor-warehouse/storage/store';
import { globToTest, ignoredFileTest } from './file-patterns';
import { isHidden } from './hidden-files';
import { isUnfinished, unfinishedFinding } from './unfinished-transfers';
import {
  absentFinding,
  changingFinding,
  hiddenFindings,
  ignoredFileFindings,
  notAFileFinding,
  subfolderFindings,
  unmatchedFindings,
} from './upload-findings';

/** The upload folder of a source at the time it was listed. */
export interface UploadFolder {
  readonly datasource: Datasource;
  readonly uploads: Store;
  /** Files that the remote lists, in the folder and below it. */
  readonly listed: number;
  /** How many of these stay where they are, each with its reason in `findings`. */
  readonly aside: number;
  /** Uploads to fetch, in order of arrival: by (modification time, name). */
  readonly wanted: readonly StoredFile[];
  /** Files left alone, with the reasons. An error holds the source. */
  readonly findings: readonly Finding[];
}

/** A file written this recently may still be changing. */
const SETTLED_MS = 250;

/** @throws Failure if the remote does not list the folder: that is not the same as an empty one */
export async function lookAtFolder(datasource: Datasource, uploads: Store): Promise<UploadFolder> {
  const patterns = datasource.filePatterns.map(globToTest);
  const isIgnored = ignoredFileTest(datasource);
  const fits = ({ path }: Pick<StoredFile, 'path'>) => patterns.some((test) => test(path));
  const isComing = (file: Pick<StoredFile, 'path'>) => fits(file) && isUnfinished(file.path, datasource.filePatterns);
  const isWanted = (file: Pick<StoredFile, 'path'>) => fits(file) && !isComing(file) && !isIgnored(file.path);
  const { files, others } = await uploads.survey('');
  const isAbsent = files.length === 0 && others.length === 0 && !(await uploads.isThere());
  const hidden = files.filter(isHiddenPath);
  const here = files.filter(({ path }) => !path.includes('/'));
  const wanted = here.filter(isWanted);
  const below = files.filter((file) => file.path.includes('/') && !isHiddenPath(file));
  const unmatched = here.filter((file) => !fits(file) && !isHiddenPath(file));
  const coming = here.filter(isComing);
  const ignored = here.filter((file) => fits(file) && !isComing(file) && isIgnored(file.path));
  const closed = others.filter((other) => other.kind === 'folder that cannot be listed' && !isHiddenPath(other));
  const othersBelow = others.filter(
    (other) => other.path.includes('/') && !isHiddenPath(other) && !closed.includes(other),
  );
  // A file that is left alone does not matter, even if another has its name.
  const odd = others.filter(
    (other) =>
      !other.path.includes('/') &&
      !closed.includes(other) &&
      (other.kind !== 'name that two files have' || isWanted(other)),
  );
  const findings = [
    ...(isAbsent ? [absentFinding(datasource, uploads.name)] : []),
    ...subfolderFindings(datasource, [...below, ...othersBelow]),
    ...[...closed, ...odd].map((other) => notAFileFinding(datasource, other)),
    ...unmatchedFindings(datasource, unmatched),
    ...hiddenFindings(datasource, hidden),
    ...coming.map((file) => unfinishedFinding(datasource, file)),
    ...ignoredFileFindings(datasource, ignored),
  ];
  wanted.sort((a, b) => a.modified - b.modified || compareText(a.path, b.path));
  const aside = below.length + hidden.length + unmatched.length + coming.length + ignored.length;
  return { datasource, uploads, listed: files.length, aside, wanted, findings };
}

function isHiddenPath({ path }: Pick<StoredFile, 'path'>): boolean {
  return path.split('/').some(isHidden);
}

/**
 * Lists the folder again after the uploads were fetched: an upload that differs is still being written, or was replaced
 * or removed. The next run takes it as it is then.
 * @returns the unchanged uploads, and the findings about the others
 */
export async function lookAgain({
  datasource,
  uploads,
  wanted,
}: UploadFolder): Promise<Pick<UploadFolder, 'wanted' | 'findings'>> {
  if (wanted.length === 0) return { wanted, findings: [] };
  await settle(wanted);
  const { files } = await uploads.survey('');
  const now = new Map(files.map((file) => [file.path, file]));
  const isSame = ({ path, bytes, modified }: StoredFile) => {
    const found = now.get(path);
    return found !== undefined && found.bytes === bytes && found.modified === modified;
  };
  return {
    wanted: wanted.filter(isSame),
    findings: wanted
      .filter((file) => !isSame(file))
      .map((file) => changingFinding(datasource, file, now.get(file.path))),
  };
}

/** An upload that is still being written has grown by then. */
async function settle(files: readonly StoredFile[]): Promise<void> {
  const youngest = Math.max(...files.map(({ modified }) => modified));
  const age = Date.now() - youngest;
  if (age >= 0 && age < SETTLED_MS) await setTimeout(SETTLED_MS - age);
}
