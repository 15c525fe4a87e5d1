import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, warehouse } from '../support/command-line';
import { madeFolder } from '../support/explorer';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

describe('warehouse explore', () => {
  let folder: string;
  let command: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explore-'));
    await cp(await madeFolder('forty'), join(folder, 'Warehouse', 'public'), { recursive: true });
    const args = [join(root, 'bin', 'warehouse'), 'explore', join(folder, 'Warehouse'), '--port', '0'];
    command = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = await once(command.stdout!.setEncoding('utf8'), 'data');
    port = Number(/^http:\/\/localhost:(\d+)\/\n$/.exec(line as string)?.[1]);
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
});
