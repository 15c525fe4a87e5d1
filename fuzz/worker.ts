import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { makeCase, realExports } from './cases';
import { type Judgement, judge } from './judge';

/** What the worker is given. */
export interface Order {
  readonly seed: string;
  /** The first case, and the one to stop before. */
  readonly from: number;
  readonly before: number;
}

/** What it says after each case. */
export interface Judged {
  readonly number: number;
  readonly changes: readonly string[];
  readonly name: string;
  readonly judgement: Judgement;
}

const { seed, from, before } = workerData as Order;
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const exports = realExports(await loadConfiguration('seeds'));
for (let number = from; number < before; number++) {
  const one = makeCase(seed, number, exports);
  const judgement = await judge(one, join(folder, 'upload'), readExport);
  parentPort!.postMessage({ number, changes: one.changes, name: one.name, judgement } satisfies Judged);
}
rmSync(folder, { recursive: true, force: true });
