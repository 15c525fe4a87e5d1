// Publishes a night that touches one month, over some years of history, in this process: nothing is uploaded. Arguments:
// `prepare` (makes the warehouse), `night` (everything) or `cumulative` (the two files that hold all hours alone), the
// number of years, the folder. Prints rows, seconds of processor time and the peak of memory.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { publicTable } from '@sensor-warehouse/warehouse/dataset/public-table';
import type { ChangedPartition } from '@sensor-warehouse/warehouse/layout/changed-partition';
import { EMPTY_POINTER, readPointer } from '@sensor-warehouse/warehouse/layout/pointer';
import { fetchHours } from '@sensor-warehouse/warehouse/partitions/partition-hours';
import { writeFlatFiles } from '@sensor-warehouse/warehouse/publish-parquet/flat-files';
import { publishPartitions } from '@sensor-warehouse/warehouse/publish-parquet/publish-partitions';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { Hours } from '@sensor-warehouse/warehouse/tables/hours';
import { digested, writeHours } from '@sensor-warehouse/warehouse/tables/partition-files';

const HOUR = 3_600_000;
const SENSORS = 30;
const KEYS = ['humidity_indoor', 'temp_indoor'];
const END = { year: 2024, month: 11 };

const [mode, years, folder] = process.argv.slice(2) as ['prepare' | 'night' | 'cumulative', string, string];

/** Hours of a month as 30 sensors of two quantities have them: values with two decimals, means of sixty readings. */
function hoursOfMonth(month: string, locations: readonly string[], shift: number): Hours {
  const from = Date.parse(`${month}-01T00:00:00Z`);
  const [year, number] = month.split('-').map(Number) as [number, number];
  const each = (Date.UTC(year, number, 1) - from) / HOUR;
  const count = each * locations.length * KEYS.length;
  const hours = {
    count,
    hour: new Float64Array(count),
    n: new Int32Array(count),
    sum: new Float64Array(count),
    min: new Float64Array(count),
    max: new Float64Array(count),
    flagged: new Int32Array(count),
  };
  const segments: Hours['segments'][number][] = [];
  let [out, state] = [0, from % 2147483647];
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (const location of locations) {
    for (const dataKey of KEYS) {
      const start = out;
      for (let hour = 0; hour < each; hour++, out++) {
        const least = Math.round(100 * (20 + 4 * Math.sin((from / HOUR + hour) / 24) + 3 * random())) / 100;
        hours.hour[out] = from + hour * HOUR;
        hours.n[out] = 60;
        hours.min[out] = least;
        hours.max[out] = Math.round(100 * (least + random())) / 100;
        hours.sum[out] = Math.round(6000 * (least + 0.4 + shift)) / 100;
      }
      segments.push({ location, source: 'indoor', measurement: 'nonadditive', dataKey, start, end: out });
    }
  }
  return { ...hours, segments };
}

async function partition(context: Context, month: string, shift: number): Promise<ChangedPartition> {
  const locations = [...context.configuration.publicNames.keys()].sort().slice(0, SENSORS);
  const hours = hoursOfMonth(month, locations, shift);
  const localAggregates = join(context.work, `${month}.parquet`);
  await writeHours(localAggregates, hours);
  const { sha256, bytes } = await digested(localAggregates);
  const name = `${month}.${sha256.slice(0, 8)}.parquet`;
  return {
    datasource: 'indoor',
    month,
    revision: shift === 0 ? 1 : 2,
    archive: {
      path: `archive/indoor/${month}.r1-00000000.parquet`,
      sha256: '0'.repeat(64),
      bytes: 1,
      rows: 60 * hours.count,
    },
    aggregates: { path: `aggregates/indoor/${name}`, sha256, bytes, rows: hours.count },
    localAggregates,
    rowsBefore: 0,
    complete: true,
    facts: 1,
    rules: '0000000000000000',
  };
}

const months = Array.from({ length: 12 * Number(years) }, (_, back) =>
  new Date(Date.UTC(END.year, END.month - 1 - back, 1)).toISOString().slice(0, 7),
).reverse();

const work = join(folder, 'work');
await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
await mkdir(join(folder, 'warehouse'), { recursive: true });
const { work: _, ...options } = readOptions([
  'run',
  ...['--warehouse', join(folder, 'warehouse'), '--remote', `sm2drive=${folder}`, '--now', '2024-12-15T00:00:00Z'],
]);
const context = await contextOfOptions({ ...options, work }, work);
const publication = { consumed: {}, mayShrink: true, dbt: { left: undefined }, cause: 'night' } as const;

/** Lays the files of a version into the warehouse as a publication would. */
async function prepare(): Promise<void> {
  const partitions: ChangedPartition[] = [];
  for (const month of months) partitions.push(await partition(context, month, 0));
  // Nobody reads the archive here.
  const archive = join(work, 'archive');
  await writeFile(archive, '.');
  for (const one of partitions) await context.warehouse.upload(archive, one.archive.path);
  await publishPartitions(context, { ...publication, before: EMPTY_POINTER, textBefore: undefined, partitions });
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function night(): Promise<number> {
  const { pointer, text } = await readPointer(context.warehouse);
  const changed = await partition(context, months.at(-1)!, 0.01);
  if (mode === 'night') {
    const started = cpu();
    const dry = { ...context, dryRun: true, acceptsChurn: true };
    await publishPartitions(dry, { ...publication, before: pointer, textBefore: text, partitions: [changed] });
    return cpu() - started;
  }
  const partitions = pointer.partitions.map((one) => (one.month === changed.month ? changed : one));
  const hours = await fetchHours(context, partitions, [changed]);
  const table = publicTable([...hours.values()], [], context.configuration.publicNames);
  const started = cpu();
  await writeFlatFiles(work, table, context.configuration, false);
  return cpu() - started;
}

if (mode === 'prepare') await prepare();
else {
  const seconds = await night();
  process.stdout.write(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
