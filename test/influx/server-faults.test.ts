import { setTimeout as sleep } from 'node:timers/promises';
import { dropBucket, findBucket } from '@sensor-warehouse/influx/buckets';
import { PATIENCE, request } from '@sensor-warehouse/influx/patience';
import { sweepScratchBuckets } from '@sensor-warehouse/influx/scratch-bucket';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scratchBucketsLeft } from '../support/influxd-server';
import { type Disturbance, endOf, expectUndisturbed, HASTY, hoursFrom, openWay, PATIENT } from './disturbed';
import { type KillableServer, newKillableServer } from './killable-server';

const { INFLUXD } = process.env;
const WRITE = 'POST /api/v2/write';
const QUERY = 'POST /api/v2/query';
/** The server's clock gives whole seconds: a bucket of this second seems to be of the next. */
const AT_ONCE = -2_000;
/** The queries of a window are five: the count of the stored points, then n, sum, min, max. */
const SECOND_QUERY = 1;

describe.skipIf(!INFLUXD)('an InfluxDB in trouble', () => {
  let influx: KillableServer;
  beforeAll(async () => {
    influx = await newKillableServer(INFLUXD!);
  });
  afterAll(() => influx.remove());

  /** Something that happens once, before the request of this kind and number passes, and those after it. */
  const hoursWhile = async (
    kind: string,
    number: number,
    happens: (scratch: string) => Promise<void>,
    { patience = PATIENT, token = influx.server.token } = {},
  ) => {
    let happening: Promise<void> | undefined;
    let scratch = '';
    const disturb: Disturbance = async ({ what, before, bucket }) => {
      if (what === WRITE) scratch = bucket;
      if (what === kind && before >= number) {
        happening ??= happens(scratch);
        await happening;
      }
      return undefined;
    };
    const way = await openWay(influx.server.url, disturb);
    try {
      return await hoursFrom({ ...influx.server, url: way.url, token }, patience);
    } finally {
      await way.close();
      expect(happening).toBeDefined();
    }
  };

  const ask = (method: 'POST' | 'PATCH' | 'DELETE', path: string, wanted: number, body?: unknown) =>
    request(influx.server, 'preparing a fault', [wanted], { method, path, body }, PATIENCE);
  const plant = (bucket: string, line: string) => {
    const where = new URLSearchParams({ org: influx.server.org, bucket, precision: 's' });
    return ask('POST', `/api/v2/write?${where}`, 204, line);
  };
  const dropScratch = async (name: string) => dropBucket(influx.server, (await findBucket(influx.server, name))!);
  const IN_THE_WINDOW = Date.parse('2024-10-01T00:00:30Z') / 1000;

  describe.each([
    ['in the middle of the writes', WRITE, 2],
    ['before the count', QUERY, 0],
    ['in the middle of the queries', QUERY, 3],
  ] as const)('%s', (_, kind, number) => {
    test.each(['SIGKILL', 'SIGTERM'] as const)(
      '%s and a new start leave the hours of an undisturbed run',
      async (name) => {
        await expectUndisturbed(
          hoursWhile(kind, number, async () => {
            await influx.signal(name);
            setTimeout(() => influx.start(), 200);
          }),
        );
        expect(await scratchBucketsLeft(influx.server)).toEqual([]);
      },
    );

    test('a server that hangs for a while leaves the hours of an undisturbed run', async () => {
      await expectUndisturbed(
        hoursWhile(kind, number, async () => {
          await influx.signal('SIGSTOP');
          setTimeout(() => influx.signal('SIGCONT'), 700);
        }),
      );
    });

    test('a server that stays away is a temporary failure, and its bucket is swept later', async () => {
      const failed = hoursWhile(kind, number, () => influx.signal('SIGKILL'), { patience: HASTY });
      expect(await endOf(failed)).toContain('remote-temporary influx-unreachable:');
      influx.start();
      expect(await sweepScratchBuckets(influx.server, PATIENCE, AT_ONCE)).toBe(1);
    });

    test('a bucket that somebody drops is a failure that says so', async () => {
      const failed = hoursWhile(kind, number, dropScratch, { patience: HASTY });
      expect(await endOf(failed)).toContain('remote-temporary influx-bucket-gone:');
    });

    test('a token that is revoked is a failure of configuration', async () => {
      const permission = (action: string, type: string) => ({ action, resource: { type, orgID: influx.server.orgId } });
      const permissions = [
        ...['read', 'write'].map((action) => permission(action, 'buckets')),
        { action: 'read', resource: { type: 'orgs', id: influx.server.orgId } },
      ];
      const made = await ask('POST', '/api/v2/authorizations', 201, { orgID: influx.server.orgId, permissions });
      const { id, token } = JSON.parse(made.body) as { id: string; token: string };
      const revoke = async () => void (await ask('DELETE', `/api/v2/authorizations/${id}`, 204));
      const failed = endOf(hoursWhile(kind, number, revoke, { token, patience: HASTY }));
      expect(await failed).toContain('config influx-token:');
      expect(await failed).not.toContain(token);
      expect(await sweepScratchBuckets(influx.server, PATIENCE, AT_ONCE)).toBe(1);
    });
  });

  test('a foreign writer that took the field for whole numbers is a failure that gives the reason and the count', async () => {
    const conflict = async (bucket: string) =>
      void (await plant(bucket, `readings,series=0 value=1i ${IN_THE_WINDOW + 86_400 * 20}`));
    const failed = await endOf(hoursWhile(WRITE, 0, conflict, { patience: HASTY }));
    expect(failed).toContain('remote-permanent influx-write-refused:');
    expect(failed).toMatch(/refused \d+ of \d+ points.*field type conflict/s);
  });

  test('a bucket whose retention somebody limits is a failure that gives the reason and the count', async () => {
    const limit = async (name: string) => {
      const { id } = (await findBucket(influx.server, name))!;
      const body = { retentionRules: [{ type: 'expire', everySeconds: 3600, shardGroupDurationSeconds: 3600 }] };
      await ask('PATCH', `/api/v2/buckets/${id}`, 200, body);
    };
    const failed = await endOf(hoursWhile(WRITE, 0, limit, { patience: HASTY }));
    expect(failed).toContain('remote-permanent influx-write-refused:');
    expect(failed).toMatch(/refused \d+ of \d+ points.*retention/s);
  });

  test.each([
    ['a reading more', 'readings,series=0 value=1'],
    ['another series', 'readings,series=99 value=1'],
  ])(
    '%s that somebody writes into the bucket is a failure, whether it comes before the count or after',
    async (_, line) => {
      const foreign = async (bucket: string) => void (await plant(bucket, `${line} ${IN_THE_WINDOW}`));
      for (const number of [0, SECOND_QUERY]) {
        const failed = await endOf(hoursWhile(QUERY, number, foreign, { patience: HASTY }));
        expect(failed).toContain('remote-temporary influx-count:');
      }
    },
  );

  test('three clients at once all get the hours of an undisturbed run, and leave nothing behind', async () => {
    const all = [1, 2, 3].map(async (wait) => {
      await sleep(50 * wait);
      await expectUndisturbed(hoursFrom(influx.server));
    });
    await Promise.all(all);
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
  });
});
