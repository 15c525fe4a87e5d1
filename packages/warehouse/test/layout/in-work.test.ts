import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { inWork } from '@sensor-warehouse/warehouse/run/in-work';
import { expect, test } from 'vitest';

const WORK = '/tmp/some/work';

test.each([[['run.json']], [['known', 'archive/indoor/2024-10.parquet']], [['..named']], [[]]])(
  'a path within the work folder is resolved: %j',
  (parts) => {
    expect(inWork(WORK, ...parts)).toBe(join(WORK, ...parts));
  },
);

test.each([
  [['..']],
  [['known', '../../victim']],
  [['rebuild', 'indoor_2024-10-/../../..victim/..']],
  [['a', '..', 'b']],
  [['/etc/passwd']],
  [['a\u0000b']],
])('no path leads out of it, not even by way of a folder within: %j', (parts) => {
  expect(() => inWork(WORK, ...parts)).toThrow(Failure);
});
