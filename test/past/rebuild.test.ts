import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { rebuildWindow } from '@sensor-warehouse/warehouse/backfill/rebuild';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { type Pointer, readPointer } from '@sensor-warehouse/warehouse/layout/pointer';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { openNight } from '../support/made-night';

const { DBT_PYTHON } = process.env;

describe.skipIf(!DBT_PYTHON)('the real exports, handed over in two nights', () => {
  let building: Building;
  let night: Context;
  let pointer: Pointer;

  beforeAll(async () => {
    building = await newBuilding();
    const examples = join(root, 'examples', 'sm2');
    const bring = (fits: RegExp) =>
      cp(examples, building.drive, {
        recursive: true,
        preserveTimestamps: true,
        filter: (path) => !path.endsWith('.csv') || fits.test(path),
      });
    for (const delivery of [/_20241031\.csv$|sm2_0[14]/, /_2024110.*\.csv$|sm2_0[2578]/]) {
      await bring(delivery);
      const { code, stderr } = await building.run('run');
      if (code !== 0) throw new Error(stderr);
    }
    night = await openNight(building);
    ({ pointer } = await readPointer(night.warehouse));
  });
  afterAll(() => building.remove());

  test.each(['indoor', 'ventilation'])(
    'with unchanged code and seeds a rebuild of %s gives every partition the bytes that it has',
    async (datasource) => {
      const before = pointer.partitions.filter((one) => one.datasource === datasource);
      const months = before.map(({ month }) => month);
      expect(months.length).toBeGreaterThan(1);
      const { partitions } = await rebuildWindow(
        night,
        { remake: stagesAgain(async () => DBT_PYTHON!), engine: EMBEDDED },
        pointer,
        {
          datasource,
          months,
        },
      );
      const files = (all: readonly Pick<(typeof before)[number], 'month' | 'revision' | 'archive' | 'aggregates'>[]) =>
        all.map(({ month, revision, archive, aggregates }) => ({ month, revision, archive, aggregates }));
      expect(files(partitions)).toEqual(files(before));
    },
  );
});
