import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server on the loopback interface that stands in for an API on the web. */
export interface ApiServer {
  /** `https://localhost:<port>` */
  readonly origin: string;
  /** Certificate of the authority that made the server's own, for NODE_EXTRA_CA_CERTS. */
  readonly authority: string;
  /** Every request that came: method, path with query, headers. */
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** @param handle answers a request; whatever it does not expect it must refuse */
export async function serveApi(handle: (request: IncomingMessage, reply: ServerResponse) => void): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'https-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const subject = ['-subj', '/CN=localhost'];
  const authority = ['-x509', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority'];
  openssl('req', '-newkey', 'rsa:2048', '-nodes', ...authority);
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', ...subject);
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.pem',
  );
  const requests: ApiServer['requests'][number][] = [];
  const server = createServer(
    { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) },
    (request, reply) => {
      requests.push({ url: request.url ?? '', headers: request.headers });
      handle(request, reply);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    authority: join(folder, 'ca.pem'),
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
