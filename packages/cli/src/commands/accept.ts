import { basename, join } from 'node:path';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { findingLineFor, type NamedSo } from '@sensor-warehouse/model/findings/finding-text';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { requireFiles } from '@sensor-warehouse/storage/local-file';
import { type Accepted, acceptFindings } from '@sensor-warehouse/warehouse/onboarding/accept';
import { namedSo } from '../options/named-exports';
import { requireDatasource } from '../options/require-datasource';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { textDiff } from '../terminal/text-diff';

export const ACCEPT: Command = {
  name: 'accept',
  usage: 'DATASOURCE FINDING… FILE',
  summary: 'accept findings about an export: make the seed edits that they name',
  needsWarehouse: false,
  words: { name: 'DATASOURCE, FINDING and FILE', least: 3, most: Number.POSITIVE_INFINITY },
  examples: [
    'warehouse accept ventilation renamed-label:vzt01_temperature-tea-sani-C Graph_sm2_01.csv --dry-run',
    'warehouse accept ventilation renamed-label:timestamp renamed-label:temperature_celsius Graph_sm2_01.csv',
  ],
  run: accept,
};

async function accept(options: Options): Promise<number> {
  const [id, ...ids] = options.words;
  const path = ids.pop()!;
  const seeds = join(options.project, 'seeds');
  const datasource = requireDatasource(id!, await loadConfiguration(seeds), ACCEPT);
  await requireFiles([path], 'accept', 'nothing was changed');
  const file = { path, name: basename(path) };
  const accepted = await acceptFindings(seeds, file, datasource, ids, options);
  printText(
    options.json
      ? `${JSON.stringify({ written: !options.dryRun, ...accepted }, null, 2)}\n`
      : textOf(accepted, namedSo(path, options)),
  );
  return accepted.report.verdict === 'refused' ? EXIT_CODES.input : 0;
}

function textOf({ changes, report }: Accepted, named: NamedSo): string {
  const diffs = changes.map(({ path, before, after }) => textDiff(`seeds/${path}`, before, after));
  const lines = report.findings.map((one) => `  ${findingLineFor(one, named)}\n`);
  return `${diffs.join('')}with these edits the file is ${report.verdict}\n${lines.join('')}`;
}
