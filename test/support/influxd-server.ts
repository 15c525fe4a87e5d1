import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropBucket, findBucket, listBuckets } from '@sensor-warehouse/influx/buckets';
import { type ConnectedServer, connect } from '@sensor-warehouse/influx/connect';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';

const { INFLUX_URL, INFLUX_ORG, INFLUX_TOKEN, INFLUXD } = process.env;

/** Whether `npm test` found or built a server; without one its tests are left out. */
export const hasInflux = Boolean(INFLUX_URL || INFLUXD);

/** The real server of a test file. */
export interface TestServer {
  readonly server: ConnectedServer;
  /** Name of a bucket for live queries, which is dropped at the end: the server may be somebody's. */
  readonly live: string;
  stop(): Promise<void>;
}

/** The server that INFLUX_URL names, with INFLUX_ORG and INFLUX_TOKEN; else one of this test file's own. */
export async function openServer(): Promise<TestServer> {
  const live = `test-${randomUUID()}`;
  if (!INFLUX_URL) return { ...(await startLocalServer(INFLUXD)), live };
  const server = await connect({ url: INFLUX_URL, org: INFLUX_ORG ?? '', token: INFLUX_TOKEN ?? '' });
  const stop = async () => {
    const made = await findBucket(server, live);
    if (made !== undefined) await dropBucket(server, made);
  };
  return { server, live, stop };
}

/** Scratch buckets that stay. On a server that others use too, theirs are dropped after a while. */
export async function scratchBucketsLeft(server: ConnectedServer): Promise<readonly string[]> {
  const now = async () => {
    const names = (await listBuckets(server)).buckets.map(({ name }) => name);
    return names.filter((name) => name.startsWith('sensor-warehouse-'));
  };
  let left = await now();
  for (let second = 0; left.length > 0 && second < 30; second++) {
    await sleep(1000);
    const there = await now();
    left = left.filter((name) => there.includes(name));
  }
  return left;
}
