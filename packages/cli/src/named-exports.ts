import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { globToTest } from '@sensor-warehouse/warehouse/ingest/ingest';

/** A file with the source whose pattern its name fits. */
export interface NamedExport {
  readonly path: string;
  readonly name: string;
  readonly datasource: Datasource;
}

/**
 * The files with their sources, before the first is read.
 * @throws Failure (input) that names every file that is not there or fits no source
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
      missing.length === 0 ? '' : `there is no such file: ${missing.join(', ')}`,
      unmatched.length === 0 ? '' : `the name fits no file_pattern: ${unmatched.join(', ')}`,
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
    class: 'input',
    code: missing.length === 0 ? 'file-unmatched' : 'file-missing',
    consequence: 'nothing was done',
  });
}

/** Why there is no file; undefined if there is one. */
async function absenceOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) return found.code ?? printable(found.message);
  return found.isFile() ? undefined : 'not a file';
}
