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
  const scratch = await mkdtemp(join(tmpdir(), 'warehouse-'));
  const reports: object[] = [];
  const room = newRoom();
  let refused = 0;
  try {
    for (const [index, path] of options.words.entries()) {
      const name = basename(path);
      await requireFile(path);
      const datasource = sourceOf(name, datasources);
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

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error) && found.isFile()) return;
  throw new Failure({
    stage: 'validate',
    what: 'there is no such file',
    where: printable(path),
    found: found instanceof Error ? (found.code ?? found.message) : 'a folder',
    fix: 'check the path',
    class: 'input',
    code: 'file-missing',
    consequence: 'nothing was done',
  });
}

function sourceOf(name: string, datasources: readonly Datasource[]): Datasource {
  const found = datasources.find((one) => one.filePatterns.some((pattern) => globToTest(pattern)(name)));
  if (found !== undefined) return found;
  throw new Failure({
    stage: 'validate',
    what: `the name ${printable(name)} fits no file_pattern`,
    expected: datasources.flatMap((one) => one.filePatterns).join(' or '),
    fix: 'rename the file, or extend a file_pattern in seeds/datasources_config.csv',
    class: 'input',
    code: 'file-unmatched',
    consequence: 'nothing was done',
  });
}
