import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { datasetRows, isPublished, makeDrive, picture, renamedColumn, upload, VENTILATION } from './drive';
import { type GitHubApi, openGitHubApi, type UpstreamRun, upstreamRun, workflowRunEvent } from './github-api';
import { copyRepository, type WorkflowRepository } from './repository';

let repository: WorkflowRepository;
let api: GitHubApi;

const refreshOf = (drive: string) =>
  runWorkflow(repository, {
    event: 'schedule',
    workflow: 'refresh.yml',
    payload: { schedule: '17 2 * * *' },
    vars: { WAREHOUSE_REMOTES: `sm2drive=${drive}` },
  });

async function publishAfter(upstream: UpstreamRun, drive: string): Promise<WorkflowRun> {
  api = await openGitHubApi(repository.name, upstream);
  const run = await runWorkflow(repository, {
    event: 'workflow_run',
    workflow: 'aggregate-and-publish.yml',
    payload: workflowRunEvent(upstream),
    vars: { WAREHOUSE_REMOTES: `sm2drive=${drive}` },
    apiUrl: api.url,
  });
  await api.close();
  return run;
}

describe.skipIf(!canRunWorkflows)('an export of one source has changed its form, the other source is right', () => {
  let drive: string;
  let refresh: WorkflowRun;
  let publish: WorkflowRun;

  beforeAll(async () => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    upload(drive, VENTILATION, renamedColumn(VENTILATION));
    refresh = await refreshOf(drive);
    publish = await publishAfter(upstreamRun(repository.name, refresh), drive);
  });
  afterAll(() => repository.remove());

  test('Refresh ends green, because the other source can be handed over', () => {
    expect(refresh.conclusion, refresh.log).toBe('success');
  });

  test('Refresh names the refused file in an annotation', () => {
    const errors = refresh.annotations.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message).join('\n')).toContain('Graph_sm2_01.csv');
  });

  test('the refused upload stays where it is', () => {
    expect(Object.keys(picture(drive)).filter((path) => !path.startsWith('Warehouse/'))).toEqual([VENTILATION]);
  });

  test('the other source is published', async () => {
    expect(new Set((await datasetRows(drive)).map(({ source }) => source))).toEqual(new Set(['ThermoPro']));
  });

  test('Aggregate & Publish ends red', () => {
    expect(publish.conclusion).toBe('failure');
  });

  test('an annotation says which source is held and why', () => {
    const [held] = publish.annotations.filter(({ title }) => title === 'source-held');
    expect(held?.message).toContain('ventilation (refused upload "Graph_sm2_01.csv")');
  });

  test('the job summary says what happened, what follows and what to do', () => {
    const { summary } = stepOf(publish, 'Publish Parquet');
    const stopped = summary.slice(summary.indexOf('### ❌'));
    expect([...stopped.matchAll(/^(### .+|\| \*\*.+\*\*) ?/gm)].map(([, head]) => head)).toEqual([
      '### ❌ publish-parquet: source-held',
      '| **what**',
      '| **so**',
      '| **what to do**',
      '| **class**',
    ]);
  });

  test('the job summary of Refresh shows each finding with its source and place, and is open', () => {
    const { summary } = stepOf(refresh, 'Validate schema');
    expect(summary).toContain('<details open>');
    const rows = [...summary.matchAll(/^\| (❌|⚠️|ℹ️) \| (.*?) \| (.*?):1:/gm)].map(([, ...cells]) => cells);
    expect(new Set(rows.map((cells) => cells.join(' ')))).toEqual(new Set(['❌ ventilation Graph\\_sm2\\_01.csv']));
  });
});

describe.skipIf(!canRunWorkflows)('every upload is refused, so that Refresh has nothing to hand over', () => {
  let drive: string;
  let refresh: WorkflowRun;
  let publish: WorkflowRun;

  beforeAll(async () => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch, []);
    upload(drive, VENTILATION, renamedColumn(VENTILATION));
    refresh = await refreshOf(drive);
    publish = await publishAfter(upstreamRun(repository.name, refresh), drive);
  });
  afterAll(() => repository.remove());

  test('Refresh ends red and tells the class of the failure', () => {
    expect(refresh.conclusion).toBe('failure');
    expect(stepOf(refresh, 'Publish facts').outputs['failure-class']).toBe('input');
  });

  test('no job of Aggregate & Publish begins, and GitHub is not asked', () => {
    expect({ jobs: publish.jobs, requests: api.requests }, publish.log).toEqual({ jobs: [], requests: [] });
  });

  test('nothing is published', () => {
    expect(isPublished(drive)).toBe(false);
  });
});
