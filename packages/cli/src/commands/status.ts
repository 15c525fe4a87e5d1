import { readStatus } from '@sensor-warehouse/warehouse/upkeep/status';
import { placeOptions } from '../options/place-options';
import { statusJson, statusText } from '../options/status-text';
import { withContext } from '../options/work-folder';
import type { Command } from '../terminal/command';
import { printText } from '../terminal/print';

export const STATUS: Command = {
  name: 'status',
  usage: '--warehouse PLACE',
  summary: 'show what is published, waiting, held or refused, and what to do about it',
  needsWarehouse: true,
  examples: ['warehouse status --remote sm2drive=./drive --warehouse sm2drive:Warehouse'],
  run: (options) =>
    withContext(options, async (context) => {
      const status = await readStatus(context);
      printText(
        options.json
          ? `${JSON.stringify(statusJson(status), null, 2)}\n`
          : statusText(status, context.warehouse.name, placeOptions(options)),
      );
      return 0;
    }),
};
