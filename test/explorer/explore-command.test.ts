import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root, warehouse } from '../support/command-line';
import { madeFolder } from '../support/explorer';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

interface Started {
  readonly command: ChildProcess;
  readonly port: number;
}

/** Starts the command, and waits until it says where it serves. */
async function started(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Started> {
  const words = [join(root, 'bin', 'warehouse'), 'explore', ...args, '--port', '0'];
  const command = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(command.stdout!.setEncoding('utf8'), 'data');
  return { command, port: Number(/^http:\/\/localhost:(\d+)\/\n$/.exec(line as string)?.[1]) };
}

describe('warehouse explore', () => {
  let folder: string;
  let command: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explore-'));
    await cp(await madeFolder('forty'), join(folder, 'Warehouse', 'public'), { recursive: true });
    ({ command, port } = await started([join(folder, 'Warehouse')]));
  });
  afterAll(async () => {
    command.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Asks exactly for this path, which `fetch` would tidy up first. */
  const ask = (path: string, headers = {}, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request({ port, path, headers, method, host: '127.0.0.1' }, async (answer) => {
        const parts: Buffer[] = [];
        for await (const part of answer) parts.push(part);
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(parts) });
      });
      sent.on('error', reject).end();
    });

  it('prints the address of the page, and serves it with its script', async () => {
    const page = await ask('/');
    expect(page.body.toString()).toMatch(/^<!doctype html>[\s\S]*A house of forty places/);
    expect((await ask('/explorer.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask('/explorer.css')).status).toBe(200);
  });

  it('serves the part of a file that is asked for', async () => {
    const { status, headers, body } = await ask('/fact_hourly_2024.parquet', { Range: 'bytes=0-3' });
    expect([status, body.toString(), headers['content-length']]).toEqual([206, 'PAR1', '4']);
    expect((await ask('/fact_hourly_2024.parquet', { Range: 'bytes=-4' })).body.toString()).toBe('PAR1');
    expect((await ask('/fact_hourly_2024.parquet', { Range: 'bytes=999999999-' })).status).toBe(416);
  });

  it.each([
    '/../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '//etc/passwd',
    '/%00',
    '/%',
    '/./files.json',
    '/Warehouse/public/files.json',
    '/explorer.js/../files.json',
  ])('answers %s with 404: only names of the dataset lead to a file', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it('serves no page of another site whose name leads to this machine', async () => {
    expect((await ask('/', { Host: 'attacker.example' })).status).toBe(421);
    expect((await ask('/', { Host: `localhost:${port}` })).status).toBe(200);
  });

  it('changes nothing, whatever is sent', async () => {
    expect((await ask('/files.json', {}, 'PUT')).status).toBe(405);
    expect((await ask('/files.json', {}, 'DELETE')).status).toBe(405);
  });

  it('ends with Ctrl-C, with exit code 0', async () => {
    command.kill('SIGINT');
    expect(await once(command, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['without files.json', [tmpdir()], 'no files.json'],
    ['without a folder', [], 'needs a folder or --warehouse'],
    ['with a port that is none', ['.', '--port', '99999'], '--port 99999 is not a port'],
  ])('reports what is wrong %s', async (_, args, said) => {
    const { code, stderr } = await warehouse(['explore', ...args]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(said)]);
  });

  it('serves no dataset with a truncated file', async () => {
    const broken = join(folder, 'broken');
    await cp(await madeFolder('forty'), broken, { recursive: true });
    await truncate(join(broken, 'fact_hourly_2024.parquet'), 1000);
    const { code, stderr } = await warehouse(['explore', broken]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('fact_hourly_2024.parquet has 1000 bytes, not ')]);
  });

  describe('--warehouse', () => {
    let shown: Started | undefined;
    afterEach(() => {
      shown?.command.kill('SIGKILL');
    });

    const firstBytes = async (name: string) => {
      const answer = await fetch(`http://localhost:${shown!.port}/${name}`, { headers: { Range: 'bytes=0-3' } });
      return [answer.status, await answer.text()];
    };

    it('serves the dataset of a remote that a folder stands in for', async () => {
      shown = await started(['--remote', `drive=${folder}`, '--warehouse', 'drive:Warehouse']);
      expect(await firstBytes('fact_hourly_2024.parquet')).toEqual([206, 'PAR1']);
    });

    it.skipIf(!process.env.RCLONE)('serves the dataset of a remote of rclone', async () => {
      const config = join(folder, 'rclone.conf');
      await writeFile(config, `[far]\ntype = alias\nremote = ${folder}\n`);
      const env = { ...process.env, PATH: `${dirname(process.env.RCLONE!)}${delimiter}${process.env.PATH}` };
      shown = await started(['--rclone-config', config, '--warehouse', 'far:Warehouse'], env);
      expect(await firstBytes('fact_hourly_2024.parquet')).toEqual([206, 'PAR1']);
      expect((await fetch(`http://localhost:${shown.port}/explorer.js`)).status).toBe(200);
    });

    it.each([
      ['a warehouse that publishes no tables yet', 'nothing', 'no public/files.json'],
      ['a warehouse that lacks a file', 'lacking', 'dim_sensor.parquet'],
    ])('says what is wrong with %s', async (_, name, said) => {
      await cp(await madeFolder('forty'), join(folder, name, 'public'), { recursive: true });
      await rm(join(folder, name, 'public', name === 'nothing' ? 'files.json' : 'dim_sensor.parquet'));
      const { code, stderr } = await warehouse([
        'explore',
        ...['--remote', `drive=${folder}`, '--warehouse', `drive:${name}`],
      ]);
      expect([code, stderr]).toEqual([3, expect.stringContaining(said)]);
      expect(stderr).toContain('nothing was changed');
    });
  });
});
