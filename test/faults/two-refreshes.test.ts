import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../packages/model/test/support/failure-of';
import { type Building, newBuilding } from '../support/building';
import { samples, thermoPro } from '../support/made-exports';
import { handOver } from '../support/made-facts';
import { openNight, prepareHandOver, refresh } from '../support/made-night';
import { readWholeVersion } from '../support/published';
import { publishFacts } from '../support/stages';

const upload = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12]));
const OURS = [{ datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 3 }] as const;
const THEIRS = [{ datasource: 'indoor', from: '2024-10-20T10:00:00Z', hours: 3 }] as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
  await building.upload('Indoor', upload);
});
afterEach(() => building.remove());

/** The night, with something done to the same folder by somebody else before or after one of its writes. */
function disturbed(
  night: Context,
  wanted: RegExp,
  moment: 'before' | 'after',
  disturb: () => Promise<unknown>,
): Context {
  const { warehouse } = night;
  return {
    ...night,
    warehouse: {
      ...warehouse,
      uploadOnce: async (from, path) => {
        if (moment === 'before' && wanted.test(path)) await disturb();
        await warehouse.uploadOnce(from, path);
        if (moment === 'after' && wanted.test(path)) await disturb();
      },
    },
  };
}

async function preparedNight(): Promise<Context> {
  const night = await openNight(building);
  await prepareHandOver(night, OURS);
  return night;
}

/** Generations that exist: those with a manifest. */
async function generations(): Promise<string[]> {
  const entries = await readdir(join(building.warehouse, 'facts'), { withFileTypes: true, recursive: true });
  return entries
    .filter(({ name }) => name === 'manifest.json')
    .map(({ parentPath }) => parentPath.split('/').at(-1)!)
    .sort();
}

const uploads = () => readdir(building.uploadFolder('Indoor'));
const STALE = { stage: 'publish-facts', class: 'remote-temporary', code: 'stale-run' };

describe('a second refresh that hands over at the same time', () => {
  test.each([
    ['facts are', /fact\.parquet$/, 'before'],
    ['manifest is', /manifest\.json$/, 'before'],
    ['manifest is', /manifest\.json$/, 'after'],
  ] as const)(
    'and is there when our %s written (%s, %s) keeps the number: we leave no generation, and our uploads',
    async (_, wanted, moment) => {
      const night = disturbed(await preparedNight(), wanted, moment, () => handOver(building.warehouse, 1, THEIRS));
      const failure = await detailsOf(publishFacts(night));
      expect(failure).toMatchObject(STALE);
      expect(failure.found).toMatch(/^facts\/000001-[0-9a-f]{8}$/);
      expect(await generations()).toEqual([failure.found!.slice('facts/'.length)]);
      expect(await uploads()).toEqual([upload.name]);
    },
  );

  test('limit: A refresh that meets another one ends with `stale-run` and must be run again: the workflows wait for each other, a laptop does not.', async () => {
    const night = disturbed(await preparedNight(), /manifest\.json$/, 'before', () =>
      handOver(building.warehouse, 1, THEIRS),
    );
    expect(await detailsOf(publishFacts(night))).toMatchObject(STALE);
    expect((await refresh(building, OURS)).generation).toMatch(/^000002-/);
    expect(await uploads()).toEqual([]);
  });

  test('and is published and swept already is known by the consumed number', async () => {
    const night = disturbed(await preparedNight(), /manifest\.json$/, 'after', async () => {
      const theirs = await handOver(building.warehouse, 1, THEIRS);
      const ours = (await generations()).find((one) => !theirs.endsWith(one))!;
      const hidden = join(building.folder, 'hidden.json');
      const manifest = join(building.warehouse, 'facts', ours, 'manifest.json');
      await writeFile(hidden, await readFile(manifest));
      await rm(manifest);
      expect((await building.run('aggregate-publish')).code).toBe(0);
      await rm(theirs, { recursive: true });
      await writeFile(manifest, await readFile(hidden));
    });
    const failure = await detailsOf(publishFacts(night));
    expect(failure).toMatchObject({ ...STALE, found: 'indoor is consumed up to number 1' });
    expect(await generations()).toEqual([]);
    expect(await uploads()).toEqual([upload.name]);
  });

  test('with the same uploads keeps its generation, which has the name of ours', async () => {
    const first = await preparedNight();
    const second = await preparedNight();
    let theirs: string | undefined;
    const night = disturbed(first, /fact\.parquet$/, 'after', async () => {
      theirs = (await publishFacts(second)).generation;
    });
    expect(await detailsOf(publishFacts(night))).toMatchObject({ ...STALE, found: `facts/${theirs}` });
    expect(await generations()).toEqual([theirs]);
  });

  test('with the same uploads and is done before we write: we leave no second generation of them', async () => {
    const ours = await preparedNight();
    const theirs = await publishFacts(await preparedNight());
    const failure = await detailsOf(publishFacts(ours));
    expect(failure).toMatchObject({ ...STALE, found: `${upload.name} in a generation of another run` });
    expect(await generations()).toEqual([theirs.generation]);
  });

  test('and then is published: the next refresh hands over what was withdrawn, and all of it is published', async () => {
    const night = disturbed(await preparedNight(), /manifest\.json$/, 'after', () =>
      handOver(building.warehouse, 1, THEIRS),
    );
    await detailsOf(publishFacts(night));
    expect((await building.run('aggregate-publish')).code).toBe(0);
    expect((await refresh(building, OURS)).generation).toMatch(/^000002-/);
    expect(await uploads()).toEqual([]);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    const { consumed, partitions } = await readWholeVersion(building.warehouse);
    expect(consumed).toMatchObject({ indoor: 2 });
    expect(partitions.map(({ archive }) => archive.rows)).toEqual([6]);
  });
});

describe('a refresh that was killed before it saw the other one', () => {
  test('leaves a second generation of one number: both are published, and nothing is handed over twice', async () => {
    await refresh(building, OURS);
    await handOver(building.warehouse, 1, THEIRS);
    await building.upload('Indoor', upload);
    // The upload is seen by then, so no facts come of it.
    expect((await refresh(building, [])).generation).toBeUndefined();
    const { code, stderr } = await building.run('aggregate-publish');
    expect({ code, told: stderr.includes('warning generation-twice') }).toEqual({ code: 0, told: true });
    const { consumed, generations, partitions } = await readWholeVersion(building.warehouse);
    expect({ consumed, names: generations.map((name) => name.slice(0, 6)) }).toEqual({
      consumed: { indoor: 2, ventilation: 2 },
      names: ['000001', '000001'],
    });
    expect(partitions.map(({ archive }) => archive.rows)).toEqual([6]);
  });
});
