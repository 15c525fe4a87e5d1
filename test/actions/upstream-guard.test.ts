import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { annotations, NODE24, newJob, runStep, type Step } from './runner';

const TOKEN = 'canary-token-ghs_16C7e42F';
const RUN = {
  id: 4711,
  path: '.github/workflows/refresh.yml',
  event: 'schedule',
  status: 'completed',
  conclusion: 'success',
  head_branch: 'main',
  head_sha: 'a'.repeat(40),
  run_attempt: 1,
  repository: { full_name: 'sm2/warehouse' },
  head_repository: { full_name: 'sm2/warehouse' },
};
const EVENT = { workflow_run: { id: 4711, run_attempt: 1 }, repository: { default_branch: 'main' } };

const TIP = 'f'.repeat(40);

/**
 * GitHub's API as far as the guard may use it: the run, and for one that was started by hand the branch main, and whether
 * the commit of the run is in its history. Everything else is answered with 500.
 */
let api: Server;
let branch: { readonly ref: string; readonly sha: string };
let compared: { readonly status: number; readonly body: object };
let answer: { readonly status: number; readonly body: unknown };
let asked: string[] = [];

beforeAll(async () => {
  api = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const known: Record<string, { readonly status: number; readonly body: unknown }> = {
      'actions/runs/4711': answer,
      'git/ref/heads%2Fmain': { status: 200, body: { ref: branch.ref, object: { sha: branch.sha } } },
      [`compare/${RUN.head_sha}...${TIP}?per_page=1`]: compared,
    };
    const exact =
      request.method === 'GET' &&
      request.headers.authorization === `token ${TOKEN}` &&
      request.headers.accept?.includes('application/vnd.github');
    const asAgreed = exact ? known[request.url!.replace('/repos/sm2/warehouse/', '')] : undefined;
    const { status, body } = asAgreed ?? { status: 500, body: { message: 'not what was agreed' } };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
});
afterAll(() => api.close());
beforeEach(() => {
  asked = [];
  branch = { ref: 'refs/heads/main', sha: RUN.head_sha };
  compared = { status: 404, body: { message: 'No common ancestor' } };
});

interface Asked {
  readonly run?: object;
  readonly status?: number;
  readonly event?: object;
  readonly eventName?: string;
  readonly apiUrl?: string;
  /** The ref that this workflow itself runs on. */
  readonly ref?: string;
}

