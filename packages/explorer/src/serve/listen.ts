import type { Server } from 'node:http';

/** The port that is tried if none is asked for, so that a bookmark serves again the next day. */
const USUAL_PORT = 8417;

/**
 * Lets a server listen on this machine alone.
 * @param port 0 for any that is free; undefined for the usual one, or any if that is taken
 * @returns the port
 * @throws if the port that was asked for is taken, or may not be used
 */
export async function listenHere(server: Server, port: number | undefined): Promise<number> {
  if (port !== undefined) return listenOn(server, port);
  return listenOn(server, USUAL_PORT).catch(() => listenOn(server, 0));
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
