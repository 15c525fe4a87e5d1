import { join } from 'node:path';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { rememberExports } from '@sensor-warehouse/warehouse/onboarding/learn';
import { requireExports } from '../options/named-exports';
import { requireDatasource } from '../options/require-datasource';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { textDiff } from '../terminal/text-diff';
import { usage } from '../terminal/usage';

export const CONTRACT: Command = {
  name: 'contract',
  usage: 'DATASOURCE FILE…',
  summary: 'remember the headers and the usual numbers of good exports',
  needsWarehouse: false,
  words: { name: 'DATASOURCE and FILE', least: 2, most: Number.POSITIVE_INFINITY },
  examples: ['warehouse contract ventilation Graph_sm2_01.csv Graph_sm2_02.csv --dry-run'],
  run: makeContract,
};

async function makeContract(options: Options): Promise<number> {
  const [id, ...paths] = options.words;
  const seeds = join(options.project, 'seeds');
  const configuration = await loadConfiguration(seeds);
  const datasource = requireDatasource(id!, configuration, CONTRACT);
  const exports = await requireExports(paths, [datasource], 'contract');
  if (exports.length === 0) throw usage('contract needs files', CONTRACT);
  const change = await rememberExports(seeds, exports, datasource, options.now, options.dryRun);
  const diff = textDiff(`seeds/${change.path}`, change.before, change.after);
  printText(
    options.json
      ? `${JSON.stringify({ written: !options.dryRun, ...change }, null, 2)}\n`
      : diff === ''
        ? 'the contract already has this\n'
        : diff,
  );
  return 0;
}
