// Runs some stages in this process, and prints what they recorded and the peak of memory. Arguments: names of stages
// with commas between, then the options of `warehouse run`. The stage `levels` writes hourly, daily and weekly CSVs of
// what influx-aggregate made, as publish-parquet does.

import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { runAll } from '@sensor-warehouse/cli/options/run-stages';
import { AGGREGATED } from '@sensor-warehouse/warehouse/influx-aggregate/aggregated';
import { EMPTY_POINTER } from '@sensor-warehouse/warehouse/layout/pointer';
import { writeNormalized } from '@sensor-warehouse/warehouse/publish-parquet/normalized';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { readHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import type { StageName } from '@sensor-warehouse/warehouse/stages';
import { readHours } from '@sensor-warehouse/warehouse/tables/partition-files';

async function writeLevels(context: Context): Promise<{ readonly stage: 'levels'; readonly seconds: number }> {
  const started = performance.now();
  const { partitions } = await readHandOver(context.work, AGGREGATED, 'levels');
  const hours = new Map<(typeof partitions)[number], Awaited<ReturnType<typeof readHours>>>();
  for (const partition of partitions) hours.set(partition, await readHours(partition.localAggregates));
  await writeNormalized(context, hours, partitions, EMPTY_POINTER, 1);
  return { stage: 'levels', seconds: (performance.now() - started) / 1000 };
}

const [names, ...options] = process.argv.slice(2) as [string, ...string[]];
const { work, ...rest } = readOptions(['run', ...options]);
const context = await contextOfOptions({ ...rest, work }, work!);
const before = (await readRunRecord(work!)).stages.length;
const wanted = names.split(',');
await runAll(wanted.filter((name) => name !== 'levels') as StageName[], context);
const levels = wanted.includes('levels') ? [await writeLevels(context)] : [];
const { stages } = await readRunRecord(work!);
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ stages: [...stages.slice(before), ...levels], peakBytes }));
