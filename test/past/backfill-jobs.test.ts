import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backfill } from '@sensor-warehouse/warehouse/backfill/backfill';
import { planJob, publishJob, windowJob } from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { codeDigest } from '@sensor-warehouse/warehouse/backfill/code-digest';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import type { BackfillOrder, StagedPlan, StagedWindow } from '@sensor-warehouse/warehouse/layout/backfill-documents';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { flipByte } from '../support/damaged';
import { editDocument } from '../support/edit-document';
import { handOver } from '../support/made-facts';
import { openNight } from '../support/made-night';
import { fileTree, readWholeVersion } from '../support/published';

const ORDER: BackfillOrder = { from: '2024-07', to: '2024-10', mode: 'stale', maxMonths: 24, allowFewer: false };
const WINDOWS = [
  'ventilation_2024-08_2024-09',
  'ventilation_2024-10_2024-10',
  'indoor_2024-08_2024-09',
  'indoor_2024-10_2024-10',
];
const CODE = 'the code of this test';
const noPython = async () => {
  throw new Error('nothing is rebuilt here');
};

let pristine: Building;
let building: Building;

// Three months of two sources are published; then a plausible range changes, and every month is stale.
beforeAll(async () => {
  pristine = await newBuilding();
  await handOver(pristine.warehouse, 1, [
    { datasource: 'indoor', from: '2024-08-20T00:00:00Z', hours: 24 * 45 },
    { datasource: 'ventilation', from: '2024-08-20T00:00:00Z', hours: 24 * 45 },
  ]);
  const { code, stderr } = await pristine.run('aggregate-publish');
  if (code !== 0) throw new Error(stderr);
  return () => pristine.remove();
});

beforeEach(async () => {
  building = await newBuilding();
  await cp(pristine.drive, building.drive, { recursive: true });
});
afterEach(() => building.remove());

/** A job with a runner of its own: nothing is shared but the warehouse. */
async function openJob(maximum = 20): Promise<Context> {
  const night = await openNight(building);
  const { configuration } = night;
  const dataKeys = new Map([...configuration.dataKeys].map(([key, one]) => [key, { ...one, maximum }]));
  return { ...night, configuration: { ...configuration, dataKeys } };
}

async function plan(order = ORDER, code = CODE): Promise<string> {
  const { digest } = await planJob(await openJob(), order, code);
  return digest!;
}

const make = async (digest: string, window: string) =>
  windowJob(await openJob(), stagesAgain(noPython), EMBEDDED, digest, window);
/** Files that the jobs left for each other. */
const staged = async () =>
  Object.keys(await fileTree(building.warehouse)).filter((path) => path.startsWith('staging/'));

