import { backfill } from '@sensor-warehouse/warehouse/backfill/backfill';
import { readOrder } from '@sensor-warehouse/warehouse/backfill/order';
import type { Plan } from '@sensor-warehouse/warehouse/backfill/plan';
import { PLAN_HEAD, planRows } from '@sensor-warehouse/warehouse/backfill/plan-rows';
import { openEmbedded, withEngine } from '@sensor-warehouse/warehouse/engines/engines';
import { BACKFILL_MODES, MAX_MONTHS } from '@sensor-warehouse/warehouse/layout/backfill-documents';
import type { NewVersion } from '@sensor-warehouse/warehouse/publish-parquet/publish-partitions';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { ACCEPT_CHURN } from '../options/accept-churn';
import { ENGINE, ENGINE_SHELL, engineOf } from '../options/engine-options';
import { PUBLISH_TO, withFailureLine } from '../options/publish-to';
import { dbtPython } from '../options/python';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { joinLines, printText } from '../terminal/print';
import { printFindings } from '../terminal/print-run';
import { report } from '../terminal/report';
import { tableLines } from '../terminal/table';
import { usage } from '../terminal/usage';

export const BACKFILL: Command = {
  name: 'backfill',
  usage: '--warehouse PLACE --from MONTH --to MONTH [options]',
  summary: 'recompute published months (missing, stale or all), or rebuild them from the raw copies',
  needsWarehouse: true,
  options: {
    from: { type: 'string', value: 'MONTH', help: 'first month, e.g. 2024-03' },
    to: { type: 'string', value: 'MONTH', help: 'last month, inclusive' },
    datasource: { type: 'string', value: 'ID', help: 'one source (default: all)' },
    mode: {
      type: 'string',
      default: 'stale',
      value: 'MODE',
      help: `${BACKFILL_MODES.join(', ')} (default: stale): see docs/operations.md`,
    },
    'max-months': {
      type: 'string',
      default: MAX_MONTHS,
      value: 'N',
      help: `refuse to recompute more (source, month) pairs than this (default: ${MAX_MONTHS})`,
    },
    'allow-fewer': { type: 'boolean', default: false, help: 'rebuild: a month may lose readings' },
    ...ACCEPT_CHURN,
    ...PUBLISH_TO,
    ...ENGINE,
  },
  examples: [
    'warehouse backfill --remote sm2drive=./drive --warehouse sm2drive:Warehouse --from 2024-01 --to 2024-06 --dry-run',
    'warehouse backfill --warehouse ./warehouse --from 2024-01 --to 2024-06 --mode rebuild --datasource indoor',
  ],
  run: runBackfill,
};

async function runBackfill(options: Options): Promise<number> {
  const open = engineOf(options);
  return withContext(options, async (context) => {
    const text = (name: string) => {
      const value = options.own[name];
      if (value === undefined) throw usage(`--${name} is missing`, BACKFILL);
      return String(value);
    };
    const order = readOrder(
      {
        from: text('from'),
        to: text('to'),
        mode: text('mode'),
        maxMonths: text('max-months'),
        datasource: options.own.datasource as string | undefined,
        allowFewer: options.own['allow-fewer'] === true,
      },
      context.configuration.datasources.map(({ id }) => id),
    );
    // A dry run only plans.
    return withEngine(context.dryRun ? openEmbedded : open, ENGINE_SHELL, async (engine) => {
      const { plan, published } = await backfill(context, dbtPython, engine, order);
      printFindings(await readRunRecord(context.work));
      if (options.json) printText(`${JSON.stringify({ plan, published: told(published) }, null, 2)}\n`);
      else printText(`${planTable(plan)}${ending(published, context.dryRun)}`);
      return published?.readersFailure === undefined ? 0 : report(published.readersFailure);
    });
  });
}

function told(published: NewVersion | undefined) {
  if (published === undefined) return undefined;
  const { pointer, rows, changed, dataset, readersFailure } = published;
  const { generation, public: newest } = pointer;
  return withFailureLine({ version: newest.version, generation, rows, changed, dataset, readersFailure });
}

function ending(published: NewVersion | undefined, dryRun: boolean): string {
  if (published !== undefined) return `dataset: ${published.dataset}\n`;
  return dryRun ? 'dry run: nothing was changed\n' : 'nothing was done\n';
}

/** What is rebuilt, and why, as a table for a terminal; below it what waits. */
function planTable(plan: Plan): string {
  const rows = planRows(plan);
  const notes = plan.waiting.map(
    ({ datasource, month, facts }) => `${datasource} ${month}: ${facts} facts wait for aggregate-publish`,
  );
  return joinLines([
    ...(rows.length === 0 ? ['no month needs to be recomputed'] : tableLines([PLAN_HEAD, ...rows], PLAN_HEAD.length)),
    ...notes,
  ]);
}
