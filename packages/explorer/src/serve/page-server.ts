import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname } from 'node:path';

/** What is served: a text or bytes, or a file of this machine. */
export type Served = { readonly bytes: Uint8Array | string } | { readonly file: string };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
};

/**
 * A server of a page and the files beside it, for this machine alone. Only what has a name here is served, so that no
 * address leads out of it. It answers requests for ranges.
 * @param find what a name stands for; undefined if it stands for nothing
 */
export function pageServer(find: (name: string) => Promise<Served | undefined>): Server {
  return createServer((request, response) => {
    answer(request, response, find).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  find: (name: string) => Promise<Served | undefined>,
): Promise<void> {
  // A page elsewhere could have its own name lead to this machine, and then read what is served here.
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) return refuse(response, 421);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  const name = nameOf(request.url ?? '/');
  const served = name === undefined ? undefined : await find(name);
  if (name === undefined || served === undefined) return refuse(response, 404);
  const content = 'file' in served ? undefined : Buffer.from(served.bytes);
  const length = 'file' in served ? (await stat(served.file)).size : content!.length;
  const range = rangeOf(request.headers.range, length);
  if (range === 'impossible') {
    response.setHeader('Content-Range', `bytes */${length}`);
    return refuse(response, 416);
  }
  const [start, end] = range ?? [0, length];
  const headers = {
    'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
    'Content-Length': end - start,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${length}` }),
  };
  for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
  response.writeHead(range === undefined ? 200 : 206);
  if (request.method === 'HEAD' || end === start) response.end();
  else if ('file' in served) {
    createReadStream(served.file, { start, end: end - 1 })
      .on('error', () => response.destroy())
      .pipe(response);
  } else response.end(content!.subarray(start, end));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${status}\n`);
}

/** The name in an address; undefined for what cannot be one. */
function nameOf(url: string): string | undefined {
  const [path] = url.split(/[?#]/);
  try {
    const name = decodeURIComponent(path!.slice(1));
    return name === '' ? 'index.html' : name;
  } catch {
    return undefined;
  }
}

/** The bytes of a request for one range, from start up to end; undefined for none, or a form that may be ignored. */
function rangeOf(header: string | undefined, length: number): [number, number] | 'impossible' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  return start < end ? [start, end] : 'impossible';
}
