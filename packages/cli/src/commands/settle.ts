import type { Settlement } from '@sensor-warehouse/warehouse/layout/pointer';
import { settle } from '@sensor-warehouse/warehouse/upkeep/settle';
import { dbtPython } from '../options/python';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { usage } from '../terminal/usage';

const DECISION: NonNullable<Command['options']> = {
  reason: { type: 'string', value: 'TEXT', help: 'why, for people who ask later' },
  generation: { type: 'string', value: 'N', help: 'settle only this generation of facts (default: all waiting ones)' },
};

export const RELEASE: Command = {
  name: 'release',
  usage: 'DATASOURCE --warehouse PLACE --reason TEXT',
  summary: 'let held facts be published as they are',
  needsWarehouse: true,
  words: { name: 'DATASOURCE', least: 1, most: 1 },
  options: DECISION,
  examples: ['warehouse release indoor --warehouse ./warehouse --reason "the sensors were moved on purpose"'],
  run: (options) => decide(options, RELEASE, 'released'),
};

export const DISCARD: Command = {
  name: 'discard',
  usage: 'DATASOURCE --warehouse PLACE --reason TEXT',
  summary: 'skip waiting facts forever; their raw copies remain',
  needsWarehouse: true,
  words: { name: 'DATASOURCE', least: 1, most: 1 },
  options: DECISION,
  examples: ['warehouse discard indoor --warehouse ./warehouse --reason "exported from the wrong device" --dry-run'],
  run: (options) => decide(options, DISCARD, 'discarded'),
};

async function decide(options: Options, command: Command, verdict: Settlement['verdict']): Promise<number> {
  const { generation: number, reason } = options.own;
  if (number !== undefined && !/^[1-9]\d{0,5}$/.test(String(number)))
    throw usage('--generation is not the number of a generation', command);
  const only = number === undefined ? {} : { generation: Number(number) };
  const decision = { datasource: options.words[0]!, verdict, reason: String(reason ?? ''), ...only };
  return withContext(options, async (context) => {
    const settled = await settle(context, decision, dbtPython);
    const numbers = settled.settlements.map(({ generation }) => generation).join(', ');
    printText(
      options.json
        ? `${JSON.stringify(settled, null, 2)}\n`
        : `${context.dryRun ? 'would be ' : ''}${verdict}: ${settled.facts} facts of generation ${numbers}\n`,
    );
    return 0;
  });
}
