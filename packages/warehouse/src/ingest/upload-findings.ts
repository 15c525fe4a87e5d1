import { basename } from 'node:path';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { NotAFile, StoredFile } from '@sensor-warehouse/storage/store';

export const ABSENT = 'upload-folder-absent';

/** A missing upload folder, which is not the same as an empty one. */
export function absentFinding(datasource: Datasource, folder: string): Finding {
  return {
    code: ABSENT,
    severity: 'warning',
    datasource: datasource.id,
    count: 1,
    found: `no folder ${printable(folder)}`,
    expected: 'the upload folder of the source',
    message: 'the upload folder does not exist',
    fix: 'correct location in seeds/datasources_config.csv, share the folder, or set enabled to false',
  };
}

/** Files of the upload folder that match none of the source's patterns. */
export function unmatchedFindings(datasource: Datasource, unmatched: readonly StoredFile[]): Finding[] {
  return unmatched.map(({ path }) => ({
    code: 'file-unmatched',
    severity: 'warning',
    datasource: datasource.id,
    file: basename(path),
    count: 1,
    expected: datasource.filePatterns.join(' or '),
    message: `the file ${quoted(basename(path))} matches no file_pattern and was left alone`,
    fix: 'rename it, move it away, or extend the file_pattern',
  }));
}

/** Hidden files come with the folder; nobody uploaded them. */
export function hiddenFindings(datasource: Datasource, hidden: readonly StoredFile[]): Finding[] {
  if (hidden.length === 0) return [];
  return [
    {
      code: 'file-unmatched',
      severity: 'info',
      datasource: datasource.id,
      file: basename(hidden[0]!.path),
      count: hidden.length,
      message: 'hidden files of a file manager or of Office were left alone',
      fix: 'nothing is wrong',
    },
  ];
}

/** Files of ignored sensors, one finding for all. */
export function ignoredFileFindings(datasource: Datasource, ignored: readonly StoredFile[]): Finding[] {
  if (ignored.length === 0) return [];
  return [
    {
      code: 'ignored-sensor',
      severity: 'info',
      datasource: datasource.id,
      file: basename(ignored[0]!.path),
      count: ignored.length,
      message: 'files of ignored sensors were left alone',
      fix: 'map the sensor to publish it, or move its files away',
    },
  ];
}

