import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { heal } from '@sensor-warehouse/warehouse/upkeep/heal';
import { doubtsFailure } from '@sensor-warehouse/warehouse/upkeep/verify';
import { dbtPython } from '../options/python';
import { withContext } from '../options/work-folder';
import type { Command } from '../terminal/command';
import { tellText } from '../terminal/print';
import { printVerified } from './verify';

export const HEAL: Command = {
  name: 'heal',
  usage: '--warehouse PLACE',
  summary: 'restore what is missing or damaged in the warehouse',
  needsWarehouse: true,
  examples: [
    'warehouse heal --remote sm2drive=./drive --warehouse sm2drive:Warehouse --dry-run',
    'warehouse heal --warehouse ./warehouse',
  ],
  run: (options) =>
    withContext(options, async (context) => {
      const { findings, verified } = await heal(context, dbtPython);
      for (const finding of findings) tellText(`${findingLine(finding)}\n`);
      printVerified(verified, options);
      if (context.dryRun) tellText('dry run: nothing was changed\n');
      const isWhole = verified.findings.every(({ severity }) => severity === 'info');
      if (!isWhole && !context.dryRun) throw doubtsFailure(context.warehouse.name, verified.findings);
      return 0;
    }),
};
