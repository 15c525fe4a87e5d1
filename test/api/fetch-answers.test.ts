import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { ApiSettings } from '@sensor-warehouse/model/seeds/api-settings';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { LIMITS } from '@sensor-warehouse/storage/http/get';
import { openLocalStore } from '@sensor-warehouse/storage/local-store';
import { fetchAnswers } from '@sensor-warehouse/warehouse/ingest/fetch-answers';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../packages/model/test/support/failure-of';
import { seedsWith } from '../support/configured-source';
import { type ApiServer, serveApi } from './https-server';

const QUICK = { ...LIMITS, deadline: 3000, idle: 3000, attempts: 1, pagesDeadline: 3000, pagesBytes: 10_000 };

let server: ApiServer;
let folder: string;
beforeAll(async () => {
  // The authority of the test is not one of this process.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  server = await serveApi((request, reply) => {
    const { pathname, searchParams, href } = new URL(request.url!, 'https://localhost');
    const page = Number(searchParams.get('page') ?? 0);
    switch (pathname) {
      case '/plain':
        return reply.end('{"dt":1,"temp":2}');
      case '/pages':
        return reply.end(JSON.stringify({ list: page < 3 ? [page] : [] }));
      case '/large-pages':
        return reply.end(JSON.stringify({ list: [page], rest: 'x'.repeat(4000) }));
      case '/slow-pages':
        return setTimeout(() => reply.end(JSON.stringify({ list: [page] })), 60);
      case '/body':
        return reply.end(searchParams.get('body'));
      case '/link':
        return reply.end(JSON.stringify({ list: [1], again: href }));
      case '/echo':
        return reply.end(`{"list":[1],"key":${JSON.stringify(searchParams.get('key')).replaceAll('/', '\\/')}}`);
      default:
        return reply.writeHead(404).end();
    }
  });
});
afterAll(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  await server.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A source in our seeds that asks the server for what the settings say. */
async function configured(settings: Partial<ApiSettings>, row: Readonly<Record<string, string>> = {}) {
  const shape = {
    fileName: 'shape.json',
    row: {
      type: 'api',
      location: server.origin,
      file_pattern: 'shape_*.json',
      required_columns: 'dt;temp',
      datetime_format: '%s',
      layout: 'long',
      sensor_column: 'station',
      ...row,
    },
    mapping: 'column,data_key\ntemp,temp_ambient\n',
    sensors: 'sensor,location\nPrague,SM2_01_L1_01\n',
  };
  const seeds = await seedsWith(folder, shape);
  await mkdir(join(seeds, 'apis'), { recursive: true });
  await writeFile(join(seeds, 'apis', 'shape.json'), JSON.stringify(settings));
  const configuration = await loadConfiguration(seeds);
  return { configuration, datasource: configuration.datasources.find(({ id }) => id === 'shape')! };
}

/** @returns what was reported, and which answers were kept */
async function fetched(
  settings: Partial<ApiSettings>,
  {
    secret = '',
    row = {},
    limits = QUICK,
  }: { secret?: string; row?: Record<string, string>; limits?: typeof QUICK } = {},
) {
  const { configuration, datasource } = await configured(settings, row);
  const warehouse = openLocalStore(join(folder, 'warehouse'));
  const findings: Finding[] = [];
  const said: string[] = [];
  const context = {
    configuration,
    work: join(folder, 'work'),
    warehouse,
    apis: { secretOf: () => secret, loopback: true, limits },
    now: Date.parse('2024-11-28T12:00:00Z'),
    dryRun: false,
    say: (line: string) => said.push(line),
  } as unknown as Context;
  const uploads = openLocalStore(join(folder, 'uploads'));
  await fetchAnswers(context, datasource, uploads, findings);
  const kept = await readdir(join(folder, 'uploads')).catch(() => []);
  const told = findings.map(({ code, severity, found }) => `${severity} ${code} ${found}`);
  return { told, kept: kept.sort(), everything: JSON.stringify([findings, said]) };
}

const byNumber = { paging: { kind: 'page', parameter: 'page', first: 1 }, items: 'list' } as const;

describe('a request that cannot be sent is a finding of its source, and stops no other', () => {
  test.each([
    ['a secret with a line end', { Authorization: 'Bearer {TOKEN}' }, 'canary-1f\n', 'Authorization'],
    ['a secret with a letter that no header has', { 'X-Key': '{TOKEN}' }, 'canary-1f→', 'X-Key'],
    ['a header whose name is none', { 'X Key': '{TOKEN}' }, 'canary-1f', 'X Key'],
  ])('for %s', async (_, headers, secret, name) => {
    const { told, kept, everything } = await fetched({ path: '/plain', headers }, { secret });
    expect(told).toEqual([`error header-refused ${name} with a character that headers must not have`]);
    expect(kept).toEqual([]);
    expect(everything).not.toContain('canary');
  });

  test('for an untrusted certificate: nothing is sent', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '1';
    const before = server.requests.length;
    try {
      const { told } = await fetched({ path: '/plain' });
      expect(told).toEqual(['error certificate-refused UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
    } finally {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    }
    expect(server.requests).toHaveLength(before);
  });
});

describe('an answer with a success status and no readings is reported, and not kept', () => {
  test.each([
    ['a mistake', '{"cod":401,"message":"Invalid API key"}', 'error-answer'],
    ['a page for people', '<html><head><title>Maintenance</title></head></html>', 'not-tabular'],
    ['words that are no JSON', 'Service Unavailable', 'json-error'],
    ['nothing', '', 'empty-file'],
  ])('such as %s', async (_, body, code) => {
    const { told, kept } = await fetched({ path: '/body', query: { body } });
    expect(told).toEqual([expect.stringMatching(`^error ${code} `)]);
    expect(kept).toEqual([]);
  });
});

describe('each page', () => {
  test.each([
    ['of one pattern', 'shape_*.json'],
    ['of several, where the first has no star', 'shape.json|shape_*.json'],
  ])('has a name of its own by the pattern, %s', async (_, file_pattern) => {
    const { told, kept } = await fetched({ path: '/pages', ...byNumber }, { row: { file_pattern } });
    expect(told).toEqual([]);
    expect(kept).toEqual(['shape_20241128T120000Z-0001.json', 'shape_20241128T120000Z-0002.json']);
  });

  test('is held until the last has arrived, so all together have a limit', async () => {
    const { told, kept } = await fetched({ path: '/large-pages', ...byNumber });
    expect(told).toEqual(['error page-limit more than 10000 bytes']);
    expect(kept).toEqual([]);
  });

  test('has its share of one deadline, so endless pages cannot take the whole night', async () => {
    const limits = { ...QUICK, pagesDeadline: 400 };
    const { told, kept } = await fetched({ path: '/slow-pages', ...byNumber }, { limits });
    expect(told).toEqual([expect.stringMatching(/^error api-unreachable no complete answer before the deadline/)]);
    expect(kept).toEqual([]);
  });
});

describe('an answer with the secret in it is not kept, however it is written there', () => {
  test.each([
    ['as it is', '/echo', 'canary-77'],
    ['with slashes as JSON may write them', '/echo', 'canary/77/ab'],
    ['with a quotation mark', '/echo', 'canary"77'],
    ['in the address of a page', '/link', 'canary+77/ab=='],
    ['in an address, with a space', '/link', 'canary 77'],
  ])('%s', async (_, path, secret) => {
    const { told, kept, everything } = await fetched({ path, query: { key: '{TOKEN}' } }, { secret });
    expect(told).toEqual(['error secret-in-answer a secret of the request']);
    expect(kept).toEqual([]);
    expect(everything).not.toContain('canary');
  });
});

describe('the location of an API is refused as configuration', () => {
  test.each([
    ['with a query', 'https://api.example.org/data?appid=canary-5'],
    ['with a fragment', 'https://api.example.org/#canary-5'],
    ['with a user', 'https://me:canary-5@api.example.org'],
    ['with a user, and over HTTP', 'http://me:canary-5@api.example.org'],
    ['with the place of a secret', 'https://api.example.org/{WEATHER_KEY}'],
    ['without a host', 'https://'],
  ])('%s, and no secret in it is shown', async (_, location) => {
    const details = await detailsOf(configured({}, { location }));
    expect(details.findings).toMatchObject([{ code: 'seed-error', column: 'location' }]);
    expect(JSON.stringify(details)).not.toContain('canary');
  });
});
