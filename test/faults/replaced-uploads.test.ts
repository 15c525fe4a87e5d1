import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { samples, thermoPro } from '../support/made-exports';
import { openNight, prepareHandOver } from '../support/made-night';
import { publishFacts } from '../support/stages';
import { wrappedRemotes } from './wrapped-rclone';

const upload = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12]));
const other = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [13, 14]));
const OURS = [{ datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 1 }] as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
  await building.upload('Indoor', upload);
});
afterEach(() => building.remove());

const path = () => join(building.uploadFolder('Indoor'), upload.name);
const inFolder = () => readdir(building.uploadFolder('Indoor'));

async function handedOver(change: Partial<Context> = {}): Promise<Context> {
  const night = { ...(await openNight(building)), ...change };
  await prepareHandOver(night, OURS);
  return night;
}

describe('an upload that is replaced after it was taken', () => {
  test('stays, and the next night takes it', async () => {
    const night = await handedOver();
    await writeFile(path(), other.text);
    await publishFacts(night);
    expect(await inFolder()).toEqual([upload.name]);
    expect(await readFile(path(), 'utf8')).toBe(other.text);
    const { generation } = await publishFacts(await handedOver());
    expect([generation?.slice(0, 6), await inFolder()]).toEqual(['000002', []]);
  });

  test.skipIf(!process.env.RCLONE)('in the moment of its removal stays too, behind rclone', async () => {
    const night = await handedOver();
    const replacement = join(building.folder, 'replacement.csv');
    await writeFile(replacement, other.text);
    // Whichever command takes the upload away finds the new one in its place.
    const replaceFirst = `case "$command $*" in (moveto*${upload.name}|move*${upload.name}*|delete*${upload.name}) [ -e ${replacement} ] && mv ${replacement} ${path()} ;; esac`;
    await publishFacts({ ...night, remotes: await wrappedRemotes(building, replaceFirst) });
    expect(await inFolder()).toEqual([upload.name]);
    expect(await readFile(path(), 'utf8')).toBe(other.text);
  });
});

test.skipIf(!process.env.RCLONE)(
  'a folder from which nothing can be removed is named, and stops no hand-over',
  async () => {
    const night = await handedOver();
    const refuse = 'case $command in moveto|move|deletefile) echo 403 Forbidden >&2; exit 1 ;; esac';
    const { generation } = await publishFacts({ ...night, remotes: await wrappedRemotes(building, refuse) });
    expect(generation).toMatch(/^000001-/);
    const { stages } = await readRunRecord(night.work);
    expect(stages.at(-1)!.findings).toMatchObject([{ code: 'upload-not-removed', datasource: 'indoor', count: 1 }]);
  },
);
