import type { ConnectedServer } from './connect';
import { refused } from './failures';
import { failureOfReply, isListOf, isObject, jsonOf, PATIENCE, type Patience, request } from './patience';

export interface Bucket {
  readonly id: string;
  readonly name: string;
  /** Seconds after which points are dropped; 0 is never. */
  readonly retention: number;
  /** By the server's clock. */
  readonly createdAt: number;
}

interface BucketReply {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly retentionRules: readonly { readonly everySeconds: number }[];
}

interface BucketsReply {
  readonly buckets?: readonly BucketReply[];
}

/** A list that never ends is not accepted. */
const MOST_BUCKETS = 100_000;

const isBucket = (one: Partial<BucketReply>) =>
  isListOf([one], 'id', 'name', 'createdAt') &&
  Array.isArray(one.retentionRules) &&
  one.retentionRules.every((rule: unknown) => isObject(rule) && typeof rule.everySeconds === 'number');

const areBuckets = ({ buckets }: BucketsReply) => isListOf(buckets, 'id') && (buckets ?? []).every(isBucket);

const toBucket = ({ id, name, createdAt, retentionRules }: BucketReply): Bucket => ({
  id,
  name,
  createdAt: Date.parse(createdAt),
  retention: retentionRules[0]?.everySeconds ?? 0,
});

/** @param seconds retention; 0 is forever */
export async function createBucket(
  server: ConnectedServer,
  name: string,
  seconds: number,
  description: string,
  patience: Patience = PATIENCE,
): Promise<Bucket> {
  const body = { orgID: server.orgId, name, description, retentionRules: [{ type: 'expire', everySeconds: seconds }] };
  const asked = { method: 'POST', path: '/api/v2/buckets', body } as const;
  const what = 'creating a bucket';
  const reply = await request(server, what, [201, 422], asked, patience);
  if (reply.status === 201) return toBucket(jsonOf<BucketReply>(server, what, reply, isBucket));
  // Names are ours alone, so one that is there was made by an attempt whose reply was lost.
  const there = await findBucket(server, name, patience);
  if (there !== undefined) return there;
  throw failureOfReply(server, what, reply);
}

export async function findBucket(
  server: ConnectedServer,
  name: string,
  patience: Patience = PATIENCE,
): Promise<Bucket | undefined> {
  const path = `/api/v2/buckets?${new URLSearchParams({ orgID: server.orgId, name })}`;
  const what = 'looking up a bucket';
  const reply = await request(server, what, [200, 404], { method: 'GET', path }, patience);
  if (reply.status === 404) return undefined;
  const { buckets = [] } = jsonOf<BucketsReply>(server, what, reply, areBuckets);
  const found = buckets.find((one) => one.name === name);
  return found && toBucket(found);
}

/** All buckets of the organisation, and the server's time. */
export async function listBuckets(
  server: ConnectedServer,
  patience: Patience = PATIENCE,
): Promise<{ readonly buckets: readonly Bucket[]; readonly now: number }> {
  const what = 'listing buckets';
  const buckets: Bucket[] = [];
  for (let after = ''; ; ) {
    const query = new URLSearchParams({ orgID: server.orgId, limit: '100', ...(after === '' ? {} : { after }) });
    const asked = { method: 'GET', path: `/api/v2/buckets?${query}` } as const;
    const reply = await request(server, what, [200], asked, patience);
    const page = jsonOf<BucketsReply>(server, what, reply, areBuckets).buckets ?? [];
    buckets.push(...page.map(toBucket));
    if (page.length < 100) return { buckets, now: Date.parse(String(reply.headers.date)) };
    if (buckets.length > MOST_BUCKETS) throw refused(server, what, `more than ${MOST_BUCKETS} buckets`);
    after = page.at(-1)!.id;
  }
}

/** Drops it with all its points; one that is gone is dropped already. */
export async function dropBucket(
  server: ConnectedServer,
  { id }: Pick<Bucket, 'id'>,
  patience: Patience = PATIENCE,
): Promise<void> {
  const asked = { method: 'DELETE', path: `/api/v2/buckets/${id}` } as const;
  await request(server, 'dropping a bucket', [204, 404], asked, patience);
}
