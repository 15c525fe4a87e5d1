import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text-file';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/configuration';
import { EXIT_CODES, Failure } from '@sensor-warehouse/model/failure';
import { findingLine, printable } from '@sensor-warehouse/model/finding';
import { globToTest } from '@sensor-warehouse/warehouse/ingest/ingest';
import type { Command, Options } from '../command';

export const VALIDATE: Command = {
  name: 'validate',
  usage: 'FILE…',
  summary: 'check exports against the contracts, change nothing',
  needsWarehouse: false,
  words: { name: 'file', least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['warehouse validate Graph_sm2_01.csv'],
  run: validateFiles,
};

/** Checks files against the contract of the source whose pattern their names fit. */
async function validateFiles(options: Options): Promise<number> {
  const { datasources } = await loadConfiguration(join(options.project, 'seeds'));
  const exports = await requireExports(options.words, datasources);
  const scratch = await mkdtemp(join(tmpdir(), 'warehouse-'));
  const reports: object[] = [];
  const room = newRoom();
  let refused = 0;
  try {
    for (const [index, { path, name, datasource }] of exports.entries()) {
      const report = await readExport(
        { path, name, ordinal: index + 1 },
        datasource,
        join(scratch, String(index)),
        options.now,
        room,
      );
      if (report.verdict === 'refused') refused++;
      reports.push({ file: name, datasource: datasource.id, ...report });
      if (options.json) continue;
      const { lines, landed, quarantined } = report.counts;
      process.stdout.write(
        `${report.verdict} ${printable(name)} [${datasource.id}]: lines ${lines} = landed ${landed} + quarantined ${quarantined}\n`,
      );
      for (const finding of report.findings) process.stdout.write(`  ${findingLine(finding)}\n`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  return refused > 0 ? EXIT_CODES.input : 0;
}

interface NamedExport {
  readonly path: string;
  readonly name: string;
  readonly datasource: Datasource;
}

/**
 * The files with their sources, before the first is read.
 * @throws Failure (input) that names every file that is not there or fits no source
 */
async function requireExports(paths: readonly string[], datasources: readonly Datasource[]): Promise<NamedExport[]> {
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
    stage: 'validate',
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
