// Writes the first window of the indoor source into InfluxDB and asks for its hours, some rounds long, each in a bucket of
// its own; prints how long both took, and how many hours are other ones than the embedded engine's. Arguments: the options
// of `warehouse run`.

import { openContext } from '@sensor-warehouse/cli/open-context';
import { readOptions } from '@sensor-warehouse/cli/options';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import { PATIENCE } from '@sensor-warehouse/influx/patience';
import { withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { windowAggregates } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import { EMBEDDED, type MonthOfReadings } from '@sensor-warehouse/warehouse/aggregate/engine';
import { HOUR, type Hours } from '@sensor-warehouse/warehouse/aggregate/hours';
import { startReply } from '@sensor-warehouse/warehouse/aggregate/influx-reply';
import { keyName, seriesOfWindow } from '@sensor-warehouse/warehouse/aggregate/influx-series';
import { fetchArchive } from '@sensor-warehouse/warehouse/aggregate/make-partition';
import { readPointer } from '@sensor-warehouse/warehouse/pointer';

const ROUNDS = 3;
const SOURCE = 'indoor';

/** Hours that differ in any of their numbers. */
function differentHours(ours: readonly Hours[], theirs: readonly Hours[]): number {
  let different = 0;
  for (const [month, { count, hour, n, sum, min, max }] of ours.entries()) {
    const other = theirs[month]!;
    different += Math.abs(count - other.count);
    for (let row = 0; row < count; row++) {
      const columns = [hour, n, sum, min, max] as const;
      const others = [other.hour, other.n, other.sum, other.min, other.max] as const;
      if (columns.some((column, index) => !Object.is(column[row], others[index]![row]))) different++;
    }
  }
  return different;
}

const options = readOptions(['run', ...process.argv.slice(2)]);
const context = await openContext(options, options.work!);
const { pointer } = await readPointer(context.warehouse);
const partitions = pointer.partitions.filter(({ datasource }) => datasource === SOURCE);
const months: MonthOfReadings[] = [];
for (const { month, archive } of partitions.slice(0, context.windowMonths)) {
  const readings = await fetchArchive(context, archive);
  months.push({ month, readings, flags: new Int32Array(readings.time.length) });
}
const embedded = await EMBEDDED.hours(SOURCE, months);
const names = new Map<string, string>();
for (const { readings } of months)
  for (const segment of readings.segments) names.set(keyName(segment), names.get(keyName(segment)) ?? `${names.size}`);
const span = { from: monthStart(months[0]!.month), to: monthStart(shiftMonth(months.at(-1)!.month, 1)) };

const measured = { points: 0, writing: [] as number[], asking: [] as number[], different: 0 };
const { server, stop } = await startLocalServer();
for (let round = 1; round <= ROUNDS; round++) {
  await withScratchBucket(server, async ({ name: bucket }) => {
    const started = performance.now();
    const key = (name: string) => ({ measurement: 'readings', tags: { series: name } });
    const series = seriesOfWindow(months, (segment) => key(names.get(keyName(segment))!));
    measured.points = await writePoints(server, bucket, series);
    const written = performance.now();
    const reply = startReply(server, months, names, HOUR);
    const selection = { bucket, measurement: 'readings', tag: 'series', ...span };
    await windowAggregates(server, selection, HOUR, reply.take, PATIENCE);
    const hours = reply.hours();
    measured.writing.push((written - started) / 1000);
    measured.asking.push((performance.now() - written) / 1000);
    measured.different += differentHours(embedded, hours);
  });
}
await stop();
process.stdout.write(JSON.stringify(measured));
