import { basename, join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { EXIT_CODES } from '@sensor-warehouse/model/failure';
import { findingLine } from '@sensor-warehouse/model/finding';
import { type Accepted, acceptFinding } from '@sensor-warehouse/warehouse/contracts/accept';
import type { Command, Options } from '../command';
import { requireDatasource } from '../require-datasource';
import { textDiff } from '../text-diff';

export const ACCEPT: Command = {
  name: 'accept',
  usage: 'DATASOURCE FINDING FILE',
  summary: 'make the edits of the seeds that a finding of an export names',
  needsWarehouse: false,
  words: { name: 'DATASOURCE, FINDING and FILE', least: 3, most: 3 },
  examples: ['warehouse accept ventilation renamed-label:vzt01_temperature-tea-sani-C Graph_sm2_01.csv --dry-run'],
  run: accept,
};

async function accept(options: Options): Promise<number> {
  const [id, finding, path] = options.words as [string, string, string];
  const seeds = join(options.project, 'seeds');
  const datasource = requireDatasource(id, await loadConfiguration(seeds), ACCEPT);
  const file = { path, name: basename(path) };
  const accepted = await acceptFinding(seeds, file, datasource, finding, options.now, options.dryRun);
  process.stdout.write(
    options.json ? `${JSON.stringify({ written: !options.dryRun, ...accepted }, null, 2)}\n` : textOf(accepted),
  );
  return accepted.report.verdict === 'refused' ? EXIT_CODES.input : 0;
}

function textOf({ finding, changes, report }: Accepted): string {
  const diffs = changes.map(({ path, before, after }) => textDiff(`seeds/${path}`, before, after));
  const lines = [finding, ...report.findings].map((one, i) => (i === 0 ? '' : `  ${findingLine(one)}\n`));
  return `${diffs.join('')}with this the file is ${report.verdict}\n${lines.join('')}`;
}
