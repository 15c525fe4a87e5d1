import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRunWorkflows, runWorkflow, stepOf, type WorkflowRun } from './act';
import { datasetRows, makeDrive, picture } from './drive';
import { copyRepository, root, type WorkflowRepository } from './repository';

// Both sources are published; then the mapping of the rooms is corrected.
describe.skipIf(!canRunWorkflows)('Backfill, started by hand to rebuild two sources', () => {
  let repository: WorkflowRepository;
  let drive: string;
  let published: Record<string, string>;
  const runs: Record<'dry' | 'broken' | 'whole', WorkflowRun> = {} as never;
  const pictures: Record<string, Record<string, string>> = {};

  beforeAll(async () => {
    repository = copyRepository();
    drive = makeDrive(repository.scratch);
    const options = ['--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse'];
    const program = join(root, 'bin', 'warehouse');
    execFileSync(process.execPath, [program, 'run', ...options], { cwd: root, stdio: 'pipe' });
    published = picture(drive);
    const mapping = join(repository.folder, 'seeds', 'mapping_indoor.csv');
    const corrected = readFileSync(mapping, 'utf8').replace('4427,SM2_03_L1_01', '4427,SM2_01_L1_01');
    writeFileSync(mapping, corrected.replace('493D,SM2_01_L1_01', '493D,SM2_03_L1_01'));
    const backfill = (dryRun: string) =>
      runWorkflow(repository, {
        event: 'workflow_dispatch',
        workflow: 'backfill.yml',
        inputs: {
          from: '2023-01',
          to: '2024-12',
          datasource: '',
          mode: 'rebuild',
          'max-months': '24',
          'allow-fewer': 'false',
          'dry-run': dryRun,
          'accept-churn': 'true',
        },
        vars: { WAREHOUSE_REMOTES: `sm2drive=${drive}` },
      });
    runs.dry = await backfill('true');
    pictures.dry = picture(drive);
    const raw = join(
      drive,
      'Warehouse',
      'raw',
      'ventilation',
      readdirSync(join(drive, 'Warehouse/raw/ventilation'))[0]!,
    );
    const [name] = readdirSync(raw);
    renameSync(join(raw, name!), join(raw, `${name}.elsewhere`));
    runs.broken = await backfill('false');
    pictures.broken = picture(drive);
    renameSync(join(raw, `${name}.elsewhere`), join(raw, name!));
    runs.whole = await backfill('false');
  }, 400_000);
  afterAll(() => repository.remove());

  test('as a dry run tells each month and why, in the summary, and changes nothing', () => {
    expect(runs.dry.conclusion, runs.dry.log).toBe('success');
    expect(runs.dry.jobs).toEqual(['plan']);
    expect(stepOf(runs.dry, 'Plan the backfill').summary).toMatch(
      /\| indoor \| 2024-10 \| .* \| raw \| \d+ \| asked-for \|/,
    );
    expect(pictures.dry).toEqual(published);
  });

  test('publishes nothing when a window fails, and names what it lacks', () => {
    expect(runs.broken.conclusion).toBe('failure');
    expect(runs.broken.jobs).not.toContain('publish');
    expect(runs.broken.annotations.map(({ title }) => title)).toEqual(['raw-copy-damaged']);
    const of = (all: Record<string, string>) =>
      Object.entries(all).filter(([path]) => /warehouse\.json$|\/public\/|\/normalized\//.test(path));
    expect(of(pictures.broken!)).toEqual(of(published));
  });

  test('makes only the failed window again, and publishes both as one version', async () => {
    expect(runs.whole.conclusion, runs.whole.log).toBe('success');
    expect(runs.whole.log).toMatch(/backfill: indoor_2024-10_2024-1\d is already built/);
    expect(runs.whole.log).not.toMatch(/backfill: ventilation_\S+ is already built/);
    expect(stepOf(runs.whole, 'Publish the backfill').outputs).toMatchObject({ changed: 'true' });
    const locations = new Set((await datasetRows(drive)).map(({ location }) => location));
    expect(locations.has('1NP-S1')).toBe(true);
    expect(locations.has('1NP-S3')).toBe(false);
    expect(Object.keys(picture(drive)).filter((path) => path.includes('staging'))).toEqual([]);
  });
});