describe('a backfill in several jobs', () => {
  test('publishes once, what a backfill in one piece publishes, and leaves nothing in staging', async () => {
    const whole = await newBuilding();
    await cp(pristine.drive, whole.drive, { recursive: true });
    const night = await openJob();
    const elsewhere = { ...night, warehouse: (await openNight(whole)).warehouse };
    await backfill(elsewhere, noPython, EMBEDDED, ORDER);

    const digest = await plan();
    for (const window of WINDOWS) await make(digest, window);
    const { pointer } = await publishJob(await openJob(), digest);
    expect(pointer.generation).toBe(2);
    expect(pointer.partitions.map(({ revision }) => revision)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(await staged()).toEqual([]);
    const [one, many] = [await fileTree(whole.drive), await fileTree(building.drive)];
    await whole.remove();
    expect(many).toEqual(one);
  });

  test('changes nothing that a reader sees until it publishes, and then everything', async () => {
    const before = await readWholeVersion(building.warehouse);
    const digest = await plan();
    expect(await readWholeVersion(building.warehouse)).toEqual(before);
    for (const window of WINDOWS) {
      await make(digest, window);
      expect(await readWholeVersion(building.warehouse)).toEqual(before);
    }
    await publishJob(await openJob(), digest);
    expect((await readWholeVersion(building.warehouse)).generation).toBe(before.generation + 1);
  });

  test('plans the same for the same warehouse and code, and differently for other code', async () => {
    const digest = await plan();
    expect(await plan()).toBe(digest);
    expect(await plan(ORDER, 'other code')).not.toBe(digest);
  });

  test('has at most one plan waiting: a new one takes the place of the previous one', async () => {
    const before = await plan();
    await make(before, WINDOWS[0]!);
    const digest = await plan({ ...ORDER, to: '2024-09' });
    expect(await staged()).toEqual([`staging/backfill/${digest}/plan.json`]);
    await expect(make(before, WINDOWS[1]!)).rejects.toThrow(/the plan does not exist .*code=backfill-plan/);
  });

  test('leaves no plan in a dry run', async () => {
    const tree = await fileTree(building.drive);
    const { plan: planned, digest } = await planJob({ ...(await openJob()), dryRun: true }, ORDER, CODE);
    expect(planned.windows.map(({ name }) => name)).toEqual(WINDOWS);
    expect(digest).toBeUndefined();
    expect(await fileTree(building.drive)).toEqual(tree);
  });

  test('does not publish while a window is missing, and names it; when it is made, it does', async () => {
    const digest = await plan();
    for (const window of WINDOWS.slice(1)) await make(digest, window);
    await expect(publishJob(await openJob(), digest)).rejects.toThrow(
      /windows of the plan are not built: ventilation_2024-08_2024-09; .*code=backfill-incomplete/,
    );
    await make(digest, WINDOWS[0]!);
    expect((await publishJob(await openJob(), digest)).pointer.generation).toBe(2);
  });

  test('builds no window twice: a window that is run again reuses its files', async () => {
    const digest = await plan();
    await make(digest, WINDOWS[0]!);
    const said: string[] = [];
    const again = { ...(await openJob()), say: (line: string) => said.push(line) };
    expect(await windowJob(again, stagesAgain(noPython), EMBEDDED, digest, WINDOWS[0]!)).toBe(2);
    expect(said).toEqual([`backfill: ${WINDOWS[0]} is already built`]);
  });

  test('stops, in every job, if another run published since the plan', async () => {
    const digest = await plan();
    for (const window of WINDOWS.slice(1)) await make(digest, window);
    await handOver(building.warehouse, 2, [{ datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 2 }]);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    const pointer = await readWholeVersion(building.warehouse);
    await expect(make(digest, WINDOWS[0]!)).rejects.toThrow(/another run published meanwhile.*code=stale-run/);
    const lone = await newPlanWithOneWindow();
    await expect(publishJob(await openJob(), lone)).rejects.toThrow(/another run published meanwhile.*code=stale-run/);
    expect((await readWholeVersion(building.warehouse)).generation).toBe(pointer.generation + 1);
  });

  describe('a window that is whole and not what its plan asks of it', () => {
    type Edit = (window: StagedWindow) => StagedWindow;
    const first =
      (edit: (partition: StagedWindow['partitions'][number]) => object): Edit =>
      ({ partitions: [one, ...others], ...window }) => ({
        ...window,
        partitions: [{ ...one!, ...edit(one!) }, ...others],
      });
    const EDITS: readonly (readonly [what: string, edit: Edit, found: RegExp])[] = [
      ['of another plan', (one) => ({ ...one, plan: '0123456789abcdef' }), /it is the window \S+ of plan 0123/],
      ['that does not say whose it is', ({ plan: _, window: __, ...one }) => one, /it is the window none of plan none/],
      ['with a partition less', (one) => ({ ...one, partitions: one.partitions.slice(1) }), /it lacks indoor 2024-08/],
      [
        'with a partition twice',
        (one) => ({ ...one, partitions: [one.partitions[0]!, ...one.partitions] }),
        /it has indoor 2024-08 twice/,
      ],
      [
        'with a month that stays as it is, and a partition of it',
        (one) => ({ ...one, asBefore: ['2024-08'] }),
        /it has indoor 2024-08 twice/,
      ],
      [
        'with another number of readings before',
        first(({ rowsBefore }) => ({ rowsBefore: rowsBefore + 1 })),
        /rowsBefore/,
      ],
      [
        'with fewer readings',
        first(({ archive }) => ({ archive: { ...archive, rows: archive.rows - 1 } })),
        /readings does not follow from the pointer/,
      ],
      ['with the facts of another night', first(() => ({ facts: 7 })), /facts does not follow from the pointer/],
      ['without the revision before', first(() => ({ previous: undefined })), /previous does not follow/],
      [
        'of a revision that does not exist',
        first(({ archive }) => ({ revision: 9, archive: { ...archive, path: archive.path.replace('.r2-', '.r9-') } })),
        /revision does not follow .*archive\/indoor\/2024-08\.r9-\S+ is missing, or has a different size/,
      ],
      [
        'of an archive that does not exist',
        first(({ archive }) => ({
          archive: { ...archive, sha256: '0'.repeat(64), path: archive.path.replace(/-\w{8}\.p/, '-00000000.p') },
        })),
        /archive\/indoor\/2024-08\.r2-00000000\.parquet is missing, or has a different size/,
      ],
    ];
    const window = WINDOWS[2]!;
    const fileOf = (digest: string, name: string) =>
      join(building.warehouse, 'staging', 'backfill', digest, `${name}.json`);
    let ready: { readonly drive: string; readonly digest: string } | undefined;
    /** A plan whose windows are all made. */
    const made = async () => {
      if (ready !== undefined) {
        await cp(ready.drive, building.drive, { recursive: true });
        return ready.digest;
      }
      const digest = await plan();
      for (const one of WINDOWS) await make(digest, one);
      ready = { drive: join(pristine.folder, 'ready'), digest };
      await cp(building.drive, ready.drive, { recursive: true });
      return digest;
    };
    /** It is refused, changes nothing, and is published once its job has run again. */
    const refused = async (digest: string, found: RegExp) => {
      const before = await fileTree(building.warehouse);
      const failed = await publishJob(await openJob(), digest).catch((error: Error) => error);
      expect(String(failed)).toMatch(found);
      expect(String(failed)).toMatch(/class=remote-temporary code=backfill-window$/);
      expect(await fileTree(building.warehouse)).toEqual(before);
      const verified = await verify(await openJob(), true);
      for (const one of WINDOWS) await make(digest, one);
      expect((await publishJob(await openJob(), digest)).pointer.generation).toBe(2);
      return verified.findings.map(({ code }) => code);
    };

    test.each(EDITS)('%s is refused, and rebuilt by its job', async (_, edit, found) => {
      const digest = await made();
      await editDocument<StagedWindow>(fileOf(digest, window), edit);
      await refused(digest, found);
    });

    test.each([
      ['of another source', WINDOWS[0]!, /it has ventilation 2024-08, which is not a month of the window/],
      [
        'of other months',
        WINDOWS[3]!,
        /it has indoor 2024-10, which is not a month of the window.*it lacks indoor 2024-08/,
      ],
    ])('the file of a window %s is refused, named by verify, and rebuilt by its job', async (_, other, found) => {
      const digest = await made();
      await cp(fileOf(digest, other), fileOf(digest, window));
      expect(await refused(digest, found)).toContain('staging-doubtful');
    });

    test.each([
      ['archive', /^2024-09\.r2/],
      ['aggregates', /^2024-08\./],
    ])(
      'one byte of what it left in %s/ that changed is seen, and the window is rebuilt by its job',
      async (folder, of) => {
        const before = await readdir(join(pristine.warehouse, folder, 'indoor'));
        const digest = await made();
        const names = await readdir(join(building.warehouse, folder, 'indoor'));
        const name = names.find((one) => of.test(one) && !before.includes(one))!;
        await flipByte(join(building.warehouse, folder, 'indoor', name));
        const codes = await refused(digest, new RegExp(`${folder}/indoor/${name} has a different SHA-256`));
        expect(codes).toContain('file-damaged');
      },
    );

    test('a plan that was changed and signed again is refused, and named by verify', async () => {
      const digest = await made();
      await editDocument<StagedPlan>(fileOf(digest, 'plan'), (one) => ({
        ...one,
        windows: one.windows.map((of) => ({ ...of, months: of.months.map((month) => ({ ...month, reasons: [] })) })),
      }));
      await expect(publishJob(await openJob(), digest)).rejects.toThrow(/its digest is .*code=backfill-staging/);
      const { findings } = await verify(await openJob(), false);
      expect(findings.map(({ code }) => code)).toContain('staging-doubtful');
    });

    test('a window of another source that says it is this one is refused', async () => {
      const digest = await made();
      await cp(fileOf(digest, WINDOWS[0]!), fileOf(digest, window));
      await editDocument<StagedWindow>(fileOf(digest, window), (one) => ({ ...one, window }));
      await refused(digest, /it has ventilation 2024-08, which is not a month of the window/);
    });

    test('the file of a window that cannot be read is rebuilt by its job', async () => {
      const digest = await made();
      await writeFile(fileOf(digest, window), '{');
      await expect(publishJob(await openJob(), digest)).rejects.toThrow(/code=backfill-staging/);
      await make(digest, window);
      expect((await publishJob(await openJob(), digest)).pointer.generation).toBe(2);
    });
  });

  /** A plan of one window, which is made; then another run publishes. */
  async function newPlanWithOneWindow(): Promise<string> {
    const digest = await plan({ ...ORDER, from: '2024-10', datasource: 'indoor' });
    await make(digest, 'indoor_2024-10_2024-10');
    await handOver(building.warehouse, 3, [{ datasource: 'indoor', from: '2024-10-12T00:00:00Z', hours: 2 }]);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    return digest;
  }

  test('refuses a window that the plan does not have', async () => {
    await expect(make(await plan(), '../../warehouse')).rejects.toThrow(/has no window .*code=backfill-plan/);
  });
});

describe('a publication of a backfill that is killed at its first, second, … last write', () => {
  test('leaves the whole old version or the whole new one, and is completed when it is run again', async () => {
    const digest = await plan();
    for (const window of WINDOWS) await make(digest, window);
    const ready = join(building.folder, 'ready');
    await cp(building.drive, ready, { recursive: true });
    const publish = async () => publishJob(await openJob(), digest);
    await publish();
    const expected = await fileTree(building.drive);
    const outcomes: { readonly seen: number; readonly converged: boolean }[] = [];
    for (let write = 1; ; write++) {
      await rm(building.drive, { recursive: true, force: true });
      await cp(ready, building.drive, { recursive: true });
      const ended = await publishKilledAt(write, digest);
      if (ended === 'whole') break;
      const { generation } = await readWholeVersion(building.warehouse);
      const planIsThere = (await staged()).some((path) => path.endsWith('plan.json'));
      if (planIsThere) await publish();
      const tree = await fileTree(building.drive);
      const published = Object.fromEntries(Object.entries(tree).filter(([path]) => !/staging|\.partial-/.test(path)));
      outcomes.push({ seen: generation, converged: JSON.stringify(published) === JSON.stringify(expected) });
    }
    expect(outcomes.length).toBeGreaterThan(15);
    expect(outcomes.filter(({ converged }) => !converged)).toEqual([]);
    const seen = outcomes.map((one) => one.seen);
    expect([...new Set(seen)]).toEqual([1, 2]);
  }, 240_000);

  /** A store that stops the job before its n-th change of the warehouse. */
  async function publishKilledAt(write: number, digest: string): Promise<'killed' | 'whole'> {
    const job = await openJob();
    let writes = 0;
    const stop = async () => {
      if (++writes >= write) throw new Error('killed');
    };
    const { warehouse } = job;
    const killed: Context['warehouse'] = {
      ...warehouse,
      upload: (from, path) => stop().then(() => warehouse.upload(from, path)),
      uploadOnce: (from, path) => stop().then(() => warehouse.uploadOnce(from, path)),
      uploadAll: (from, to, names) => stop().then(() => warehouse.uploadAll(from, to, names)),
      copyAll: (from, to, names) => stop().then(() => warehouse.copyAll(from, to, names)),
      remove: (path) => stop().then(() => warehouse.remove(path)),
      removeAll: async (paths) => {
        for (const path of paths) await killed.remove(path);
      },
    };
    return publishJob({ ...job, warehouse: killed }, digest).then(
      () => 'whole',
      (error: Error) => {
        if (!error.message.includes('killed')) throw error;
        return 'killed';
      },
    );
  }
});

test('the seeds and the models are among what a plan follows from', async () => {
  const night = await openNight(building);
  const project = join(night.work, 'project');
  for (const part of ['dbt_project.yml', 'seeds', 'models', 'macros'])
    await cp(join(root, part), join(project, part), { recursive: true });
  const program = join(root, 'bin', 'warehouse');
  const before = await codeDigest(project, program);
  expect(await codeDigest(project, program)).toBe(before);
  expect(await codeDigest(project, join(root, 'package.json'))).not.toBe(before);
  const mapping = join(project, 'seeds', 'mapping_indoor.csv');
  await cp(join(root, 'seeds', 'mapping.csv'), mapping);
  expect((await readFile(mapping)).length).toBeGreaterThan(0);
  expect(await codeDigest(project, program)).not.toBe(before);
});
