import { Failure } from '@sensor-warehouse/model/failure';
import { printable, quoted } from '@sensor-warehouse/model/finding';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/aggregate/engine';
import type { Context } from '@sensor-warehouse/warehouse/context';
import type { Published } from '@sensor-warehouse/warehouse/publish/publish-parquet';
import { readRunRecord } from '@sensor-warehouse/warehouse/run-record';
import * as stages from '@sensor-warehouse/warehouse/stages';
import type { Command, Options, OwnOption } from '../command';
import { printFindings, stageTable } from '../print-run';
import { report } from '../report';
import { runAll } from '../run-stages';
import { usage } from '../usage';
import { withContext } from '../work-folder';

export const ENGINE: Readonly<Record<string, OwnOption>> = {
  engine: { type: 'string', default: 'embedded', value: 'NAME', help: 'embedded (the default: no server)' },
};

export const RUN: Command = {
  name: 'run',
  usage: '--warehouse PLACE [options]',
  summary: 'refresh, then aggregate and publish',
  needsWarehouse: true,
  options: ENGINE,
  examples: [
    'warehouse run --remote sm2drive=./drive --warehouse sm2drive:Warehouse',
    'warehouse run --remote sm2drive=./drive --warehouse ./warehouse --dry-run',
  ],
  run: runStages,
};

export const REFRESH: Command = {
  name: 'refresh',
  usage: '--warehouse PLACE [options]',
  summary: 'uploads → facts, waiting in the warehouse',
  needsWarehouse: true,
  examples: ['warehouse refresh --remote sm2drive=./drive --warehouse sm2drive:Warehouse'],
  run: runStages,
};

export const AGGREGATE_PUBLISH: Command = {
  name: 'aggregate-publish',
  usage: '--warehouse PLACE [options]',
  summary: 'waiting facts → archive and dataset',
  needsWarehouse: true,
  options: ENGINE,
  examples: ['warehouse aggregate-publish --remote sm2drive=./drive --warehouse sm2drive:Warehouse'],
  run: runStages,
};

async function runStages(options: Options): Promise<number> {
  const engine = engineOf(options);
  return withContext(options, async (context) => {
    try {
      const failures: Failure[] = [];
      let published: Published | undefined;
      if (options.command !== 'aggregate-publish') {
        await runAll(stages.REFRESH, context).catch((error: unknown) => failures.push(onlyInput(error)));
      }
      // A refused upload never holds back what other sources have waiting.
      if (options.command !== 'refresh' && !(options.dryRun && options.command === 'run')) {
        published = await aggregateAndPublish(context, engine);
      }
      const record = await readRunRecord(context.work);
      printFindings(record);
      if (options.json) process.stdout.write(`${JSON.stringify({ stages: record.stages, published }, null, 2)}\n`);
      else
        process.stdout.write(`${stageTable(record)}${published === undefined ? '' : `dataset: ${place(published)}\n`}`);
      if (published !== undefined && Object.keys(published.held).length > 0)
        failures.push(heldFailure(published, options.dryRun));
      return failures.map(report).at(-1) ?? 0;
    } catch (error) {
      printFindings(await readRunRecord(context.work));
      throw error;
    }
  });
}

export function engineOf({ own }: Options): Engine {
  if (own.engine === undefined || own.engine === 'embedded') return EMBEDDED;
  throw usage(`there is no engine ${printable(String(own.engine))} here`);
}

async function aggregateAndPublish(context: Context, engine: Engine): Promise<Published> {
  try {
    return (await runAll(stages.AGGREGATE_AND_PUBLISH, context, engine)) as Published;
  } finally {
    await engine.close();
  }
}

function place({ version, dataset }: Published): string {
  return version === '' ? 'nothing is published yet' : dataset;
}

function onlyInput(error: unknown): Failure {
  if (error instanceof Failure && error.details.class === 'input') return error;
  throw error;
}

function heldFailure({ held }: Published, dryRun: boolean): Failure {
  const names = Object.entries(held).map(([id, reasons]) => `${id} (${reasons.join(', ')})`);
  return new Failure({
    stage: 'publish-parquet',
    what: `sources are held: ${names.join('; ')}`,
    consequence: dryRun
      ? 'nothing was changed, this was a dry run'
      : `everything was published without ${Object.keys(held).map(quoted).join(', ')}`,
    fix: 'correct or replace what is named, then run again',
    class: 'input',
    code: 'source-held',
  });
}
