import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { POINTER_NAME, requireExpectedPointer } from '@sensor-warehouse/warehouse/layout/expected-pointer';
import { doubtsFailure, type Verified, verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { joinLines, printText, tellText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const VERIFY: Command = {
  name: 'verify',
  usage: '--warehouse PLACE [--every-byte] [--expected-pointer NAME]',
  summary: 'check that the warehouse matches its pointer and manifests',
  needsWarehouse: true,
  options: {
    'every-byte': { type: 'boolean', default: false, help: 'download everything and compare hashes, rows and hours' },
    'expected-pointer': {
      type: 'string',
      value: 'NAME',
      help: 'the last published pointer, as the summary of its run shows it',
    },
  },
  examples: [
    'warehouse verify --remote sm2drive=./drive --warehouse sm2drive:Warehouse',
    'warehouse verify --warehouse ./warehouse --every-byte',
  ],
  run: (options) =>
    withContext(options, async (context) => {
      const expected = options.own['expected-pointer'];
      if (expected !== undefined) {
        if (!POINTER_NAME.test(String(expected))) throw usage('--expected-pointer is not GENERATION-SHA256', VERIFY);
        await requireExpectedPointer(context.warehouse, String(expected));
      }
      const verified = await verify(context, options.own['every-byte'] === true);
      printVerified(verified, options);
      const isWhole = verified.findings.every(({ severity }) => severity === 'info');
      if (!isWhole) throw doubtsFailure(context.warehouse.name, verified.findings);
      return 0;
    }),
};

/** Prints the checks to standard output and every doubt to standard error. */
export function printVerified({ generation, checks, findings }: Verified, { json }: Options): void {
  for (const finding of findings) tellText(`${findingLine(finding)}\n`);
  if (json) {
    printText(`${JSON.stringify({ generation, checks, findings }, null, 2)}\n`);
    return;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, checked, doubts }) =>
      `${name.padEnd(width)}  ${String(checked).padStart(6)} checked  ${String(doubts).padStart(4)} doubts`,
  );
  printText(joinLines([`generation ${generation}`, ...lines]));
}