function guard({
  run = {},
  status = 200,
  event = EVENT,
  eventName = 'workflow_run',
  apiUrl,
  ref,
}: Asked): Promise<Step> {
  answer = { status, body: status === 200 ? { ...RUN, ...run } : { message: 'Not Found' } };
  const job = newJob();
  const eventPath = join(job.temp, 'event.json');
  writeFileSync(eventPath, JSON.stringify(event));
  const env = {
    GITHUB_API_URL: apiUrl ?? `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    GITHUB_REPOSITORY: 'sm2/warehouse',
    GITHUB_EVENT_NAME: eventName,
    GITHUB_EVENT_PATH: eventPath,
    ...(ref === undefined ? {} : { GITHUB_REF: ref }),
  };
  return runStep('upstream-guard', job, { inputs: { 'github-token': TOKEN }, env });
}

describe.skipIf(!NODE24)('upstream-guard', () => {
  it('lets a successful scheduled Refresh of this repository pass, after one look-up', async () => {
    const step = await guard({});
    expect(step.outputs).toEqual({ 'failure-class': '', proceed: 'true', reason: '' });
    expect(asked).toEqual(['GET /repos/sm2/warehouse/actions/runs/4711']);
  });

  const byHand = { event: 'workflow_dispatch' };

  it('trusts a run that was started by hand on the tip of the default branch', async () => {
    expect((await guard({ run: byHand })).outputs.proceed).toBe('true');
    expect(asked.at(-1)).toBe('GET /repos/sm2/warehouse/git/ref/heads%2Fmain');
  });

  it('trusts a run that was started by hand before the default branch moved on', async () => {
    branch = { ref: 'refs/heads/main', sha: TIP };
    compared = { status: 200, body: { status: 'ahead' } };
    expect((await guard({ run: byHand })).outputs.proceed).toBe('true');
  });

  const lacks = 'the upstream run used a commit that is not on the branch main';
  it.each([
    ['is ahead of the branch', { status: 200, body: { status: 'behind' } }],
    ['has left the branch', { status: 200, body: { status: 'diverged' } }],
    ['has no history in common with it', { status: 404, body: { message: 'No common ancestor' } }],
  ])('refuses a manual run on a tag named main, when its commit %s', async (_, answered) => {
    branch = { ref: 'refs/heads/main', sha: TIP };
    compared = answered;
    const step = await guard({ run: byHand });
    expect(step.outputs).toEqual({ 'failure-class': 'config', proceed: 'false', reason: lacks });
    expect(step.code).toBe(3);
  });

  it('refuses a manual run when GitHub answers with another ref, or without its commit', async () => {
    expect((await guard({ run: { ...byHand, head_sha: undefined } })).outputs.reason).toBe(lacks);
    branch = { ref: 'refs/tags/main', sha: RUN.head_sha };
    expect((await guard({ run: byHand })).outputs.reason).toBe(lacks);
  });

  it('does not proceed when GitHub does not let it compare commits, and names the permission', async () => {
    branch = { ref: 'refs/heads/main', sha: TIP };
    compared = { status: 403, body: { message: 'Resource not accessible by integration' } };
    const step = await guard({ run: byHand });
    expect(step.outputs).toMatchObject({ proceed: 'false', 'failure-class': 'config' });
    expect(annotations(step, 'error')[0]).toContain('fix: give the job the permission `contents: read`');
  });

  it('lets a run pass that was run again, when the event is that of its last attempt', async () => {
    const event = { ...EVENT, workflow_run: { id: 4711, run_attempt: 2 } };
    expect((await guard({ run: { run_attempt: 2 }, event })).outputs.proceed).toBe('true');
  });

  it.each([
    ['from a fork', { head_repository: { full_name: 'mallory/warehouse' } }, 'the upstream run comes from a fork'],
    ['whose fork was deleted', { head_repository: null }, 'the upstream run comes from a fork'],
    [
      'of another repository',
      { repository: { full_name: 'mallory/warehouse' } },
      'the upstream run belongs to another repository',
    ],
    [
      'of another workflow file with the same name',
      { path: '.github/workflows/evil.yml' },
      'the upstream run belongs to another workflow (".github/workflows/evil.yml")',
    ],
    [
      'of a workflow file whose path begins alike',
      { path: '.github/workflows/refresh.yml.yml' },
      'the upstream run belongs to another workflow (".github/workflows/refresh.yml.yml")',
    ],
    ['on another branch', { head_branch: 'feature' }, 'the upstream run was not on the branch main'],
    ['of a push, which may be that of a tag named main', { event: 'push' }, 'the upstream run was started by push'],
    ['of a pull request', { event: 'pull_request' }, 'the upstream run was started by pull_request'],
    [
      'of a pull request target',
      { event: 'pull_request_target' },
      'the upstream run was started by pull_request_target',
    ],
    ['that failed', { conclusion: 'failure' }, 'the upstream run is completed with the conclusion failure'],
    ['that was cancelled', { conclusion: 'cancelled' }, 'the upstream run is completed with the conclusion cancelled'],
    [
      'that still runs',
      { status: 'in_progress', conclusion: null },
      'the upstream run is in_progress with the conclusion null',
    ],
    ['with another number than was asked for', { id: 4712 }, 'GitHub answered with a different run than requested'],
  ])('refuses a run %s and says why', async (_, run, reason) => {
    const step = await guard({ run });
    expect(step.outputs).toEqual({ 'failure-class': 'config', proceed: 'false', reason });
    expect(annotations(step, 'error')).toHaveLength(1);
    expect(annotations(step, 'error')[0]).toContain(`the upstream run is refused: ${reason}`);
    expect(step.code).toBe(3);
  });

  it('leaves an attempt that was run again since to the event of the later one, and stays green', async () => {
    const step = await guard({ run: { run_attempt: 2, status: 'in_progress', conclusion: null } });
    const reason = 'the event belongs to attempt 1, but the upstream run is in attempt 2';
    expect(step.outputs).toEqual({ 'failure-class': '', proceed: 'false', reason });
    expect(step.code).toBe(0);
  });

  it('refuses even a superseded attempt when it comes from a fork', async () => {
    const step = await guard({ run: { run_attempt: 2, head_repository: { full_name: 'mallory/warehouse' } } });
    expect(step.outputs).toMatchObject({ proceed: 'false', reason: 'the upstream run comes from a fork' });
    expect(step.code).toBe(3);
  });

  it('shows a hostile path of a workflow file as text', async () => {
    const step = await guard({ run: { path: '.github/workflows/x\n::error::gotcha\u001b[31m.yml' } });
    expect(step.outputs.reason).toContain('"\\u000a::error::gotcha\\u001b[31m.yml"'.slice(1));
    expect(annotations(step, 'error')).toHaveLength(1);
    expect(annotations(step, 'error')[0]).toContain('the upstream run is refused');
  });

  it('passes a manual run without a look-up', async () => {
    expect((await guard({ eventName: 'workflow_dispatch', event: {} })).outputs.proceed).toBe('true');
    expect(asked).toEqual([]);
  });

  const repository = EVENT.repository;

  it('passes a manual run on the default branch without a look-up', async () => {
    const step = await guard({ eventName: 'workflow_dispatch', event: { repository }, ref: 'refs/heads/main' });
    expect(step.outputs.proceed).toBe('true');
    expect(asked).toEqual([]);
  });

  it.each([
    ['a tag named main', 'refs/tags/main'],
    ['another branch', 'refs/heads/feature'],
    ['a branch that ends alike', 'refs/heads/feature/main'],
    ['a pull request', 'refs/pull/1/merge'],
  ])('refuses a manual run on %s', async (_, ref) => {
    const step = await guard({ eventName: 'workflow_dispatch', event: { repository }, ref });
    expect(step.outputs).toMatchObject({ proceed: 'false', 'failure-class': 'config' });
    expect(step.outputs.reason).toBe(`the manual run is on "${ref}", not on the default branch`);
  });

  it('refuses every other event without a look-up', async () => {
    const { outputs } = await guard({ eventName: 'pull_request', event: {} });
    expect(outputs).toMatchObject({ proceed: 'false', reason: 'the event is pull_request' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['no upstream run', { repository: { default_branch: 'main' } }],
    ['a run whose number is a text', { ...EVENT, workflow_run: { id: '../../x', run_attempt: 1 } }],
    ['no attempt', { ...EVENT, workflow_run: { id: 4711 } }],
    ['no default branch', { workflow_run: EVENT.workflow_run }],
  ])('refuses an event with %s', async (_, event) => {
    const { outputs } = await guard({ event });
    expect(outputs).toMatchObject({ proceed: 'false', reason: 'the event does not name its upstream run' });
    expect(asked).toEqual([]);
  });

  it.each([403, 404])('does not proceed when GitHub answers %i, and names the permission', async (status) => {
    const step = await guard({ status });
    expect(step.outputs).toMatchObject({ proceed: 'false', 'failure-class': 'config' });
    expect(annotations(step, 'error')[0]).toContain('fix: give the job the permission `actions: read`');
    expect(step.code).toBe(3);
  });

  it('does not proceed when GitHub cannot be reached', async () => {
    const step = await guard({ apiUrl: 'http://127.0.0.1:9' });
    expect(step.outputs).toMatchObject({ proceed: 'false', 'failure-class': 'remote-temporary' });
    expect(step.code).toBe(4);
  });

  it.each([200, 404, 500])('never shows the token, whatever GitHub answers (%i)', async (status) => {
    const step = await guard({ status });
    const unmasked = step.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    const told = [...unmasked, step.stderr, JSON.stringify(step.outputs), JSON.stringify(step.state), step.summary];
    expect(told.join('\n')).not.toContain(TOKEN);
    expect(step.stdout).toContain(`::add-mask::${TOKEN}`);
  });
});
