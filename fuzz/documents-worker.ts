import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { undisturbed } from '../test/support/damage-judge';
import { makeSmallWarehouse } from '../test/support/small-warehouse';
import { makeDocumentCase } from './document-cases';
import { judgeDocument } from './judge-document';
import type { Judged, Order } from './worker';

const { seed, from, before } = workerData as Order;
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const drive = join(folder, 'inside', 'drive');
mkdirSync(join(folder, 'outside'));
writeFileSync(join(folder, 'outside', 'victim'), 'whoever changes this leads out of the warehouse');
await makeSmallWarehouse(drive);
const whole = await undisturbed(drive);
const documents = Object.keys(whole.tree)
  .filter((path) => path.endsWith('.json') && !path.startsWith('public/versions/'))
  .map((path) => ({ path, bytes: readFileSync(join(drive, 'Warehouse', path)) }));
for (let number = from; number < before; number++) {
  const one = makeDocumentCase(seed, number, documents);
  const judgement = await judgeDocument(one, whole, folder);
  parentPort!.postMessage({ number, changes: one.changes, name: one.path, judgement } satisfies Judged);
}
rmSync(folder, { recursive: true, force: true });
