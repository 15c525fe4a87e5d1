import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow } from './act';
import { datasetRows, makeDrive } from './drive';
import { copyRepository, root, type WorkflowRepository } from './repository';

const FILE = 'from-the-readme.yml';

/** The workflow that the README shows, with the actions of this checkout for those of OWNER at COMMIT. */
function shownWorkflow(): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Use it in your own repository'));
  const workflow = /^```yaml\n(.*?)^```$/ms.exec(section)?.[1];
  if (workflow === undefined) throw new Error('the README shows no workflow');
  return workflow.replace(/OWNER\/sensor-warehouse\/(actions\/[a-z-]+)@COMMIT/g, './$1');
}

describe('the workflow that the README shows', () => {
  let repository: WorkflowRepository;

  beforeAll(() => {
    repository = copyRepository({ [FILE]: shownWorkflow() });
  });
  afterAll(() => repository.remove());

  test.skipIf(!process.env.ACTIONLINT)('names actions and inputs that there are', () => {
    const args = ['-no-color', '-shellcheck=', '-pyflakes=', join('.github', 'workflows', FILE)];
    let found = '';
    try {
      execFileSync(process.env.ACTIONLINT!, args, { cwd: repository.folder, encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      found = (error as { stdout: string }).stdout;
    }
    expect(found).toBe('');
  });

  test.skipIf(!canRunWorkflows || !process.env.RCLONE)(
    'publishes the dataset with nothing but the secret',
    async () => {
      const drive = makeDrive(repository.scratch);
      // Our seeds name the remote sm2drive, the README's workflow names it mydrive.
      const remote = (name: string) => `[${name}]\ntype = alias\nremote = ${drive}\n`;
      const run = await runWorkflow(repository, {
        event: 'schedule',
        workflow: FILE,
        payload: { schedule: '17 2 * * *' },
        secrets: { RCLONE_CONFIG: remote('sm2drive') + remote('mydrive') },
        programs: [dirname(process.env.RCLONE!)],
      });
      expect(run.conclusion, run.log).toBe('success');
      expect((await datasetRows(drive)).length).toBeGreaterThan(0);
    },
  );
});
