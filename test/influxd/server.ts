import { type ConnectedServer, connect } from '@sensor-warehouse/influx/connect';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';

const { INFLUX_URL, INFLUX_ORG, INFLUX_TOKEN, INFLUXD } = process.env;

/** Whether `npm test` found or built a server; without one its tests are left out. */
export const hasInflux = Boolean(INFLUX_URL || INFLUXD);

/** The real server of a test file. */
export interface TestServer {
  readonly server: ConnectedServer;
  stop(): Promise<void>;
}

/** The server that INFLUX_URL names, with INFLUX_ORG and INFLUX_TOKEN; else one of this test file's own. */
export async function openServer(): Promise<TestServer> {
  if (!INFLUX_URL) return startLocalServer(INFLUXD);
  const server = await connect({ url: INFLUX_URL, org: INFLUX_ORG ?? '', token: INFLUX_TOKEN ?? '' });
  return { server, stop: async () => {} };
}
