import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface StaticServer {
  readonly address: string;
  /** Method and, if there was one, range of each request, oldest first. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/**
 * Serves a folder as GitHub Pages does: to clients that take gzip, a whole file and the answer to HEAD are gzipped, and
 * Content-Length is that of the gzipped bytes; a range is of the file's own bytes.
 */
export async function serveAsPages(folder: string): Promise<StaticServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push([request.method, request.headers.range].filter(Boolean).join(' '));
    answer(folder, request, response).catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = await readFile(join(folder, new URL(request.url!, 'http://localhost').pathname));
  const common = { 'access-control-allow-origin': '*', 'accept-ranges': 'bytes', vary: 'accept-encoding' };
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (range !== null) {
    const [, from, to] = range;
    const start = from === '' ? bytes.length - Number(to) : Number(from);
    const end = from === '' || to === '' ? bytes.length : Math.min(Number(to) + 1, bytes.length);
    const part = bytes.subarray(start, end);
    response.writeHead(206, {
      ...common,
      'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
      'content-length': part.length,
    });
    response.end(part);
    return;
  }
  const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = isZipped ? gzipSync(bytes) : bytes;
  response.writeHead(200, {
    ...common,
    'content-length': body.length,
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
