import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf } from './act';
import { makeDrive, picture } from './drive';
import { openGitHubApi, type UpstreamRun, upstreamRun, workflowRunEvent } from './github-api';
import { copyRepository, type WorkflowRepository } from './repository';

const CANARY = 'canary-in-the-rclone-configuration';

/** What the event says, and what GitHub knows of the same run. */
interface Case {
  readonly told?: Partial<UpstreamRun>;
  readonly known: Partial<UpstreamRun>;
  readonly reason: string;
}

const cases: Readonly<Record<string, Case>> = {
  'comes from a fork': {
    known: { head_repository: { full_name: 'stranger/warehouse' } },
    reason: 'the upstream run comes from a fork',
  },
  'is of another workflow that has the same name': {
    known: { path: '.github/workflows/lint.yml' },
    reason: 'the upstream run belongs to another workflow (".github/workflows/lint.yml")',
  },
  'ran on another branch': {
    told: { head_branch: 'main' },
    known: { head_branch: 'try-something' },
    reason: 'the upstream run was not on the branch main',
  },
  'was started by a pull request': {
    known: { event: 'pull_request' },
    reason: 'the upstream run was started by pull_request',
  },
  'failed, whatever the event says': {
    told: { conclusion: 'success' },
    known: { conclusion: 'failure' },
    reason: 'the upstream run is completed with the conclusion failure',
  },
};

describe.skipIf(!canRunWorkflows)('an upstream run that cannot be trusted', () => {
  let repository: WorkflowRepository;
  let drive: string;

  beforeAll(() => {
    repository = copyRepository({
      'show-secret.yml': [
        'name: Show a secret',
        'on: workflow_dispatch',
        'jobs:',
        '  show:',
        '    runs-on: ubuntu-24.04',
        '    steps:',
        '      - run: echo "$SHOWN"',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub, not of TypeScript
        '        env: { SHOWN: "${{ secrets.RCLONE_CONFIG }}" }',
        '',
      ].join('\n'),
    });
    drive = makeDrive(repository.scratch, []);
    writeFileSync(join(drive, 'untouched'), 'by any of the runs');
  });
  afterAll(() => repository.remove());

  async function deliver(told: UpstreamRun, known: UpstreamRun) {
    const api = await openGitHubApi(repository.name, known);
    const run = await runWorkflow(repository, {
      event: 'workflow_run',
      workflow: 'aggregate-and-publish.yml',
      payload: workflowRunEvent(told),
      vars: { WAREHOUSE_REMOTES: `sm2drive=${drive}` },
      secrets: { RCLONE_CONFIG: `[other]\ntype = alias\nremote = /${CANARY}` },
      apiUrl: api.url,
    });
    await api.close();
    return run;
  }

  test('these tests would see a secret that a step prints', async () => {
    const run = await runWorkflow(repository, {
      event: 'workflow_dispatch',
      workflow: 'show-secret.yml',
      secrets: { RCLONE_CONFIG: CANARY },
    });
    expect(run.printed.filter((line) => line.includes(CANARY))).not.toEqual([]);
  });

  for (const [name, { told = {}, known, reason }] of Object.entries(cases)) {
    test(`is refused before any secret is read when it ${name}`, async () => {
      const before = picture(drive);
      const truth = upstreamRun(repository.name, { conclusion: 'success' }, known);
      const run = await deliver({ ...truth, ...told }, truth);
      expect(run.conclusion).toBe('failure');
      expect(stepOf(run, 'Upstream guard').outputs).toMatchObject({ proceed: 'false', reason });
      expect(run.jobs, 'the job with the secret never began').toEqual(['guard']);
      expect(run.printed.filter((line) => line.includes(CANARY))).toEqual([]);
      expect(picture(drive)).toEqual(before);
    });
  }

  test('is left alone, without alarm, when a later attempt of it has begun', async () => {
    const known = upstreamRun(repository.name, { conclusion: 'success' }, { run_attempt: 2 });
    const run = await deliver({ ...known, run_attempt: 1 }, known);
    expect(run.conclusion, run.log).toBe('success');
    expect(run.jobs).toEqual(['guard']);
    expect(run.annotations.map(({ level, title }) => `${level} ${title}`)).toEqual(['notice upstream-superseded']);
  });

  test('is a failure that time may heal when GitHub does not answer', async () => {
    const upstream = upstreamRun(repository.name, { conclusion: 'success' });
    const run = await runWorkflow(repository, {
      event: 'workflow_run',
      workflow: 'aggregate-and-publish.yml',
      payload: workflowRunEvent(upstream),
    });
    expect(stepOf(run, 'Upstream guard').outputs).toMatchObject({
      proceed: 'false',
      'failure-class': 'remote-temporary',
    });
    expect(run.jobs).toEqual(['guard']);
  });
});
