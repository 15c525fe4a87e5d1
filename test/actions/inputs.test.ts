import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bound, newBuilding } from './building';
import { annotations, NODE24, newJob, runStep } from './runner';

const REMOTE_ACTIONS = ['ingest', 'publish-facts', 'check-quality', 'influx-aggregate', 'publish-parquet'];
const WITH_CLOCK = ['check-quality', 'influx-aggregate', 'publish-parquet'];
const WITH_DRY_RUN = ['publish-facts', 'publish-parquet'];
const WORK_ACTIONS = ['validate-schema', 'transform', 'dbt-levels'];

describe.skipIf(!NODE24)('wrong inputs', () => {
  it.each(REMOTE_ACTIONS)('%s reports all of them at once and does nothing', async (action) => {
    const inputs = {
      warehouse: '',
      remotes: 'sm2drive',
      ...(WITH_DRY_RUN.includes(action) ? { 'dry-run': 'ture' } : {}),
      ...(WITH_CLOCK.includes(action) ? { now: 'yesterday' } : {}),
    };
    const job = newJob();
    const step = await runStep(action, job, { inputs });
    const [message] = annotations(step, 'error');
    expect(message).toContain(`${action}: the inputs are invalid`);
    expect(message).toContain('warehouse is missing');
    expect(message).toContain('remotes: "sm2drive" does not bind a remote, write NAME=FOLDER');
    const dryRun = message!.includes('dry-run is "ture", expected true or false');
    const clock = message!.includes('now is "yesterday", expected a UTC instant, e.g. 2024-11-29T12:00:00Z');
    expect({ dryRun, clock }).toEqual({ dryRun: WITH_DRY_RUN.includes(action), clock: WITH_CLOCK.includes(action) });
    expect(step.code).toBe(3);
    expect(step.outputs).toEqual({ 'failure-class': 'config' });
    expect(readdirSync(job.workspace)).toEqual([]);
  });

  it('influx-aggregate names an unknown engine together with all other mistakes', async () => {
    const step = await runStep('influx-aggregate', newJob(), { inputs: { engine: 'duckdb' } });
    expect(annotations(step, 'error')[0]).toContain(
      'warehouse is missing; engine is "duckdb", expected embedded or influxdb',
    );
  });

  it.each([
    [{ 'influx-url': 'http://localhost:8086' }, 'influx-org is missing; influx-token is missing'],
    [{ 'monitoring-bucket': 'live' }, 'monitoring-bucket needs the engine influxdb, and the influx-url'],
    [{ engine: 'embedded', 'monitoring-bucket': 'live' }, 'monitoring-bucket needs the engine influxdb'],
    [{ 'window-months': '0' }, 'window-months is "0", expected a number from 1 to 99'],
  ])('influx-aggregate explains what is wrong with the engine influxdb and %j', async (given, said) => {
    const job = newJob();
    const inputs = { warehouse: './warehouse', engine: 'influxdb', ...given };
    const step = await runStep('influx-aggregate', job, { inputs });
    expect(annotations(step, 'error')[0]).toContain(`the inputs are invalid: ${said}`);
    expect(step.outputs).toEqual({ 'failure-class': 'config' });
    expect(readdirSync(job.workspace)).toEqual([]);
  });

  it('transform refuses cache: yes', async () => {
    const step = await runStep('transform', newJob(), { inputs: { cache: 'yes' } });
    expect(annotations(step, 'error')[0]).toContain('cache is "yes", expected true or false');
  });

  it('validate-schema names a clock that is not an instant', async () => {
    const step = await runStep('validate-schema', newJob(), { inputs: { now: '29.11.2024' } });
    expect(annotations(step, 'error')[0]).toContain('now is "29.11.2024", expected a UTC instant');
  });

  it.each([
    ['upstream-guard', { 'github-token': 'canary\ntoken' }, 'github-token contains an invalid character'],
    [
      'influx-aggregate',
      {
        ...{ warehouse: './warehouse', engine: 'influxdb', 'influx-url': 'http://127.0.0.1:9' },
        ...{ 'influx-org': 'home', 'influx-token': 'canary\ntoken' },
      },
      'class=config code=influx-token',
    ],
  ])(
    '%s explains what is wrong with a token that no request can carry, and does not show it',
    async (action, given, said) => {
      const step = await runStep(action, newBuilding(), { inputs: given });
      expect(annotations(step, 'error')[0]).toContain(said);
      expect(step.stdout.replace(/^::add-mask::.*$/gm, '')).not.toContain('canary');
      expect([step.code, step.outputs['failure-class']]).toEqual([3, 'config']);
    },
  );

  it('upstream-guard needs a token', async () => {
    const step = await runStep('upstream-guard', newJob());
    expect(annotations(step, 'error')[0]).toContain('github-token is missing');
    expect(step.outputs.proceed).toBe('false');
  });
});

describe.skipIf(!NODE24)('a stage whose predecessor did not run', () => {
  it.each([
    ['validate-schema', 'ingest'],
    ['transform', 'validate-schema'],
    ['publish-facts', 'validate-schema'],
    ['influx-aggregate', 'check-quality'],
    ['dbt-levels', 'influx-aggregate'],
    ['publish-parquet', 'influx-aggregate'],
  ])('%s asks for %s', async (action, before) => {
    const building = newBuilding();
    const step = await runStep(action, building, { inputs: WORK_ACTIONS.includes(action) ? {} : bound(building) });
    expect(annotations(step, 'error')[0]).toMatch(new RegExp(`${before}.*class=config code=stage-order`));
    expect(step.code).toBe(3);
    expect(step.outputs['failure-class']).toBe('config');
  });

  it('is reported before anything is installed', async () => {
    const step = await runStep('transform', newBuilding(), {});
    expect(step.log.join('\n')).not.toContain('creating the environment');
  });
});

describe.skipIf(!NODE24)('a place that cannot be reached', () => {
  it('is a configuration failure when the remote is neither bound nor configured', async () => {
    const building = newBuilding();
    const step = await runStep('ingest', building, { inputs: { warehouse: 'sm2drive:Warehouse' } });
    expect(annotations(step, 'error')[0]).toContain('the remote "sm2drive" is neither bound nor configured');
    expect(step.code).toBe(3);
  });

  it('is never a connection string, which could carry a secret or read any file', async () => {
    const building = newBuilding();
    const inputs = { ...bound(building), warehouse: ':local:/etc' };
    const step = await runStep('ingest', building, { inputs });
    expect(annotations(step, 'error')[0]).toContain('":local:/etc" is not a valid remote or folder');
  });
});
