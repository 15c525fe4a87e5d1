import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Engine } from '@sensor-warehouse/warehouse/engines/engine';
import { openEmbedded, withEngine } from '@sensor-warehouse/warehouse/engines/engines';
import { INGESTED } from '@sensor-warehouse/warehouse/ingest/ingested';
import { incompleteFailure, type Undelivered } from '@sensor-warehouse/warehouse/layout/undelivered';
import type { Published } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { findHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import * as stages from '@sensor-warehouse/warehouse/stages';
import { ACCEPT_CHURN } from '../options/accept-churn';
import { ENGINE, ENGINE_SHELL, engineOf } from '../options/engine-options';
import { PUBLISH_TO, withFailureLine } from '../options/publish-to';
import { runAll } from '../options/run-stages';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText } from '../terminal/print';
import { printFindings, stageTable } from '../terminal/print-run';
import { report } from '../terminal/report';

export const RUN: Command = {
  name: 'run',
  usage: '--warehouse PLACE [options]',
  summary: 'refresh, then aggregate and publish',
  needsWarehouse: true,
  options: { ...ACCEPT_CHURN, ...PUBLISH_TO, ...ENGINE },
  examples: [
    'warehouse run --remote sm2drive=./drive --warehouse sm2drive:Warehouse',
    'warehouse run --remote sm2drive=./drive --warehouse ./warehouse --dry-run',
    'warehouse run --warehouse ./warehouse --engine influxdb --influx-url http://localhost:8086 --influx-org home',
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
  options: { ...ACCEPT_CHURN, ...PUBLISH_TO, ...ENGINE },
  examples: ['warehouse aggregate-publish --remote sm2drive=./drive --warehouse sm2drive:Warehouse'],
  run: runStages,
};

async function runStages(options: Options): Promise<number> {
  const { command, dryRun } = options;
  const open = command === 'refresh' ? openEmbedded : engineOf(options);
  const publishes = command !== 'refresh' && !(dryRun && command === 'run');
  return withContext(options, (context) =>
    // An unusable server is reported before anything is done.
    publishes
      ? withEngine(open, ENGINE_SHELL, (engine) => runIn(context, options, engine))
      : runIn(context, options, undefined),
  );
}

/** @param engine undefined if nothing is to be published */
async function runIn(
  context: Context,
  { command, json, dryRun }: Options,
  engine: Engine | undefined,
): Promise<number> {
  try {
    const failures: Failure[] = [];
    let published: Published | undefined;
    // A refused upload never holds back what other sources have waiting.
    if (command !== 'aggregate-publish')
      await runAll(stages.REFRESH_STAGES, context).catch((error: unknown) => failures.push(onlyInput(error)));
    if (engine !== undefined)
      published = (await runAll(stages.AGGREGATE_AND_PUBLISH, context, engine))['publish-parquet'];
    const record = await readRunRecord(context.work);
    printFindings(record);
    const told = published === undefined ? undefined : withFailureLine(published);
    if (json) printText(`${JSON.stringify({ stages: record.stages, published: told }, null, 2)}\n`);
    else
      printText(
        `${stageTable(record)}${published === undefined ? '' : `${releaseLine(published)}dataset: ${place(published)}\n`}`,
      );
    if (published?.readersFailure !== undefined) failures.push(published.readersFailure);
    // A dry run publishes nothing, and knows the secrets that are missing.
    const { held, undelivered } = published ?? {
      held: {},
      undelivered: command === 'run' ? await undeliveredIn(context.work) : {},
    };
    const incomplete = incompleteFailure(
      published === undefined ? 'ingest' : 'publish-parquet',
      held,
      undelivered,
      dryRun,
    );
    if (incomplete !== undefined) failures.push(incomplete);
    return failures.map(report).at(-1) ?? 0;
  } catch (error) {
    // Whatever stopped the run may stop this too, and is what must be reported.
    printFindings(await readRunRecord(context.work).catch(() => ({ stages: [] })));
    throw error;
  }
}

function releaseLine({ release }: Published): string {
  return release === undefined ? '' : `${release}\n`;
}

function place({ version, dataset }: Published): string {
  return version === '' ? 'nothing is published yet' : dataset;
}

function onlyInput(error: unknown): Failure {
  if (error instanceof Failure && error.details.class === 'input') return error;
  throw error;
}

async function undeliveredIn(work: string): Promise<Undelivered> {
  return (await findHandOver(work, INGESTED))?.undelivered ?? {};
}
