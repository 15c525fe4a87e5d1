import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { COMMANDS } from '@sensor-warehouse/cli/commands';
import { publishJob, windowJob } from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { stagesAgain } from '@sensor-warehouse/warehouse/backfill/stages-again';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { warehouse } from '../support/command-line';
import { besideKept, type Kept, keptWarehouse, stagedBackfill } from '../support/kept';
import { fileTree } from '../support/published';

let kept: Kept;
beforeEach(async () => {
  kept = await keptWarehouse('moved-in');
});
afterEach(() => kept.remove());

/** What a newer program may have left, and where. */
const DOCUMENTS: readonly [what: string, path: RegExp][] = [
  ['the pointer', /^warehouse\.json$/],
  ['the newest copy of the pointer', /^pointers\/000004-/],
  ['an older copy of the pointer', /^pointers\/000001-/],
  ['a manifest of facts that wait', /^facts\/000003-.*manifest\.json$/],
  ['a manifest of facts that are consumed', /^facts\/000001-.*manifest\.json$/],
  ['the marker of the stable copies', /^public\/latest\.json$/],
  ['the report of a refused file', /^quarantine\/ventilation\/.*\.report\.json$/],
  ['the report of refused rows', /^quarantine\/indoor\/.*\.report\.json$/],
  ['the plan of a staged backfill', /^staging\/.*plan\.json$/],
  ['a window of a staged backfill', /^staging\/.*2024-09\.json$/],
];

async function makeNewer(path: RegExp, format: unknown = 9): Promise<string> {
  const found = Object.keys(await fileTree(kept.warehouse)).find((one) => path.test(one))!;
  const file = join(kept.warehouse, found);
  const document = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...document, format }));
  return found;
}

