import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import type { Pointer } from '@sensor-warehouse/warehouse/layout/pointer';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { editDocument } from '../support/edit-document';
import { handOver, type MadeFacts } from '../support/made-facts';
import { projectWith } from '../support/project';
import { fileTree } from '../support/published';

/*
 * Nights without dbt, and a backfill: what the dataset says about them. In public, indoor is called ThermoPro, and ventilation
 * Atrea.
 */

const EXCLUSION =
  'indoor,SM2_01_L1_01,temp_indoor,2024-10-10,2024-10-11,the sensor lay in the [sun](http://sun.example)\n';

let folder: string;
let building: Building;
let pristine: string;
let noExclusion: string;
const exclusions = () => join(folder, 'project', 'seeds', 'exclusions.csv');
const inPublic = (name: string) => readFile(join(building.warehouse, 'public', name), 'utf8');
const pointer = async () => JSON.parse(await readFile(join(building.warehouse, 'warehouse.json'), 'utf8')) as Pointer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'releases-'));
  building = await newBuilding(await projectWith(join(folder, 'project'), {}));
  pristine = join(folder, 'pristine');
  noExclusion = await readFile(exclusions(), 'utf8');
  await night(1, day('indoor', '2024-10-10'));
  await night(2, day('indoor', '2024-10-12'), day('ventilation', '2024-10-12'));
  await night(3, day('indoor', '2024-11-02'));
  await cp(building.drive, pristine, { recursive: true });
}, 120_000);
afterAll(async () => {
  await building.remove();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await rm(building.drive, { recursive: true, force: true });
  await cp(pristine, building.drive, { recursive: true });
  await writeFile(exclusions(), noExclusion);
});

const day = (datasource: MadeFacts['datasource'], date: string): MadeFacts => ({
  datasource,
  from: `${date}T00:00:00Z`,
  hours: 24,
});

/** @param held a source whose newest upload was refused that night */
async function night(number: number, ...parts: readonly (MadeFacts | { readonly held: string })[]): Promise<void> {
  const facts = parts.flatMap((part) => ('held' in part ? [] : [part]));
  const held = parts.flatMap((part) => ('held' in part ? [part.held] : []));
  const handed = await handOver(building.warehouse, number, facts);
  await editDocument<FactsManifest>(join(handed, 'manifest.json'), (manifest) => ({
    ...manifest,
    sources: manifest.sources.map((one) =>
      held.includes(one.datasource) ? { ...one, held: true, refused: ['secret_export_of_unit_7.csv'] } : one,
    ),
  }));
  const { code, stderr } = await building.run('aggregate-publish');
  if (code !== (held.length > 0 ? 2 : 0)) throw new Error(`${code} ${stderr}`);
}

/** What the CHANGELOG says of a version. */
const sectionOf = async (version: string) =>
  (await inPublic('CHANGELOG.md')).split(`## ${version}\n`)[1]!.split('\n## ')[0]!;

