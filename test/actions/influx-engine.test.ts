import { cpSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PATIENCE } from '@sensor-warehouse/influx/patience';
import { query } from '@sensor-warehouse/influx/query';
import { numberOf } from '@sensor-warehouse/influx/window-aggregates';
import { REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import { type Building, bound, newBuilding, provideOnPath } from './building';
import { actionYml, annotations, asShown, filesBelow, NODE24, runStep, type Step } from './runner';

const { DBT_PYTHON, INFLUXD } = process.env;
/** Long enough to be masked, as a token of InfluxDB is. */
const WRONG_TOKEN = 'canary-token-of-nobody';

let building: Building;

/** Runs influx-aggregate in a copy of the work folder that check-quality left. */
async function aggregate(given: Readonly<Record<string, string>>): Promise<{ step: Step; files: object }> {
  const copy = { ...newBuilding(), drive: building.drive };
  cpSync(join(building.workspace, 'work'), join(copy.workspace, 'work'), { recursive: true });
  if (given.path !== undefined) provideOnPath(copy, 'influxd', given.path);
  const { path: _, ...inputs } = given;
  const step = await runStep('influx-aggregate', copy, { inputs: { ...bound(building), ...inputs } });
  return { step, files: partitionFiles(join(copy.workspace, 'work')) };
}

/** The new archive and hour files, each with its bytes. */
function partitionFiles(work: string): Record<string, string> {
  const made = filesBelow(work).filter((path) => /partitions.*\.parquet$/.test(path));
  return Object.fromEntries(made.map((path) => [path.slice(work.length), readFileSync(path, 'base64')]));
}

describe.skipIf(!NODE24 || !DBT_PYTHON || !hasInflux)('influx-aggregate with the engine influxdb', () => {
  let influx: TestServer;
  let embedded: { step: Step; files: object };
  const at = () => {
    const { url, org, token } = influx.server;
    return { engine: 'influxdb', 'influx-url': url, 'influx-org': org, 'influx-token': token };
  };

  beforeAll(async () => {
    influx = await openServer();
    building = newBuilding();
    for (const stage of [...REFRESH_STAGES, 'check-quality']) {
      const given: Record<string, string> = { ...bound(building), python: DBT_PYTHON! };
      const declared = Object.keys(actionYml(stage).inputs);
      const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => declared.includes(name)));
      const { code, stdout } = await runStep(stage, building, { inputs });
      if (code !== 0) throw new Error(stdout);
    }
    embedded = await aggregate({});
  });
  afterAll(() => influx.stop());

  it('makes the same files, byte for byte, as without a server', async () => {
    const { step, files } = await aggregate(at());
    expect(step.outputs, step.stdout).toEqual(embedded.step.outputs);
    expect(step.stderr).toBe('');
    expect(Object.keys(files).length).toBeGreaterThan(2);
    expect(files).toEqual(embedded.files);
  });

  it('masks the token, prints it nowhere, and leaves no bucket behind', async () => {
    const { step } = await aggregate(at());
    expect(step.commands).toContainEqual({ name: 'add-mask', properties: {}, message: influx.server.token });
    expect(asShown(step.stdout + step.stderr + step.summary, step)).not.toContain(influx.server.token);
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
  });

  it('leaves in the bucket for live queries what its retention keeps, and counts the rest', async () => {
    const { step } = await aggregate({ ...at(), 'monitoring-bucket': influx.live, 'window-months': '99' });
    expect(step.code, step.stdout).toBe(0);
    const [written, left] = /bucket \S+: (\d+) points written, (\d+) not sent/.exec(step.stdout)!.slice(1).map(Number);
    expect(written).toBeGreaterThan(0);
    expect(left).toBe(0);
    // As docs/aggregation-levels.md describes the points.
    const flux = `from(bucket: "${influx.live}") |> range(start: 2000-01-01T00:00:00Z)
      |> filter(fn: (r) => r._measurement == "additive" or r._measurement == "nonadditive")
      |> filter(fn: (r) => r._field == "value") |> group(columns: ["location", "source", "data_key"]) |> count()`;
    let [keys, points] = [0, 0];
    await query(influx.server, 'counting', { flux }, PATIENCE, () => (header) => {
      expect(header).toEqual(expect.arrayContaining(['location', 'source', 'data_key']));
      return (row) => {
        keys++;
        points += numberOf(row, header.indexOf('_value'));
      };
    });
    expect(keys).toBeGreaterThan(5);
    expect(points).toBe(written);
  });

  it.skipIf(!INFLUXD)('starts an influxd that it finds on PATH when it is given no address', async () => {
    const { step, files } = await aggregate({ engine: 'influxdb', path: INFLUXD! });
    expect(step.code, step.stdout).toBe(0);
    expect(files).toEqual(embedded.files);
  });

  it.each([
    ['a token that the server does not know', 'influx-token', { 'influx-token': WRONG_TOKEN }],
    ['an organisation that the token does not see', 'influx-org', { 'influx-org': 'nobody' }],
    ['an address without http', 'influx-url', { 'influx-url': 'localhost:8086' }],
    ['a password in the address', 'influx-url', { 'influx-url': `http://me:${WRONG_TOKEN}@localhost:8086` }],
  ])('refuses %s as a configuration failure, before it merges anything', async (_, code, wrong) => {
    const { step, files } = await aggregate({ ...at(), ...wrong });
    expect(annotations(step, 'error')[0]).toContain(`class=config code=${code}`);
    expect(asShown(step.stdout, step)).not.toContain(WRONG_TOKEN);
    expect([step.code, step.outputs['failure-class']]).toEqual([3, 'config']);
    expect(files).toEqual({});
  });

  it('asks for an address or an influxd if there is neither', async () => {
    const { step } = await aggregate({ engine: 'influxdb' });
    expect(annotations(step, 'error')[0]).toContain('class=config code=influxd-missing');
  });
});

/** A server that is not an InfluxDB 2: the outside world, of which no real one is at hand. */
function standIn(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.skipIf(!NODE24)('a server that influx-aggregate cannot use', () => {
  const ask = async (answer: Parameters<typeof standIn>[0]) => {
    const server = await standIn(answer);
    const { port } = server.address() as AddressInfo;
    const inputs = {
      ...{ warehouse: './warehouse', engine: 'influxdb', 'influx-url': `http://127.0.0.1:${port}` },
      ...{ 'influx-org': 'home', 'influx-token': WRONG_TOKEN },
    };
    const step = await runStep('influx-aggregate', newBuilding(), { inputs });
    server.close();
    return step;
  };

  it('is one of version 3, which has no Flux', async () => {
    const step = await ask((request, response) => {
      response.setHeader('x-influxdb-version', '3.9.6');
      response.writeHead(request.url === '/health' ? 200 : 404).end(request.url === '/health' ? 'OK' : '');
    });
    expect(annotations(step, 'error')[0]).toMatch(/InfluxDB 3 has no Flux.*class=config code=influx-version/);
  });

  it('is one that says it will be busy for longer than the run would wait: the next night tries again', async () => {
    const step = await ask((_, response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    expect(annotations(step, 'error')[0]).toContain('class=remote-temporary code=influx-unreachable');
    expect(step.code).toBe(4);
  });
});