/** What each command needs besides the warehouse to do its work. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  backfill: ['--from', '2024-09', '--to', '2024-11', '--mode', 'all'],
  publish: ['latest'],
  replay: ['quarantine/ventilation/7dea5c560862_Graph_november_2.csv'],
  release: ['ventilation', '--reason', 'right'],
  discard: ['ventilation', '--reason', 'wrong'],
  sweep: ['--yes'],
  'import-legacy': [besideKept('moved-in', 'drive/Warehouse/public/sm2_public_dataset.parquet')],
};
const CHANGING = COMMANDS.filter(({ needsWarehouse }) => needsWarehouse).map(({ name }) => name);

test('every command that a warehouse is given stops at a newer pointer, and changes nothing', async () => {
  const path = await makeNewer(/^warehouse\.json$/);
  const before = await fileTree(kept.drive);
  expect(CHANGING.length).toBeGreaterThan(11);
  for (const command of CHANGING) {
    const { code, stderr } = await kept.run(command, WORDS[command]);
    expect({ command, code, stderr }).toEqual({
      command,
      code: 3,
      stderr: `formats: this program is older than the warehouse: it does not know the format of a pointer at sm2drive:Warehouse/${path}; found format 9, expected format 4 or older; nothing was changed; fix: upgrade the program, the actions as well as the command, to the version that wrote it; class=config code=warehouse-newer\n`,
    });
  }
  expect(await fileTree(kept.drive)).toEqual(before);
});

describe.each(DOCUMENTS)('%s of a newer format', (_, path) => {
  test('stops a night, a heal and a sweep, which change nothing', async () => {
    const name = await makeNewer(path);
    await kept.layNext();
    const before = await fileTree(kept.drive);
    for (const command of ['run', 'heal', 'sweep']) {
      const { code, stderr } = await kept.run(command, WORDS[command]);
      expect({ command, code }).toEqual({ command, code: 3 });
      expect(stderr).toContain(`sm2drive:Warehouse/${name}; found format 9, expected format `);
    }
    expect(await fileTree(kept.drive)).toEqual(before);
  });

  test('stops an action before its stage begins', async () => {
    await makeNewer(path);
    await expect(stageContext('sm2drive:Warehouse')).rejects.toMatchObject({ details: { code: 'warehouse-newer' } });
    // What stays in the work folder has no warehouse to look at.
    const { warehouse } = await stageContext('');
    expect(() => warehouse.name).toThrow('has no store');
  });
});

const stageContext = (place: string) =>
  openStageContext({
    project: kept.project,
    work: join(kept.folder, 'work'),
    warehouse: place,
    bindings: new Map([['sm2drive', kept.drive]]),
    rcloneConfig: undefined,
    now: undefined,
    windowMonths: 2,
    dryRun: false,
  });

describe('no older copy takes the place of what a newer program wrote', () => {
  test.each([
    ['gone', () => rm(join(kept.warehouse, 'warehouse.json'))],
    ['cut off', () => truncate(join(kept.warehouse, 'warehouse.json'), 40)],
  ])('if the pointer is %s and its newest copy is newer', async (_, damage) => {
    await damage();
    await makeNewer(/^pointers\/000004-/);
    const before = await fileTree(kept.warehouse);
    const { code, stderr } = await kept.run('heal');
    expect({ code, told: stderr.includes('code=warehouse-newer') }).toEqual({ code: 3, told: true });
    expect(await fileTree(kept.warehouse)).toEqual(before);
  });

  test.each([['"2.0"'], ['[2]'], ['null'], ['2.5']])('if the pointer says format %s', async (format) => {
    await makeNewer(/^warehouse\.json$/, JSON.parse(format));
    const { code, stderr } = await kept.run('heal');
    expect({ code, told: stderr.includes('code=warehouse-newer') }).toEqual({ code: 3, told: true });
  });
});

test('the jobs of a backfill take up neither a plan nor a window of a newer format', async () => {
  const { plan, windows } = await stagedBackfill();
  const context = await kept.openContext();
  const noDbt = async () => {
    throw new Error('dbt is not needed');
  };
  await makeNewer(/^staging\/.*2024-09\.json$/);
  await expect(publishJob(context, plan)).rejects.toThrow(/code=warehouse-newer/);
  await expect(windowJob(context, stagesAgain(noDbt), EMBEDDED, plan, windows[0]!.window)).rejects.toThrow(
    /code=warehouse-newer/,
  );
});

test('a report that was downloaded, and a warehouse that is compared, are looked at too', async () => {
  const name = await makeNewer(/^quarantine\/indoor\/.*\.report\.json$/);
  const local = join(kept.folder, 'downloaded.report.json');
  await writeFile(local, await readFile(join(kept.warehouse, name)));
  await rm(join(kept.warehouse, 'quarantine'), { recursive: true });
  expect((await kept.run('replay', [local])).stderr).toContain('code=warehouse-newer');
  await makeNewer(/^warehouse\.json$/);
  const compared = await warehouse(['compare', kept.warehouse, kept.warehouse, '--project', kept.project]);
  expect({ code: compared.code, told: compared.stderr.includes('code=warehouse-newer') }).toEqual({
    code: 3,
    told: true,
  });
});

test.skipIf(!process.env.RCLONE)('behind rclone a newer document stops a command too', async () => {
  const path = await makeNewer(/^facts\/000001-.*manifest\.json$/);
  const config = join(kept.folder, 'rclone.conf');
  await writeFile(config, `[drive]\ntype = alias\nremote = ${kept.drive}\n`);
  const place = ['--rclone-config', config, '--warehouse', 'drive:Warehouse', '--project', kept.project];
  const env = { PATH: `${dirname(process.env.RCLONE!)}${delimiter}${process.env.PATH}` };
  const before = await fileTree(kept.warehouse);
  const { code, stderr } = await warehouse(['heal', ...place], { env });
  expect(stderr).toContain(`drive:Warehouse/${path}; found format 9, expected format `);
  expect({ code, after: await fileTree(kept.warehouse) }).toEqual({ code: 3, after: before });
});

test('the last answer of an API that is of a newer format stops a command', async () => {
  const seed = join(kept.project, 'seeds', 'datasources_config.csv');
  const text = await readFile(seed, 'utf8');
  await writeFile(seed, text.replace(/^(openweather,.*),false$/m, '$1,true'));
  const folder = join(kept.warehouse, 'apis', 'openweather');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'last-answer.json'), '{"format":9}');
  expect((await kept.run('status')).stderr).toContain('openweather/last-answer.json; found format 9');
});

test('what was uploaded is not a document: a refused file may be called like a report and say any format', async () => {
  const folder = join(kept.warehouse, 'quarantine', 'indoor');
  for (const name of ['0123456789ab_upload.report.json', 'upload.unmapped.json'])
    await writeFile(join(folder, name), '{"format":9}');
  await mkdir(join(kept.warehouse, 'raw', 'indoor', '000009-01234567'), { recursive: true });
  await writeFile(join(kept.warehouse, 'raw', 'indoor', '000009-01234567', 'manifest.json'), '{"format":9}');
  expect((await kept.run('status')).code).toBe(0);
});

test('damage is still reported as damage: a document without a format is of the first', async () => {
  await writeFile(join(kept.warehouse, 'warehouse.json'), '{}');
  expect((await kept.run('status')).stderr).toContain('code=pointer-damaged');
});
