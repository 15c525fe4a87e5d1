import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, rename, truncate } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INGESTED } from '@sensor-warehouse/warehouse/ingest/ingested';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { readHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, NOW, newBuilding } from '../support/building';
import { root, runNode, warehouse } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { openNight, prepareHandOver } from '../support/made-night';
import { ingest, publishFacts } from '../support/stages';
import { mayMount, needsMount, onSmallDisk } from './small-disk';
import { wrappedRemotes, wrapRclone } from './wrapped-rclone';

const { RCLONE, PATH } = process.env;
const isRoot = process.getuid?.() === 0;

const ventilation = (name: string) =>
  atrea(name, UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]));
const GOOD = ventilation('Graph_good.csv');
const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12]));
const INDOOR = [{ datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 1 }] as const;
const VENTILATION = { datasource: 'ventilation', from: '2024-10-20T00:00:00Z', hours: 5 } as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
  await building.upload('Indoor', indoor);
  await building.upload('Vzduchotechnika', GOOD);
});
// What lies too deep for Node has no such limit for rm.
afterEach(() => execFileSync('rm', ['-rf', building.folder]));

const theirFolder = () => building.uploadFolder('Vzduchotechnika');
/** The codes of what holds the ventilation, with what each is about. */
const untaken = async ({ work }: Context) =>
  (await readHandOver(work, INGESTED, 'test')).untaken.map(({ code, datasource, file }) => [
    datasource,
    code,
    ...(file === undefined ? [] : [file]),
  ]);

describe('one uploader does not stop the others', () => {
  test('whose folder holds a folder deeper than any path: the source is held by name, its exports wait', async () => {
    // Twice 15 folders of 200 letters, one put into the other: longer than PATH_MAX, 4096 bytes.
    const deep = join(...Array<string>(15).fill('d'.repeat(200)));
    await mkdir(join(theirFolder(), deep), { recursive: true });
    await mkdir(join(building.folder, deep), { recursive: true });
    await rename(join(building.folder, 'd'.repeat(200)), join(theirFolder(), deep, 'd'));
    const night = await openNight(building);
    await prepareHandOver(night, [...INDOOR, VENTILATION]);
    const { held, facts } = await publishFacts(night);

    expect(await untaken(night)).toEqual([
      ['ventilation', 'upload-folder-unreadable', expect.stringMatching(/^d+\/d/)],
    ]);
    expect(Object.keys(held)).toEqual(['ventilation']);
    expect(facts).toBe(6);
    expect(await readdir(building.uploadFolder('Indoor'))).toEqual([]);
  });

  test('whose export is listed as larger than the limit: it is not fetched', async () => {
    await truncate(join(theirFolder(), GOOD.name), 5 * 2 ** 30);
    const night = await openNight(building);
    await prepareHandOver(night, INDOOR);
    const { held } = await publishFacts(night);

    expect(held).toEqual({ ventilation: [GOOD.name] });
    expect(await untaken(night)).toEqual([['ventilation', 'file-too-large', GOOD.name]]);
    expect(await readdir(join(night.work, 'raw', 'ventilation'))).toEqual([]);
  });

  test.skipIf(!mayMount)(
    `whose exports do not fit on the disk: those that do are taken, in the order of arrival${needsMount}`,
    async () => {
      const night = await openNight(building);
      const small = join(building.folder, 'small');
      await onSmallDisk(small, '8m', async () => {
        const work = join(small, 'work');
        await mkdir(work);
        for (const name of ['Graph_large.csv', 'Graph_small.csv'])
          await building.upload('Vzduchotechnika', ventilation(name));
        await truncate(join(theirFolder(), 'Graph_large.csv'), 6 * 2 ** 20);
        const { files } = await ingest({ ...night, work });

        expect(await untaken({ ...night, work })).toEqual([['ventilation', 'upload-without-room', 'Graph_large.csv']]);
        expect(files.map(({ name }) => name)).toEqual([GOOD.name, 'Graph_small.csv', indoor.name]);
      });
    },
  );

  test('who still writes an export: it is left for the next night, and holds nothing', async () => {
    const night = await openNight(building);
    const path = join(theirFolder(), GOOD.name);
    let appended = 0;
    // As the store copies it, more of it comes.
    const remotes = {
      open: (address: string) => {
        const store = night.remotes.open(address);
        return {
          ...store,
          downloadAll: async (files: ReadonlyMap<string, string>) => {
            await store.downloadAll(files);
            if (files.has(GOOD.name) && appended++ === 0) await appendFile(path, 'half a r');
          },
        };
      },
    };
    const { files, untaken: holding } = await ingest({ ...night, remotes });
    expect({ files: files.map(({ name }) => name), holding }).toEqual({ files: [indoor.name], holding: [] });
  });

  test('whose folder may not be read', async () => {
    const alone = join(building.folder, 'alone', 'ingest.mjs');
    await bundle(join(root, 'test', 'faults', 'ingest-alone.ts'), alone);
    await chmod(theirFolder(), 0o000);
    // To root every folder is open.
    const nobody = isRoot ? { uid: 65_534 } : {};
    if (isRoot) execFileSync('chown', ['-R', '65534:65534', building.folder]);
    const place = ['--remote', `sm2drive=${building.drive}`, '--warehouse', 'sm2drive:Warehouse', '--project', root];
    const work = join(building.folder, 'work');
    await mkdir(work);
    await chmod(work, 0o777);
    const { code, stdout } = await runNode(alone, ['refresh', ...place, '--work', work, '--now', NOW], nobody);
    await chmod(theirFolder(), 0o755);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ files: [indoor.name], untaken: ['upload-folder-unreadable'] });
  });
});

