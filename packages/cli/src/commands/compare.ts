import { join } from 'node:path';
import { EXIT_CODES } from '@sensor-warehouse/model/findings/failure';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { compareDatasets } from '@sensor-warehouse/warehouse/moving-in/compare-datasets';
import { gridsOf } from '@sensor-warehouse/warehouse/moving-in/hour-grid';
import { possibleRules } from '@sensor-warehouse/warehouse/moving-in/label-rules';
import { readSide } from '@sensor-warehouse/warehouse/moving-in/read-side';
import type { Command, Options } from '../terminal/command';
import { comparisonJson, comparisonText, isExplained, isSame } from '../terminal/comparison-text';
import { printText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const COMPARE: Command = {
  name: 'compare',
  usage: 'OLD NEW',
  summary: 'list hours that are missing, extra, different or shifted between two datasets',
  needsWarehouse: false,
  words: { name: 'datasets', least: 2, most: 2 },
  options: {
    month: { type: 'string', multiple: true, value: 'YYYY-MM', help: 'show only this UTC month (may be repeated)' },
    'accept-rule': {
      type: 'boolean',
      help: 'exit with code 0 if one rule for the old labels explains every hour',
    },
  },
  examples: [
    'warehouse compare sm2_public_dataset.parquet ./drive/Warehouse/public',
    'warehouse compare ./Normalized ./drive/Warehouse --month 2024-10 --accept-rule',
  ],
  run: compare,
};

async function compare(options: Options): Promise<number> {
  const months = new Set((options.own.month as readonly string[] | undefined) ?? []);
  const wrong = [...months].find((month) => !/^\d{4}-(0[1-9]|1[0-2])$/.test(month));
  if (wrong !== undefined) throw usage('--month needs a month such as 2024-10', COMPARE);
  const { publicNames, localZone, datasources } = await loadConfiguration(join(options.project, 'seeds'));
  const [old, now] = await Promise.all(
    options.words.map(async (path) => ({ path, table: gridsOf(await readSide(path), publicNames) })),
  );
  const rules = possibleRules([localZone, ...datasources.map(({ timezone }) => timezone)]);
  const all = compareDatasets(old!.table, now!.table, rules);
  const groups = months.size === 0 ? all.groups : all.groups.filter(({ month }) => months.has(month));
  const compared = { ...all, groups };
  printText(
    options.json
      ? `${JSON.stringify(comparisonJson(old!, now!, compared), null, 2)}\n`
      : comparisonText(old!, now!, compared),
  );
  // Two empty sides, or a month that neither has, prove nothing.
  if (groups.length === 0) return EXIT_CODES.input;
  const accepted = options.own['accept-rule'] === true && isExplained(compared);
  return accepted || groups.every(isSame) ? 0 : EXIT_CODES.input;
}
