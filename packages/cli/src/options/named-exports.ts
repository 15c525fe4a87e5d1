import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { NamedSo } from '@sensor-warehouse/model/findings/finding-text';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { absenceOf } from '@sensor-warehouse/storage/local-file';
import { globToTest } from '@sensor-warehouse/warehouse/ingest/file-patterns';
import type { Options } from '../terminal/command';

/** A file with the source whose pattern its name fits. */
export interface NamedExport {
  readonly path: string;
  readonly name: string;
  readonly datasource: Datasource;
}

/**
 * The files with their sources, before the first is read.
 * @throws Failure that names every file that does not exist (config) or fits no source (input)
 */
export async function requireExports(
  paths: readonly string[],
  datasources: readonly Datasource[],
  stage: string,
): Promise<NamedExport[]> {
  const exports: NamedExport[] = [];
  const missing: string[] = [];
  const unmatched: string[] = [];
  for (const path of paths) {
    const name = basename(path);
    const datasource = datasources.find((one) => one.filePatterns.some((pattern) => globToTest(pattern)(name)));
    const absence = await absenceOf(path);
    if (absence !== undefined) missing.push(`${printable(path)} (${absence})`);
    else if (datasource === undefined) unmatched.push(printable(path));
    else exports.push({ path, name, datasource });
  }
  if (missing.length === 0 && unmatched.length === 0) return exports;
  throw new Failure({
    stage,
    what: [
      missing.length === 0 ? '' : `these files cannot be read: ${missing.join(', ')}`,
      unmatched.length === 0 ? '' : `no file_pattern matches the name: ${unmatched.join(', ')}`,
    ]
      .filter(Boolean)
      .join('; '),
    ...(unmatched.length === 0 ? {} : { expected: datasources.flatMap((one) => one.filePatterns).join(' or ') }),
    fix: [
      missing.length === 0 ? '' : 'check the path',
      unmatched.length === 0 ? '' : 'rename the file, or extend a file_pattern in seeds/datasources_config.csv',
    ]
      .filter(Boolean)
      .join('; '),
    ...(missing.length === 0
      ? ({ class: 'input', code: 'file-unmatched' } as const)
      : ({ class: 'config', code: 'file-missing' } as const)),
    consequence: 'nothing was done',
  });
}

/** How a command for the person who gave the options names the file. */
export function namedSo(path: string, { project }: Options): NamedSo {
  return project === '.' ? { path } : { path, project };
}
