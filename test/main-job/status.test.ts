import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planJob, windowJob } from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, NOW, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { inShell } from '../support/in-shell';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { handOver } from '../support/made-facts';
import { openNight, refresh } from '../support/made-night';
import { projectWith } from '../support/project';

const delivered = atrea(
  'Graph_broken.csv',
  UNIT_1,
  samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]),
);
const broken = { ...delivered, text: delivered.text.replace('tu1-privod', 'tu1-supply') };
const FIVE_HOURS = [{ datasource: 'ventilation', from: '2024-10-20T00:00:00Z', hours: 5 }] as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

const status = async (...options: string[]) => {
  const { code, stdout, stderr } = await building.run('status', options);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
};
const statusJson = async (...options: string[]) => JSON.parse(await status('--json', ...options));
const projectOf = (seeds: Parameters<typeof projectWith>[1]) => projectWith(join(building.folder, 'project'), seeds);
/** Runs the command that the status advises after these words, as it is printed. */
const follow = (said: string, after: string) => {
  const command = said.split('\n').find((line) => line.includes(`${after}: warehouse `))!;
  const line = `${command.slice(command.indexOf(`${after}: `) + after.length + 2)} --now ${NOW}`;
  return inShell(line, root, { PATH: `${join(root, 'bin')}:${process.env.PATH}` });
};

const noPython = async () => {
  throw new Error('nothing is rebuilt here');
};

describe('status', () => {
  test('of a place without a warehouse says that nothing is published, and how it begins', async () => {
    expect(await status()).toContain(
      `nothing is published in sm2drive:Warehouse yet; to publish the first version: warehouse run`,
    );
  });

  test('names what waits for the next publication, and the command that publishes it', async () => {
    await handOver(building.warehouse, 1, FIVE_HOURS);
    const said = await status();
    expect(said).toMatch(/waiting: ventilation 000001-\w+, 5 facts\n/);
    expect((await follow(said, 'what is not held')).code).toBe(0);
    expect(await status()).toContain('ventilation: 1 months 2024-10 to 2024-10, 5 readings, 5 hours\n');
  });

  test('names a source that a refused upload holds, the upload, its report, and what releases the rest', async () => {
    await building.upload('Vzduchotechnika', { ...delivered, name: 'Graph_good.csv' });
    await building.upload('Vzduchotechnika', broken);
    await refresh(building, FIVE_HOURS);
    const said = await status();
    expect(said).toContain('ventilation: nothing published, HELD\n  held by a refused upload: "Graph_broken.csv"\n');
    expect(said).toMatch(/in the upload folder: "Graph_broken.csv"; why: quarantine\/ventilation\/\w+.csv.report.md\n/);
    expect(await statusJson()).toMatchObject({
      sources: [
        {
          datasource: 'ventilation',
          held: { by: 'refused-upload', reasons: ['Graph_broken.csv'] },
          quarantined: { uploads: 1, rows: 0, refused: [{ name: 'Graph_broken.csv' }] },
        },
        { datasource: 'indoor' },
      ],
      waiting: [{ facts: 5, held: true }],
    });
    const released = await follow(said, 'without it');
    expect(`${released.code} ${released.stderr}`).toMatch(/^0 .*would settle ventilation 1: released, 5 facts/s);
  });

  test('names a refused upload although nothing waits, until a corrected one is in its place', async () => {
    await building.upload('Vzduchotechnika', broken);
    await refresh(building, []).catch(() => undefined);
    // That Refresh ended red, before anything was handed over.
    expect(await status()).toContain('refused, and still in the upload folder: "Graph_broken.csv"');
    await building.upload('Vzduchotechnika', delivered);
    expect(await status()).not.toContain('still in the upload folder');
  });

  test('names a source that the checks of its delivery hold, and what settles it', async () => {
    const project = await projectOf({ quality_thresholds: (seed) => `${seed.trimEnd()}\nventilation,row_count,,6\n` });
    await handOver(building.warehouse, 1, FIVE_HOURS);
    expect((await building.run('aggregate-publish', ['--project', project])).code).toBe(2);
    const said = await status('--project', project);
    expect(said).toContain('held by quality checks of its delivery: quality check row_count\n');
    for (const [after, verdict] of [
      ['if the delivery is right', 'released'],
      ['if you do not want it', 'discarded'],
    ] as const) {
      const settled = await follow(said, after);
      expect(`${settled.code} ${settled.stderr}`).toContain(`0 would settle ventilation 1: ${verdict}, 5 facts`);
    }
    expect((await building.run('release', ['ventilation', '--reason', 'it is right'])).code).toBe(0);
    expect(await status('--project', project)).toMatch(/waiting: ventilation 000001-\w+, 5 facts, released\n/);
  });

  test('counts what is in the quarantine of a source that continues', async () => {
    const good = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [1, 2]));
    await building.upload('Indoor', { ...good, name: good.name.replace('493D', 'FFFF') });
    await refresh(building, []).catch(() => undefined);
    const said = await status();
    expect(said).toContain('quarantine/indoor: uploads 1 refused; the .md files say why');
    const { stdout, stderr } = await follow(said, 'newest back');
    expect(stdout + stderr).toContain('error sensor-unknown [indoor]');
  });

  test('names what is switched off and what the seeds no longer name; their months stay', async () => {
    await handOver(building.warehouse, 1, FIVE_HOURS);
    await building.run('aggregate-publish');
    const without = (seed: string) => seed.replace(/^ventilation,.*\n/gm, '');
    const seeds = { datasources_config: without, quality_thresholds: without, ignored_columns: without };
    const project = await projectOf(seeds);
    const said = await status('--project', project);
    expect(said).toContain('ventilation: 1 months 2024-10 to 2024-10, 5 readings, 5 hours, not in the seeds\n');
    expect(said).toContain('switched off: openweather, openweather_history\n');
  });

  test('names an interrupted backfill, and says when nothing can continue it any more', async () => {
    await handOver(building.warehouse, 1, [{ datasource: 'indoor', from: '2024-10-01T00:00:00Z', hours: 24 * 40 }]);
    await building.run('aggregate-publish');
    const order = { from: '2024-10', to: '2024-11', mode: 'all', maxMonths: 24, allowFewer: false } as const;
    const { digest, plan } = await planJob(await openNight(building), order, 'code');
    const windows = plan.windows.length;
    expect(await status()).toContain(`backfill ${digest}: 0 of ${windows} windows built, not published\n`);
    await windowJob(await openNight(building), stagesAgain(noPython), EMBEDDED, digest!, plan.windows[0]!.name);
    expect((await statusJson()).backfills).toEqual([{ plan: digest, windows, made: 1, current: true }]);
    await handOver(building.warehouse, 2, FIVE_HOURS);
    await building.run('aggregate-publish');
    const said = await status();
    expect((await follow(said, 'it was written')).code).toBe(0);
  });

  test.each(['', '{"format": 1'])(
    'of a damaged pointer is an error that names the command to heal it',
    async (text) => {
      await handOver(building.warehouse, 1, FIVE_HOURS);
      await building.run('aggregate-publish');
      await writeFile(join(building.warehouse, 'warehouse.json'), text);
      const { code, stdout, stderr } = await building.run('status', ['--json']);
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
      expect(stderr).toMatch(/warehouse heal.*code=pointer-damaged/);
    },
  );
});
