import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { datasetRows, makeDrive } from './drive';
import { copyRepository, type WorkflowRepository } from './repository';

const CANARY = 'canary-in-the-rclone-configuration';

describe.skipIf(!canRunWorkflows || !process.env.RCLONE)('the secret with the rclone configuration', () => {
  let repository: WorkflowRepository;
  let drive: string;
  let refresh: WorkflowRun;
  let publish: WorkflowRun;

  beforeAll(async () => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    const secrets = {
      RCLONE_CONFIG: ['[sm2drive]', 'type = alias', `remote = ${drive}`, `description = ${CANARY}`].join('\n'),
    };
    const programs = [dirname(process.env.RCLONE!)];
    const byHand = (workflow: string) =>
      runWorkflow(repository, { event: 'workflow_dispatch', workflow, secrets, programs });
    refresh = await byHand('refresh.yml');
    publish = await byHand('aggregate-and-publish.yml');
  });
  afterAll(() => repository.remove());

  test('is all that the workflows need to reach the uploads and the warehouse', async () => {
    expect(stepOf(publish, 'Publish Parquet').outputs.changed, refresh.log + publish.log).toBe('true');
    expect((await datasetRows(drive)).length).toBeGreaterThan(0);
  });

  test('is printed by no step', () => {
    expect([...refresh.printed, ...publish.printed].filter((line) => line.includes(CANARY))).toEqual([]);
  });
});
