import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

/** What happens to one request between us and the real server. */
export type Fault =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The connection ends before the server hears of it. */
  | { readonly kind: 'hang-up' }
  /** The server does what it is asked, and its reply never comes. */
  | { readonly kind: 'drop-reply' }
  /** The reply begins, and the connection ends after so many bytes of it. */
  | { readonly kind: 'cut'; readonly after: number }
  /** The same, but as if the reply ended there: only what is in it can tell. */
  | { readonly kind: 'shorten'; readonly after: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface FaultyProxy {
  readonly url: string;
  readonly asked: Asked[];
  /** Is asked about every request before it goes on; what it does is done when it is forwarded. */
  meddle: (asked: Asked) => Fault | undefined | Promise<Fault | undefined>;
  close(): Promise<void>;
}

/** Stands before a real server and passes everything on, but for what `meddle` does. */
export async function openProxy(target: string): Promise<FaultyProxy> {
  const agent = new Agent({ keepAlive: true });
  const asked: Asked[] = [];
  const proxy: FaultyProxy = {
    url: '',
    asked,
    meddle: () => undefined,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const one = { method: incoming.method!, path: incoming.url!, body: Buffer.concat(chunks) };
    asked.push(one);
    const fault = await proxy.meddle(one);
    if (fault?.kind === 'delay') await sleep(fault.milliseconds);
    if (fault?.kind === 'hang-up') return incoming.socket.destroy();
    if (fault?.kind === 'status') return response.writeHead(fault.status, fault.headers).end('{"message":"busy"}');
    passOn(new URL(one.path, target), incoming, one, agent, response, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function passOn(
  url: URL,
  incoming: IncomingMessage,
  { method, body }: Asked,
  agent: Agent,
  response: ServerResponse,
  fault: Fault | undefined,
) {
  const { host: _, 'transfer-encoding': __, ...headers } = incoming.headers;
  const forwarded = send(
    url,
    { method, agent, headers: { ...headers, 'content-length': body.length } },
    async (reply) => {
      const { 'transfer-encoding': ___, 'content-length': ____, ...own } = reply.headers;
      if (fault?.kind !== 'drop-reply' && fault?.kind !== 'cut') response.writeHead(reply.statusCode!, own);
      const chunks: Buffer[] = [];
      try {
        if (fault === undefined || fault.kind === 'delay') for await (const chunk of reply) response.write(chunk);
        else for await (const chunk of reply) chunks.push(chunk as Buffer);
      } catch {
        return incoming.socket.destroy();
      }
      const whole = Buffer.concat(chunks);
      if (fault?.kind === 'drop-reply') return incoming.socket.destroy();
      if (fault?.kind === 'cut') {
        // The length says that more was to come.
        response.writeHead(reply.statusCode!, { ...own, 'content-length': Math.max(whole.length, fault.after + 1) });
        return response.write(whole.subarray(0, fault.after), () => setTimeout(() => incoming.socket.destroy(), 5));
      }
      response.end(fault?.kind === 'shorten' ? whole.subarray(0, fault.after) : undefined);
    },
  );
  forwarded.on('error', () => incoming.socket.destroy());
  forwarded.end(body);
}
