import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { acceptCommand, findingLineFor, type NamedSo } from '@sensor-warehouse/model/findings/finding-text';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { namedSo, requireExports } from '../options/named-exports';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';

export const VALIDATE: Command = {
  name: 'validate',
  usage: 'FILE…',
  summary: 'check exports against their contracts; change nothing',
  needsWarehouse: false,
  words: { name: 'file', least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['warehouse validate Graph_sm2_01.csv'],
  run: validateFiles,
};

/** Checks files against the contract of the source whose pattern their names fit. */
async function validateFiles(options: Options): Promise<number> {
  const { datasources, limits } = await loadConfiguration(join(options.project, 'seeds'));
  const exports = await requireExports(options.words, datasources, 'validate');
  const reports: object[] = [];
  const room = newRoom(limits);
  let refused = 0;
  await withScratch('work', async (scratch) => {
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
      printText(
        `${report.verdict} ${printable(name)} [${datasource.id}]: lines ${lines} = landed ${landed} + quarantined ${quarantined}\n`,
      );
      const named = namedSo(path, options);
      for (const finding of report.findings) printText(`  ${findingLineFor(finding, named)}\n`);
      printText(acceptAll(report, datasource.id, named));
    }
  });
  if (options.json) printText(`${JSON.stringify(reports, null, 2)}\n`);
  return refused > 0 ? EXIT_CODES.input : 0;
}

/** One command for all that refuses a file, if all of it can be accepted. */
function acceptAll({ findings }: ExportReport, datasource: string, named: NamedSo): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const ids = errors.flatMap(({ accept }) => (accept === undefined ? [] : [accept.id]));
  if (ids.length < 2 || ids.length < errors.length) return '';
  return `  to accept all of it: ${acceptCommand({ datasource }, ids, named)}\n`;
}
