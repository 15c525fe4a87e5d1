import { basename } from 'node:path';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import { type Finding, printable, quoted } from '@sensor-warehouse/model/finding';
import type { NotAFile, StoredFile } from '@sensor-warehouse/storage/store';

export const ABSENT = 'upload-folder-absent';

/** The upload folder is not there, which is not the same as an empty one. */
export function absentFinding(datasource: Datasource, folder: string): Finding {
  return {
    code: ABSENT,
    severity: 'warning',
    datasource: datasource.id,
    count: 1,
    found: `no folder ${printable(folder)}`,
    expected: 'the upload folder of the source',
    message: 'the upload folder is not there',
    fix: 'correct location in seeds/datasources_config.csv, share the folder, or set enabled to false',
  };
}

/** Files of the upload folder that fit none of the source's patterns. */
export function unmatchedFindings(datasource: Datasource, unmatched: readonly StoredFile[]): Finding[] {
  return unmatched.map(({ path }) => ({
    code: 'file-unmatched',
    severity: 'warning',
    datasource: datasource.id,
    file: basename(path),
    count: 1,
    expected: datasource.filePatterns.join(' or '),
    message: `the file ${quoted(basename(path))} fits no file_pattern and was left alone`,
    fix: 'rename it, move it away, or extend the file_pattern',
  }));
}

/** Hidden files come with the folder, and nobody uploaded them. */
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

/** Files of sensors that nobody wants, one finding for all. */
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

/** Uploads that lie deeper are somebody's mistake, or somebody's archive: they are left alone, but not in silence. */
export function subfolderFindings(datasource: Datasource, deeper: readonly StoredFile[]): Finding[] {
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

const FIXES: Partial<Record<NotAFile['kind'], string>> = {
  'name that is not UTF-8': 'rename the file',
  'name that no store takes': 'rename the file',
  'name that two files have': 'rename or remove one of them',
  'folder that cannot be listed': 'move the folder away',
};

/** A link could name any file of the machine, and a pipe never ends: neither is followed or opened. */
export function notAFileFindings(datasource: Datasource, others: readonly NotAFile[]): Finding[] {
  return others.map(({ path, kind }) => ({
    code: 'not-a-file',
    severity: 'warning',
    datasource: datasource.id,
    file: basename(path),
    count: 1,
    found: `a ${kind}`,
    expected: 'a file',
    message: `${quoted(basename(path))} cannot be read as a file and was left alone`,
    fix: FIXES[kind] ?? 'put the file itself there',
  }));
}
