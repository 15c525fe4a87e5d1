import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Protocol = 'webdav' | 'sftp' | 's3' | 'http';

/** A folder of this machine that rclone really serves on loopback, and the configuration of a client for it. */
export interface ServedRemote {
  /** The folder that is served. */
  readonly folder: string;
  /** Text of a configuration file with the remote `[served]`. */
  readonly config: string;
  stop(): Promise<void>;
}

/** The client's name is a secret too. The process of the tests hides both from then on: no other test says these words. */
const CLIENT = 'client-of-served-remotes';
export const PASSWORD = 'correct-horse-battery';

const SERVER: Readonly<Record<Protocol, readonly string[]>> = {
  webdav: ['--user', CLIENT, '--pass', PASSWORD],
  sftp: ['--user', CLIENT, '--pass', PASSWORD],
  s3: ['--auth-key', `${CLIENT},${PASSWORD}`],
  http: ['--user', CLIENT, '--pass', PASSWORD],
};

/** Serves `scratch/served`; returns when the server listens. */
export async function serve(rclone: string, protocol: Protocol, scratch: string): Promise<ServedRemote> {
  const folder = join(scratch, 'served');
  await mkdir(join(folder, 'building'), { recursive: true });
  await writeFile(join(scratch, 'server.conf'), '');
  const child = spawn(
    rclone,
    [
      'serve',
      protocol,
      folder,
      '--addr=127.0.0.1:0',
      `--config=${scratch}/server.conf`,
      // Tests write to the folder too. At 0 s the server forgets its folders all the time, and does little else.
      '--dir-cache-time=1ms',
      ...SERVER[protocol],
    ],
    { env: { HOME: scratch, PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const port = await listeningPort(child);
  return {
    folder,
    config: await clientConfig(rclone, protocol, port, PASSWORD),
    stop: () => stop(child),
  };
}

/** A client's configuration: what a maintainer would keep in a secret. */
export async function clientConfig(
  rclone: string,
  protocol: Protocol,
  port: number,
  password: string,
): Promise<string> {
  const { stdout } = await promisify(execFile)(rclone, ['obscure', password]);
  const pass = stdout.trim();
  const url = `http://127.0.0.1:${port}`;
  const lines: Readonly<Record<Protocol, readonly string[]>> = {
    webdav: [`url = ${url}`, 'vendor = rclone', `user = ${CLIENT}`, `pass = ${pass}`],
    sftp: ['host = 127.0.0.1', `port = ${port}`, `user = ${CLIENT}`, `pass = ${pass}`],
    s3: [
      'provider = Rclone',
      `endpoint = ${url}`,
      `access_key_id = ${CLIENT}`,
      `secret_access_key = ${password}`,
      'use_multipart_uploads = false',
    ],
    http: [`url = http://${CLIENT}:${password}@127.0.0.1:${port}`],
  };
  return ['[served]', `type = ${protocol}`, ...lines[protocol], ''].join('\n');
}

/** A port of loopback on which nothing listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const port = /127\.0\.0\.1:([1-9]\d*)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.on('close', (code) => reject(new Error(`rclone serve ended with ${code}: ${said}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
