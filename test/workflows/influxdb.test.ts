import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { findBucket } from '@sensor-warehouse/influx/buckets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { makeDrive, picture } from './drive';
import { type GitHubApi, openGitHubApi, upstreamRun, workflowRunEvent } from './github-api';
import { copyRepository, root, type WorkflowRepository } from './repository';

/** The variables that name another server than the service container, which act does not start. */
describe.skipIf(!canRunWorkflows || !hasInflux)('a night with InfluxDB, and a backfill after it', () => {
  let influx: TestServer;
  let repository: WorkflowRepository;
  let api: GitHubApi;
  let drive: string;
  let byCommandLine: string;
  let published: Record<string, string>;
  let refresh: WorkflowRun;
  let dry: WorkflowRun;
  let leftByDry: unknown;
  let publish: WorkflowRun;
  let backfill: WorkflowRun;

  beforeAll(async () => {
    influx = await openServer();
    const { url, org, token } = influx.server;
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    byCommandLine = join(repository.scratch, 'by-command-line');
    cpSync(drive, byCommandLine, { recursive: true, preserveTimestamps: true });
    const given = {
      vars: {
        WAREHOUSE_REMOTES: `sm2drive=${drive}`,
        WAREHOUSE_ENGINE: 'influxdb',
        INFLUX_URL: url,
        INFLUX_ORG: org,
        MONITORING_BUCKET: influx.live,
      },
      secrets: { INFLUX_TOKEN: token },
    };
    refresh = await runWorkflow(repository, {
      event: 'schedule',
      workflow: 'refresh.yml',
      payload: { schedule: '17 2 * * *' },
      ...given,
    });
    dry = await runWorkflow(repository, {
      event: 'workflow_dispatch',
      workflow: 'aggregate-and-publish.yml',
      inputs: { 'dry-run': 'true' },
      ...given,
    });
    leftByDry = [await scratchBucketsLeft(influx.server), await findBucket(influx.server, influx.live)];
    const upstream = upstreamRun(repository.name, refresh);
    api = await openGitHubApi(repository.name, upstream);
    publish = await runWorkflow(repository, {
      event: 'workflow_run',
      workflow: 'aggregate-and-publish.yml',
      payload: workflowRunEvent(upstream),
      apiUrl: api.url,
      ...given,
    });
    published = picture(drive);
    backfill = await runWorkflow(repository, {
      event: 'workflow_dispatch',
      workflow: 'backfill.yml',
      inputs: {
        ...{ from: '2023-01', to: '2024-12', datasource: '', mode: 'all' },
        ...{ 'max-months': '24', 'allow-fewer': 'false', 'dry-run': 'false' },
      },
      ...given,
    });
  }, 400_000);
  afterAll(async () => {
    await api.close();
    await influx.stop();
    repository.remove();
  });

  test('both workflows of the night end green, and hours come from the server', () => {
    expect([refresh.conclusion, publish.conclusion], refresh.log + publish.log).toEqual(['success', 'success']);
    expect(publish.log).toMatch(/influx-aggregate: indoor 2024-10(, 2024-11)?: \d+ points in/);
    expect(stepOf(publish, 'Publish Parquet').outputs.changed).toBe('true');
  });

  test('the warehouse has the bytes that the command line makes in its own process', () => {
    const options = ['--remote', `sm2drive=${byCommandLine}`, '--warehouse', 'sm2drive:Warehouse'];
    execFileSync(process.execPath, [join(root, 'bin', 'warehouse'), 'run', ...options], { cwd: root, stdio: 'pipe' });
    const files = (all: Record<string, string>) =>
      Object.entries(all).filter(([path]) => /^Warehouse\/(aggregates|archive|public|normalized)\//.test(path));
    expect(files(published).length).toBeGreaterThan(10);
    expect(files(published)).toEqual(files(picture(byCommandLine)));
  });

  test('a backfill of all months aggregates each window on the server, and finds nothing to change', () => {
    expect(backfill.conclusion, backfill.log).toBe('success');
    expect(backfill.jobs).toEqual(expect.arrayContaining(['plan', 'window', 'publish']));
    expect(backfill.log).toMatch(/influx-aggregate: ventilation 2023-\d\d.*: \d+ points in/);
    expect(stepOf(backfill, 'Publish the backfill').outputs.changed).toBe('false');
    expect(picture(drive)).toEqual(published);
  });

  test('a dry run aggregates, and leaves nothing on the server', () => {
    expect(dry.conclusion, dry.log).toBe('success');
    expect(dry.log).toMatch(/influx-aggregate: indoor 2024-10(, 2024-11)?: \d+ points in/);
    expect(leftByDry).toEqual([[], undefined]);
  });

  test('a night keeps the last months on the server for live queries, and drops every other bucket of its own', async () => {
    expect(publish.log).toMatch(/influx-aggregate: bucket \S+: \d+ points written, \d+ not sent/);
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
    expect(await findBucket(influx.server, influx.live)).toBeDefined();
  });

  test('no step prints the token', () => {
    const lines = [refresh, dry, publish, backfill].flatMap(({ printed }) => printed);
    expect(lines.filter((line) => line.includes(influx.server.token))).toEqual([]);
  });
});
