// Makes the past again in this process, window by window, and prints the peak of memory after each. Arguments: the mode,
// the engine, then the options of `warehouse run`. Nothing is published: what is made is what is there.

import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { makeWindow } from '@sensor-warehouse/warehouse/backfill/make-window';
import { planBackfill } from '@sensor-warehouse/warehouse/backfill/plan';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import type { BackfillMode } from '@sensor-warehouse/warehouse/layout/backfill-documents';
import { readPointer } from '@sensor-warehouse/warehouse/layout/pointer';
import type { EngineName } from './programs';

const [mode, name, ...options] = process.argv.slice(2) as [BackfillMode, EngineName, ...string[]];
const { work, ...rest } = readOptions(['run', ...options]);
const context = await contextOfOptions({ ...rest, work }, work!);
const { pointer } = await readPointer(context.warehouse);
const order = { from: '2000-01', to: '2099-12', datasource: 'indoor', mode, maxMonths: 9999, allowFewer: false };
const { windows } = await planBackfill(context, pointer, order);
const engine = name === 'influxdb' ? await openInfluxEngine({ address: undefined, say: context.say }) : EMBEDDED;
const peaks: { readonly month: string; readonly peakBytes: number; readonly changed: number }[] = [];
for (const window of windows) {
  const made = await makeWindow(
    context,
    { remake: stagesAgain(async () => process.env.DBT_PYTHON!), engine },
    pointer,
    window,
    false,
  );
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  for (const { month } of window.months) peaks.push({ month, peakBytes, changed: made.partitions.length });
}
await engine.close();
process.stdout.write(JSON.stringify(peaks));
