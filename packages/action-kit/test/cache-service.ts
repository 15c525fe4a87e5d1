import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The cache service of GitHub as far as the actions ask it (Twirp, JSON), and the storage that it points to. */
export interface CacheService {
  readonly entries: Map<string, Buffer>;
  /** Methods of the service that were called, in order. */
  readonly asked: string[];
  /** What the runner puts into the environment of an action. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

export async function startCacheService(): Promise<CacheService> {
  const entries = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const body = await bodyOf(request);
    const key = searchParams.get('key') ?? '';
    if (pathname === '/storage' && request.method === 'PUT') {
      entries.set(key, body);
      return response.writeHead(201).end();
    }
    if (pathname === '/storage') return response.writeHead(200).end(entries.get(key));
    const method = pathname.split('/').at(-1)!;
    asked.push(method);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer(method, JSON.parse(body.toString()))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  const answer = (method: string, { key }: { readonly key: string }): object => {
    const storage = `${url}storage?key=${encodeURIComponent(key)}&sig=canary-signature`;
    switch (method) {
      case 'GetCacheEntryDownloadURL':
        return entries.has(key) ? { ok: true, signed_download_url: storage, matched_key: key } : { ok: false };
      case 'CreateCacheEntry':
        return entries.has(key) ? { ok: false, message: 'it is there' } : { ok: true, signed_upload_url: storage };
      default:
        return { ok: true };
    }
  };
  return {
    entries,
    asked,
    environment: {
      ACTIONS_RESULTS_URL: url,
      ACTIONS_RUNTIME_TOKEN: 'canary-runtime-token',
      ACTIONS_CACHE_SERVICE_V2: 'true',
      NO_PROXY: '127.0.0.1',
      no_proxy: '127.0.0.1',
    },
    close: () => server.close(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