describe('the CHANGELOG of a dataset', () => {
  test('says of each release what changed since the one before, the newest first', async () => {
    const text = await inPublic('CHANGELOG.md');
    expect(text.match(/^## .*$/gm)).toEqual([
      '## 2024.11.3',
      '## 2024.10.2',
      '## 2024.10.1',
      '## Readings that were taken out',
    ]);
    expect(await sectionOf('2024.10.1')).toContain(
      'The first release: 24 hours, 2024-10-10T00:00:00Z to 2024-10-11T00:00:00Z.',
    );
    const second = await sectionOf('2024.10.2');
    expect(second).toContain('Since 2024.10.1: 48 hours added. It has 72 hours');
    expect(second).toContain('- New sources: Atrea.');
    expect(second).toContain('- By location: 1NP-S1: 24 added; sm2\\_01: 24 added.');
    expect(await sectionOf('2024.11.3')).toContain('- By month: 2024-11: 24 added.');
    expect(await sectionOf('2024.11.3')).not.toContain('Late');
  });

  test('is listed in files.json and linked from the README, which says the version', async () => {
    const { files, version } = JSON.parse(await inPublic('files.json'));
    expect(files.map(({ name }: { name: string }) => name)).toContain('CHANGELOG.md');
    expect(await inPublic('README.md')).toContain(`Version ${version}. [CHANGELOG.md](CHANGELOG.md)`);
  });

  test('names the months for which readings came late', async () => {
    await night(4, day('indoor', '2024-10-11'), day('ventilation', '2024-11-02'));
    expect(await sectionOf('2024.11.4')).toContain('- Late readings came for 2024-10.\n');
  });

  test('is the same after a night in which nothing was new', async () => {
    const before = await fileTree(building.warehouse);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    expect(await fileTree(building.warehouse)).toEqual(before);
  });

  test('is the same to the byte where the same nights are published elsewhere', async () => {
    const there = (await pointer()).public.version;
    await rm(building.drive, { recursive: true });
    await night(1, day('indoor', '2024-10-10'));
    await night(2, day('indoor', '2024-10-12'), day('ventilation', '2024-10-12'));
    await night(3, day('indoor', '2024-11-02'));
    expect((await pointer()).public.version).toBe(there);
  });

  test('gives an exclusion with its reason, when it comes, when it takes effect, and when it goes', async () => {
    await appendFile(exclusions(), EXCLUSION);
    expect((await building.run('backfill', ['--from', '2024-10', '--to', '2024-11'])).code).toBe(0);
    const taken = await sectionOf('2024.11.4');
    expect(taken).toContain('Since 2024.11.3: 24 hours removed. It has 72 hours');
    expect(taken).toContain('- Months were recomputed because exclusions or plausible ranges have changed.');
    expect(taken).toMatch(
      /- Taken out from now on: temp\\_indoor of 1NP-S1, from 2024-10-10T00:00:00Z until .*lay in the/,
    );
    expect(taken).not.toMatch(/[^\\]\]\(|http:\/\//);
    await writeFile(exclusions(), noExclusion);
    expect((await building.run('backfill', ['--from', '2024-10', '--to', '2024-11'])).code).toBe(0);
    const back = await sectionOf('2024.11.5');
    expect(back).toContain('Since 2024.11.4: 24 hours added.');
    expect(back).toContain('- No longer taken out: temp\\_indoor of 1NP-S1');
  });

  test('comes back as it was when a file of the version and its stable copy are lost', async () => {
    await night(4, day('indoor', '2024-11-03'), { held: 'ventilation' });
    // The pointer goes on without a new version.
    expect((await building.run('publish', ['latest'])).code).toBe(0);
    const { version } = (await pointer()).public;
    const before = await fileTree(join(building.warehouse, 'public', 'versions', version));
    for (const name of ['CHANGELOG.md', 'README.md', 'files.json'])
      for (const path of [name, `versions/${version}/${name}`]) await rm(join(building.warehouse, 'public', path));
    await building.run('heal');
    expect(await fileTree(join(building.warehouse, 'public', 'versions', version))).toEqual(before);
  });

  test('begins where the pointer begins to remember', async () => {
    await editDocument<Pointer>(join(building.warehouse, 'warehouse.json'), ({ releases: _, ...rest }) => ({
      ...rest,
      format: 3,
    }));
    await rm(join(building.warehouse, 'pointers'), { recursive: true });
    await night(4, day('indoor', '2024-11-03'));
    const text = await inPublic('CHANGELOG.md');
    expect(text.match(/^## 2.*$/gm)).toEqual(['## 2024.11.4']);
    expect(text).toContain('Releases before 2024.11.4 are no longer listed, or were not recorded.');
    expect(text).not.toContain('New sources');
  });
});

test('a version is named by the local month in which its newest hour begins', async () => {
  await rm(building.drive, { recursive: true });
  const hour = (from: string): MadeFacts => ({ datasource: 'indoor', from, hours: 1 });
  await night(1, hour('2024-10-31T22:00:00Z'));
  expect((await pointer()).public.version).toMatch(/^2024\.10\.1-[0-9a-f]{8}$/);
  await night(2, hour('2024-10-31T23:00:00Z'));
  expect((await pointer()).public.version).toMatch(/^2024\.11\.2-[0-9a-f]{8}$/);
  for (const name of ['files.json', 'datapackage.json', 'croissant.json', 'CITATION.cff'])
    expect(await inPublic(name)).toMatch(/version"?: "?2024\.11\.2"?,?$/m);
});

describe('a source that is held while others are published', () => {
  const WAIT = 'The newest readings of Atrea wait for a decision';

  test('is named under its public name in the README, the CHANGELOG and the documents for machines', async () => {
    await night(4, day('indoor', '2024-11-03'), { held: 'ventilation' });
    for (const name of ['README.md', 'CHANGELOG.md']) expect(await inPublic(name)).toContain(WAIT);
    for (const name of ['datapackage.json', 'croissant.json']) expect(await inPublic(name)).toContain(WAIT);
    const { files } = JSON.parse(await inPublic('files.json'));
    for (const { name } of files)
      expect((await readFile(join(building.warehouse, 'public', name))).includes('secret_export')).toBe(false);
  });

  test('is still named after a backfill, and no more once it is published again', async () => {
    await night(4, day('indoor', '2024-11-03'), { held: 'ventilation' });
    await appendFile(exclusions(), EXCLUSION);
    expect((await building.run('backfill', ['--from', '2024-10', '--to', '2024-11'])).code).toBe(0);
    expect(await inPublic('README.md')).toContain(WAIT);
    await night(5, day('ventilation', '2024-11-03'));
    expect(await inPublic('README.md')).not.toContain('wait for a decision');
  });

  test('is not named if nothing of it was ever published', async () => {
    await rm(building.drive, { recursive: true });
    await night(1, day('indoor', '2024-10-10'), { held: 'ventilation' });
    for (const name of ['README.md', 'CHANGELOG.md', 'datapackage.json'])
      expect(await inPublic(name)).not.toContain('wait for a decision');
  });
});
