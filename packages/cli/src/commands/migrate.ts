import { type FormatCount, migrate } from '@sensor-warehouse/warehouse/upkeep/migrate';
import { withContext } from '../options/work-folder';
import type { Command } from '../terminal/command';
import { joinLines, printText } from '../terminal/print';

export const MIGRATE: Command = {
  name: 'migrate',
  usage: '--warehouse PLACE [--dry-run]',
  summary: 'rewrite documents that have an older format; --dry-run lists them',
  needsWarehouse: true,
  examples: [
    'warehouse migrate --remote sm2drive=./drive --warehouse sm2drive:Warehouse --dry-run',
    'warehouse migrate --warehouse ./warehouse',
  ],
  run: (options) =>
    withContext(options, async (context) => {
      const { formats, changes } = await migrate(context);
      if (options.json) {
        printText(`${JSON.stringify({ migrated: !context.dryRun, formats, changes }, null, 2)}\n`);
        return 0;
      }
      const told = changes.map(({ path, from, to, what }) => `${path}: format ${from} to ${to}: ${what.join('; ')}`);
      const done = context.dryRun ? 'would be changed' : 'changed';
      const ending = changes.length === 0 ? 'nothing to change' : `${changes.length} documents ${done}`;
      printText(joinLines([...formats.map(line), ...told, ending]));
      return 0;
    }),
};

function line({ kind, format, newest, files }: FormatCount): string {
  const found = format === undefined ? 'cannot be read' : `format ${format}`;
  return `${kind.padEnd(18)}  ${String(files).padStart(6)} files  ${found}, newest ${newest}`;
}
