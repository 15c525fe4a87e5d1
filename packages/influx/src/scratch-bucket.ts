import { randomUUID } from 'node:crypto';
import { type Bucket, createBucket, dropBucket, listBuckets } from './buckets';
import type { ConnectedServer } from './connect';
import { PATIENCE, type Patience } from './patience';

const PREFIX = 'sensor-warehouse-scratch-';
/** No run takes a day; older buckets were left by killed runs. */
const ORPHAN_AFTER = 24 * 3_600_000;
/** A process that is being stopped does not wait long. */
const LAST_WORDS: Patience = { deadline: 3_000, first: 100, most: 500 };

/**
 * Creates a bucket without retention, and drops it whatever happens: it contains only our points, and none is too old
 * for it. If a signal stops the process, the bucket is dropped first; if the process is killed, a later run drops it.
 */
export async function withScratchBucket<T>(
  server: ConnectedServer,
  use: (bucket: Bucket) => Promise<T>,
  patience: Patience = PATIENCE,
): Promise<T> {
  const bucket = await createBucket(
    server,
    `${PREFIX}${randomUUID()}`,
    0,
    'of a run that is aggregating; dropped at its end',
    patience,
  );
  const stopped = (signal: NodeJS.Signals) => {
    const again = () => process.kill(process.pid, signal);
    dropBucket(server, bucket, LAST_WORDS).then(again, again);
  };
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  try {
    const result = await use(bucket);
    await dropBucket(server, bucket, patience);
    return result;
  } catch (error) {
    // Why it failed is what counts; what stays behind is swept by a later run.
    await dropBucket(server, bucket, LAST_WORDS).catch(() => {});
    throw error;
  } finally {
    process.off('SIGINT', stopped).off('SIGTERM', stopped);
  }
}

/**
 * Drops the scratch buckets that killed runs left behind, and returns how many. Their age distinguishes them from those of
 * other runs that are working now; the server's clock made it, and measures it.
 */
export async function sweepScratchBuckets(
  server: ConnectedServer,
  patience: Patience = PATIENCE,
  orphanAfter = ORPHAN_AFTER,
): Promise<number> {
  const { buckets, now } = await listBuckets(server, patience);
  const orphans = buckets.filter(({ name, createdAt }) => name.startsWith(PREFIX) && now - createdAt > orphanAfter);
  for (const orphan of orphans) await dropBucket(server, orphan, patience);
  return orphans.length;
}
