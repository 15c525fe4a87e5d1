import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { isPublished, makeDrive, picture } from './drive';
import { type GitHubApi, openGitHubApi, upstreamRun, workflowRunEvent } from './github-api';
import { copyRepository, root, type WorkflowRepository } from './repository';

describe.skipIf(!canRunWorkflows)('a dry run, started by hand', () => {
  let repository: WorkflowRepository;
  let vars: Record<string, string>;
  let drive: string;

  beforeAll(() => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    vars = { WAREHOUSE_REMOTES: `sm2drive=${drive}` };
  });
  afterAll(() => repository.remove());

  const byHand = (workflow: string, dryRun: string) =>
    runWorkflow(repository, { event: 'workflow_dispatch', workflow, inputs: { 'dry-run': dryRun }, vars });

  describe('of Refresh', () => {
    let before: Record<string, string>;
    let refresh: WorkflowRun;

    beforeAll(async () => {
      before = picture(drive);
      refresh = await byHand('refresh.yml', 'true');
    });

    test('goes through all stages and tells what would be handed over', () => {
      expect(refresh.conclusion, refresh.log).toBe('success');
      expect(refresh.log).toMatch(/publish-facts: would write facts\/000001-[0-9a-f]{8} with \d+ facts/);
    });

    test('changes nothing', () => {
      expect(picture(drive)).toEqual(before);
    });
  });

  describe('while facts wait', () => {
    let waiting: Record<string, string>;

    beforeAll(() => {
      const options = ['--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse'];
      execFileSync(process.execPath, [join(root, 'bin', 'warehouse'), 'refresh', ...options], {
        cwd: root,
        stdio: 'pipe',
      });
      waiting = picture(drive);
    });

    test('of Refresh does not lead to a publication', async () => {
      const upstream = upstreamRun(repository.name, { conclusion: 'success' }, { dryRun: true });
      const api: GitHubApi = await openGitHubApi(repository.name, upstream);
      const run = await runWorkflow(repository, {
        event: 'workflow_run',
        workflow: 'aggregate-and-publish.yml',
        payload: workflowRunEvent(upstream),
        vars,
        apiUrl: api.url,
      });
      await api.close();
      expect(run.jobs, run.log).toEqual([]);
    });

    test('of Aggregate & Publish tells what would be published and changes nothing', async () => {
      const run = await byHand('aggregate-and-publish.yml', 'true');
      expect(run.conclusion, run.log).toBe('success');
      expect(run.log).toMatch(
        /publish-parquet: would publish version 20[0-9]{2}\.[0-9]{2}\.1-[0-9a-f]{8} with \d+ rows/,
      );
      expect(picture(drive)).toEqual(waiting);
    });

    test('is not what a run by hand is without the tick: that one publishes', async () => {
      const run = await byHand('aggregate-and-publish.yml', 'false');
      expect(stepOf(run, 'Publish Parquet').outputs.changed, run.log).toBe('true');
      expect(isPublished(drive)).toBe(true);
    });
  });
});
