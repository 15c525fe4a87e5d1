import { readdirSync, readFileSync } from 'node:fs';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import { PATIENCE, request } from '@sensor-warehouse/influx/patience';
import { expect, test } from 'vitest';
import { endOf } from './disturbed';

const { INFLUXD } = process.env;

/** The process that serves an address. */
function processOf(url: string): number {
  const address = `--http-bind-address=${new URL(url).host}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return program === INFLUXD && args.includes(address);
    } catch {
      return false;
    }
  });
  return Number(found);
}

test.skipIf(!INFLUXD)(
  'a server of our own that is killed is reported at once, not after two minutes',
  async () => {
    const { server, stop } = await startLocalServer(INFLUXD);
    process.kill(processOf(server.url), 'SIGKILL');
    const asked = request(server, 'asking', [200], { method: 'GET', path: '/health' }, PATIENCE);
    const failure = await endOf(asked);
    await stop();
    expect(failure).toContain(
      'out-of-memory: influx-aggregate: influxd was killed, as the system does when memory runs out',
    );
  },
  20_000,
);
