import { type Removable, sweep } from '@sensor-warehouse/warehouse/upkeep/sweep';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { joinLines, printText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const SWEEP: Command = {
  name: 'sweep',
  usage: '--warehouse PLACE [--yes]',
  summary: 'list what nothing refers to any more; remove it with --yes',
  needsWarehouse: true,
  options: {
    'keep-revisions': {
      type: 'string',
      default: '2',
      value: 'N',
      help: 'revisions of a month to keep, including the published one (default: 2)',
    },
    yes: { type: 'boolean', default: false, help: 'remove what is listed' },
  },
  examples: [
    'warehouse sweep --remote sm2drive=./drive --warehouse sm2drive:Warehouse',
    'warehouse sweep --warehouse ./warehouse --keep-revisions 3 --yes',
  ],
  run: runSweep,
};

async function runSweep(options: Options): Promise<number> {
  const keep = String(options.own['keep-revisions']);
  if (!/^[1-9]\d{0,3}$/.test(keep)) throw usage('--keep-revisions is not a number from 1 to 9999', SWEEP);
  return withContext(options, async (opened) => {
    const context = { ...opened, dryRun: opened.dryRun || options.own.yes !== true };
    const removable = await sweep(context, Number(keep));
    const bytes = removable.reduce((total, one) => total + (one.bytes ?? 0), 0);
    const done = context.dryRun ? 'would be removed' : 'removed';
    printText(
      options.json
        ? `${JSON.stringify({ removed: !context.dryRun, bytes, files: removable }, null, 2)}\n`
        : joinLines([...removable.map(line), `${removable.length} files, ${bytes} bytes ${done}`]),
    );
    return 0;
  });
}

function line({ path, bytes, reason }: Removable): string {
  return `${String(bytes ?? '?').padStart(12)}  ${reason.padEnd(23)}  ${path}`;
}