/** Uploads in subfolders are a mistake or somebody's archive: they are left alone, but reported. */
export function subfolderFindings(datasource: Datasource, deeper: readonly Pick<StoredFile, 'path'>[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { path } of deeper) {
    const folder = path.slice(0, path.indexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].map(([folder, count]) => ({
    code: 'file-unmatched',
    severity: 'warning',
    datasource: datasource.id,
    count,
    found: quoted(`${folder}/`),
    expected: 'uploads in the upload folder itself',
    message: 'files in a folder of the upload folder were left alone',
    fix: 'move the files to the upload folder itself, or the folder away',
  }));
}

const HOLDING: Partial<Readonly<Record<NotAFile['kind'], Pick<Finding, 'code' | 'expected' | 'message' | 'fix'>>>> = {
  'name that two files have': {
    code: 'same-name-twice',
    expected: 'one file of each name',
    message: 'two files of the upload folder have the same name: neither was taken',
    fix: 'rename or remove one of them on the remote',
  },
  'folder that cannot be listed': {
    code: 'upload-folder-unreadable',
    expected: 'a folder that can be listed',
    message: 'a folder in the upload folder cannot be listed: it may contain uploads',
    fix: 'move the folder away, or correct its permissions',
  },
};

/**
 * A link could name any file of the machine, and a pipe never ends: neither is followed or opened. With two files of
 * one name, or a folder that cannot be listed, nobody knows what is missing: both hold the source.
 */
export function notAFileFinding({ id }: Datasource, { path, kind }: NotAFile): Finding {
  const holding = HOLDING[kind];
  const found = `a ${kind}`;
  if (holding !== undefined) return { severity: 'error', datasource: id, file: path, count: 1, found, ...holding };
  return {
    code: 'not-a-file',
    severity: 'warning',
    datasource: id,
    file: path,
    count: 1,
    found,
    expected: 'a file',
    message: `${quoted(path)} cannot be read as a file and was left alone`,
    fix: kind.startsWith('name ') ? 'rename the file' : 'put the file itself there',
  };
}

/** The remote does not list the upload folder of one source. */
export function folderFinding({ id }: Datasource, folder: string, { details }: Failure): Finding {
  return {
    code: 'upload-folder-unreadable',
    severity: 'error',
    datasource: id,
    count: 1,
    found: [details.what, details.found].filter(Boolean).join(': '),
    expected: `a list of the files in ${printable(folder)}`,
    message: 'the upload folder cannot be listed; the other sources were taken',
    fix: details.fix,
  };
}

/** Error codes of a disk that does not take an upload. */
const WITHOUT_ROOM = ['disk-full', 'no-inodes', 'file-size-limit'];

/** An upload that the remote lists but does not deliver, or that the disk of the work folder does not take. */
export function notFetchedFinding(
  { id }: Datasource,
  { path }: Pick<StoredFile, 'path'>,
  failure: Failure | undefined,
): Finding {
  const { what, found, fix, code = '' } = failure?.details ?? { what: 'nothing came', fix: 'run it again' };
  return {
    code: WITHOUT_ROOM.includes(code) ? 'upload-without-room' : 'upload-unreadable',
    severity: 'error',
    datasource: id,
    file: path,
    count: 1,
    found: [what, found].filter(Boolean).join(': '),
    expected: 'the file',
    message: 'an upload cannot be fetched; the others were taken',
    fix,
  };
}

/** An upload that differs from its listing: half an export may look like a whole one. */
export function cutShortFinding(
  { id }: Datasource,
  { path, bytes }: { readonly path: string; readonly bytes: number },
  arrived: number,
): Finding {
  return {
    code: 'upload-unreadable',
    severity: 'error',
    datasource: id,
    file: path,
    count: 1,
    found: `${arrived} bytes`,
    expected: `${bytes} bytes, as the remote lists`,
    message: 'an upload did not arrive as listed; the others were taken',
    fix: 'run it again; if it happens again, upload the file again',
  };
}

/** An upload listed as larger than allowed is not fetched: it would be refused anyway. */
export function tooLargeFinding({ id }: Datasource, { path, bytes }: StoredFile, most: number): Finding {
  return {
    code: 'file-too-large',
    severity: 'error',
    datasource: id,
    file: path,
    count: 1,
    found: `${bytes} bytes`,
    expected: `at most ${most}`,
    message: 'the file is larger than allowed, and was not fetched',
    fix: 'export less at a time, or raise bytes in seeds/limits.csv',
  };
}

/** The disk would be full before the upload was read. */
export function noRoomFinding({ id }: Datasource, { path, bytes }: StoredFile): Finding {
  return {
    code: 'upload-without-room',
    severity: 'error',
    datasource: id,
    file: path,
    count: 1,
    found: `${bytes} bytes`,
    expected: 'a third of the free space on the disk of the work folder, minus what other uploads take',
    message: 'the disk has no room for an upload, which was not fetched; the others were taken',
    fix: 'free space, or upload it in pieces; if there were many uploads, run it again',
  };
}

/** The uploads of one source took longer than a night has. */
export function noTimeFinding({ id }: Datasource, { path }: Pick<StoredFile, 'path'>, milliseconds: number): Finding {
  return {
    code: 'upload-without-time',
    severity: 'error',
    datasource: id,
    file: path,
    count: 1,
    found: `uploads of this source that took more than ${Math.round(milliseconds / 60_000)} minutes`,
    expected: 'all uploads of one source in that time',
    message: 'there was no time left for an upload; the others were taken',
    fix: 'run it again, and it continues from there; if this persists, upload smaller files',
  };
}

/** An upload that changed since it was listed: somebody is still writing it. */
export function changingFinding({ id }: Datasource, before: StoredFile, now: StoredFile | undefined): Finding {
  return {
    code: 'upload-changing',
    severity: 'info',
    datasource: id,
    file: before.path,
    count: 1,
    found: now === undefined ? 'no such file any more' : `${now.bytes ?? 'unknown'} bytes`,
    expected: `${before.bytes ?? 'unknown'} bytes, as a moment ago`,
    message: 'an upload changed while it was fetched, and waits for the next run',
    fix: 'nothing to do; the next run takes it',
  };
}
