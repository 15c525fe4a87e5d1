import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectedServer, connect } from '@sensor-warehouse/influx/connect';
import { PATIENCE, request } from '@sensor-warehouse/influx/patience';
import { openConnection } from '@sensor-warehouse/influx/transport';

/** A real server that keeps everything on disk, so that it can be killed and started again. */
export interface KillableServer {
  readonly server: ConnectedServer;
  /** Sends a signal; for one that ends it, waits for the end. */
  signal(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again at the same address, without waiting until it is ready. */
  start(): void;
  /** Ends it and removes what it kept. */
  remove(): Promise<void>;
}

export async function newKillableServer(influxd: string): Promise<KillableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'influxd-killable-'));
  const port = await freePort();
  const options = [
    `--http-bind-address=127.0.0.1:${port}`,
    `--engine-path=${join(folder, 'engine')}`,
    `--bolt-path=${join(folder, 'influxd.bolt')}`,
    `--sqlite-path=${join(folder, 'influxd.sqlite')}`,
    ...['--store=disk', '--reporting-disabled', '--ui-disabled', '--no-tasks', '--log-level=error'],
  ];
  let child: ChildProcess;
  const start = () => {
    child = spawn(influxd, options, { stdio: 'ignore' });
  };
  const signal: KillableServer['signal'] = async (name) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(name);
    if (name === 'SIGKILL' || name === 'SIGTERM') await ended;
  };
  const remove = async () => {
    await signal('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  start();
  try {
    const address = { url: `http://127.0.0.1:${port}`, org: 'test', token: randomUUID() };
    const body = { username: 'test', password: randomUUID(), org: 'test', bucket: 'unused', token: address.token };
    const setup = { method: 'POST', path: '/api/v2/setup', body } as const;
    await request(openConnection(address), 'setting up the server', [201], setup, PATIENCE);
    return { server: await connect(address), signal, start, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
