import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnfinished } from '@sensor-warehouse/warehouse/ingest/unfinished-transfers';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { openNight, prepareHandOver } from '../support/made-night';
import { fileTree } from '../support/published';
import { ingest, publishFacts } from '../support/stages';

const ventilation = (name: string) =>
  atrea(name, UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]));
const GRAPH = ventilation('Graph_1.csv');
const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12]));
const FACTS = [
  { datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 1 },
  { datasource: 'ventilation', from: '2024-10-20T00:00:00Z', hours: 5 },
] as const;
/** The longest name that a folder takes. */
const LONGEST = `Graph_${'x'.repeat(245)}.csv`;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

const kept = async (folder: string) =>
  Object.keys(await fileTree(building.warehouse)).filter((path) => path.startsWith(folder));

test('an upload with the longest name is kept under a shorter one, and leaves its folder', async () => {
  await building.upload('Vzduchotechnika', ventilation(LONGEST));
  const night = await openNight(building);
  await prepareHandOver(night, [FACTS[1]]);
  const { generation } = await publishFacts(night);

  expect(await kept('raw/')).toEqual([
    expect.stringMatching(`^raw/ventilation/${generation}/[0-9a-f]{12}_Graph_x+\\.csv$`),
  ]);
  expect(await readdir(building.uploadFolder('Vzduchotechnika'))).toEqual([]);
});

const AWKWARD = 'Graph 12:00 "1" <2>|*?\\ ..csv ';

describe('an upload whose name contains characters that Windows disks refuse', () => {
  test('is kept under a name that every disk accepts, and leaves its folder', async () => {
    await building.upload('Vzduchotechnika', ventilation(AWKWARD));
    const night = await openNight(building);
    await prepareHandOver(night, [FACTS[1]]);
    const { generation } = await publishFacts(night);

    const [path] = await kept('raw/');
    expect(path).toMatch(new RegExp(`^raw/ventilation/${generation}/[0-9a-f]{12}_Graph 12%3A00 `));
    expect(await readdir(building.uploadFolder('Vzduchotechnika'))).toEqual([]);
  });

  test('is quarantined under such a name too', async () => {
    const broken = ventilation(AWKWARD);
    await building.upload('Vzduchotechnika', { ...broken, text: broken.text.replace('tu1-privod', 'tu1-supply') });
    await building.upload('Indoor', indoor);
    const night = await openNight(building);
    await prepareHandOver(night, [FACTS[0]]);
    await publishFacts(night);

    const paths = await kept('quarantine/');
    expect(paths).toHaveLength(3);
    expect(paths.filter((path) => /["*:<>?\\|]|[. ]$/.test(path))).toEqual([]);
  });

  test('is found where an older program kept it: under its original name', async () => {
    await building.upload('Vzduchotechnika', ventilation(AWKWARD));
    const broken = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [1, 2]), {
      part: ' 12:00',
    });
    await building.upload('Indoor', { ...broken, text: broken.text.replace('Date', 'Day') });
    const night = await openNight(building);
    await prepareHandOver(night, [FACTS[1]]);
    await publishFacts(night);
    for (const path of [...(await kept('raw/')), ...(await kept('quarantine/'))]) {
      const before = path.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      );
      await rename(join(building.warehouse, path), join(building.warehouse, before));
    }

    const { stdout, stderr } = await building.run('verify', ['--every-byte']);
    expect(`${stdout}${stderr}`).not.toMatch(/raw\/|quarantine\//);
  });
});

describe('an unfinished transfer', () => {
  const HALF = GRAPH.text.slice(0, -20);

  test.each(['.0cad7627.partial', '.partial-wh', '.PART', '.filepart', '.crdownload', '.tmp'])(
    'leaves a file %s, which is reported and waits, and holds nothing',
    async (suffix) => {
      const half = `${GRAPH.name}${suffix}`;
      await building.upload('Vzduchotechnika', { name: half, text: HALF });
      await building.upload('Indoor', indoor);
      const night = await openNight(building);
      await prepareHandOver(night, [FACTS[0]]);
      const { facts, held } = await publishFacts(night);

      expect({ facts, held }).toEqual({ facts: FACTS[0].hours, held: {} });
      const { findings } = (await readRunRecord(night.work)).stages.find(({ stage }) => stage === 'ingest')!;
      expect(findings.map(({ code, severity, file }) => [code, severity, file])).toEqual([
        ['upload-unfinished', 'warning', half],
      ]);
      expect(await readdir(building.uploadFolder('Vzduchotechnika'))).toEqual([half]);
    },
  );

  test('is an upload once it has its final name', async () => {
    await building.upload('Vzduchotechnika', { name: `${GRAPH.name}.partial`, text: GRAPH.text });
    const folder = building.uploadFolder('Vzduchotechnika');
    await rename(join(folder, `${GRAPH.name}.partial`), join(folder, GRAPH.name));
    const night = await openNight(building);
    expect((await ingest(night)).files.map(({ name }) => name)).toEqual([GRAPH.name]);
  });

  test('is taken if the source’s file_pattern ends the same way', () => {
    expect(isUnfinished('Graph_1.part', ['Graph*'])).toBe(true);
    expect(isUnfinished('Graph_1.part', ['*.csv', '*.Part'])).toBe(false);
    expect(isUnfinished('Graph_part.csv', ['Graph*'])).toBe(false);
  });
});

test('a refused upload with the longest name is quarantined and does not hold back the other sources', async () => {
  const broken = ventilation(LONGEST);
  await building.upload('Vzduchotechnika', { ...broken, text: broken.text.replace('tu1-privod', 'tu1-supply') });
  await building.upload('Indoor', indoor);
  const night = await openNight(building);
  await prepareHandOver(night, [FACTS[0]]);
  const { facts, held } = await publishFacts(night);

  expect({ facts, held }).toEqual({ facts: FACTS[0].hours, held: { ventilation: [LONGEST] } });
  expect(await kept('quarantine/')).toHaveLength(3);
});

test('a permanent work folder does not hand over again what an earlier run quarantined', async () => {
  const broken = ventilation('Graph_broken.csv');
  await building.upload('Vzduchotechnika', { ...broken, text: broken.text.replace('tu1-privod', 'tu1-supply') });
  await building.upload('Indoor', indoor);
  const night = await openNight(building);
  await prepareHandOver(night, [FACTS[0]]);
  await publishFacts(night);
  await rm(join(building.warehouse, 'quarantine'), { recursive: true });
  await rm(join(building.uploadFolder('Vzduchotechnika'), broken.name));

  await prepareHandOver(night, []);
  await publishFacts(night);
  expect(await kept('quarantine/')).toEqual([]);
});