describe.skipIf(!RCLONE)('one uploader behind rclone does not stop the others', () => {
  /** A night with the Drive behind the wrapped rclone; the warehouse is reached without it. */
  const nightBehind = async (instead: string): Promise<Context> => {
    const night = await openNight(building);
    return { ...night, remotes: await wrappedRemotes(building, instead) };
  };
  const theirs = 'case "$*" in *Vzduchotechnika*) ;; *) exec real "$@" ;; esac'.replace('exec real', `exec ${RCLONE}`);
  const both = [
    [
      'two exports of one name',
      'same-name-twice',
      `[ "$command" = lsjson ] && { real "$@" | sed 's/^\\({"Path":"Graph_good.*}\\)$/\\1,\\n\\1/'; exit 0; }`,
      GOOD.name,
    ],
    [
      'a folder that the remote refuses',
      'upload-folder-unreadable',
      '[ "$command" = lsjson ] && { echo 403 Forbidden >&2; exit 1; }',
      undefined,
    ],
    [
      'an export that the remote lists and does not give',
      'upload-unreadable',
      'case $command in copy|copyto) echo 403 Forbidden >&2; exit 1 ;; esac',
      GOOD.name,
    ],
  ] as const;

  test.each(both)('with %s (%s)', async (_, code, instead, file) => {
    const night = await nightBehind(`${theirs}\n${instead}`);
    const { files } = await ingest(night);
    expect(await untaken(night)).toEqual([['ventilation', code, ...(file === undefined ? [] : [file])]]);
    expect(files.map(({ name }) => name)).toEqual([indoor.name]);
  });

  test('but a remote that lists no folder at all ends the run as before', async () => {
    const night = await nightBehind('[ "$command" = lsjson ] && { echo 403 Forbidden >&2; exit 1; }');
    await expect(ingest(night)).rejects.toMatchObject({ details: { code: 'remote-refused' } });
  });

  test('with two exports of one name: a whole night publishes the others and ends with source-held', async () => {
    const program = await wrapRclone(building, `${theirs}\n${both[0][2]}`);
    const config = join(building.folder, 'rclone.conf');
    const { code, stderr } = await warehouse(
      ['run', '--rclone-config', config, '--warehouse', 'sm2drive:Warehouse', '--now', NOW],
      { env: { PATH: `${dirname(program)}${delimiter}${PATH}` } },
    );
    expect(stderr).toContain('error same-name-twice [ventilation] Graph_good.csv');
    expect(stderr).toContain('sources are held: ventilation');
    expect(code).toBe(2);
    expect(await readdir(join(building.warehouse, 'archive'))).toEqual(['indoor']);
  });
});

/** Bundles as `npm run setup` bundles the command line. */
async function bundle(entry: string, out: string): Promise<void> {
  const setup = pathToFileURL(join(root, 'scripts', 'setup.mjs')).href;
  const code = `const { bundle } = await import(${JSON.stringify(setup)}); await bundle(...process.argv.slice(1));`;
  execFileSync(process.execPath, ['--input-type=module', '-e', code, entry, out], { cwd: root });
}
