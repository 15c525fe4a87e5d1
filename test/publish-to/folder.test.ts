import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { fileTree, readWholeVersion, timesWritten } from '../support/published';
import { forReaders, latestIn, publishNight, versionsIn, wait } from './place';

/** More than are kept: the oldest is gone from the warehouse. */
const NIGHTS = 6;

let building: Building;
let pristine: string;
let place: string;
const inPublic = (...path: readonly string[]) => join(building.warehouse, 'public', ...path);
const publish = (...options: readonly string[]) =>
  building.run('aggregate-publish', ['--publish-to', place, ...options]);
const versions = () => versionsIn(inPublic());

beforeAll(async () => {
  building = await newBuilding();
  pristine = join(building.folder, 'pristine');
  for (let night = 1; night <= NIGHTS; night++) await publishNight(building, night);
  await cp(building.drive, pristine, { recursive: true });
}, 120_000);
afterAll(() => building.remove());
beforeEach(async () => {
  await rm(building.drive, { recursive: true, force: true });
  await cp(pristine, building.drive, { recursive: true });
  place = await mkdtemp(join(building.folder, 'place-'));
});

describe('a second place for readers', () => {
  test('has the stable names and the versions that the warehouse keeps, byte for byte, and nothing else', async () => {
    await publishNight(building, NIGHTS + 1, '--publish-to', place);
    expect(await forReaders(place)).toEqual(await forReaders(inPublic()));
    expect(await latestIn(place)).toEqual({
      dataset: 'sm2_public_dataset',
      generation: NIGHTS + 1,
      version: (await versions()).at(-1),
    });
  });

  test('is made of what is published already when nothing is new', async () => {
    const ended = await publish();
    expect([ended.code, await forReaders(place)]).toEqual([0, await forReaders(inPublic())]);
  });

  test('is not written to when it has everything', async () => {
    await publish();
    const before = await timesWritten(place);
    const ended = await publish();
    expect(ended.stderr).toContain(`${place} has everything already`);
    expect(await timesWritten(place)).toEqual(before);
  });

  test('drops the version that the warehouse drops', async () => {
    await publish();
    const [oldest] = await versions();
    await publishNight(building, NIGHTS + 1, '--publish-to', place);
    expect(await versionsIn(place)).not.toContain(oldest);
    expect(await versionsIn(place)).toEqual(await versions());
  });

  test.each([
    ['was removed', (file: string) => rm(file)],
    ['is cut off', (file: string) => truncate(file, 10)],
  ])('gets a file back that %s, whether stable or of a version', async (_, damage) => {
    await publish();
    const whole = await fileTree(place);
    for (const folder of ['.', ...(await versions()).map((version) => `versions/${version}`)])
      await damage(join(place, folder, 'README.md'));
    await publish();
    expect(await fileTree(place)).toEqual(whole);
  });

  test('gets every stable copy once more if latest.json is lost or is no JSON', async () => {
    await publish();
    const whole = await fileTree(place);
    for (const text of [undefined, 'latest', '{"version":"../..","generation":1}']) {
      if (text === undefined) await rm(join(place, 'latest.json'));
      else await writeFile(join(place, 'latest.json'), text);
      await writeFile(join(place, 'LICENSE'), (await readFile(join(place, 'LICENSE'), 'utf8')).toUpperCase());
      await publish();
      expect(await fileTree(place)).toEqual(whole);
    }
  });

  test('keeps a version that the warehouse lost, until newer ones take its place', async () => {
    await publish();
    const [oldest] = await versions();
    await rm(inPublic('versions', oldest!), { recursive: true });
    expect((await publish()).code).toBe(0);
    expect(await versionsIn(place)).toContain(oldest);
  });

  test('goes without an older version that is damaged in the warehouse', async () => {
    const [oldest] = await versions();
    await appendFile(inPublic('versions', oldest!, 'README.md'), 'more');
    const ended = await publish();
    expect([ended.code, await versionsIn(place)]).toEqual([0, (await versions()).slice(1)]);
    expect(ended.stderr).toContain('goes without an older version');
  });

  test('shows a version that is pinned, and the newest one again when it is unpinned', async () => {
    await publish();
    const previous = (await versions()).at(-2)!;
    await building.run('publish', ['previous', '--publish-to', place]);
    const shown = await forReaders(place);
    expect(shown).toEqual(await forReaders(inPublic()));
    expect(shown['sm2_public_dataset.parquet']).toBe(shown[`versions/${previous}/sm2_public_dataset.parquet`]);
    expect(await latestIn(place)).toMatchObject({ version: previous });
    await building.run('publish', ['--unpin', '--publish-to', place]);
    expect(await latestIn(place)).toMatchObject({ version: (await versions()).at(-1) });
  });

  test('has no copy of a newer version, nor has the warehouse, if a run is cut short and the one before is pinned', async () => {
    await publish();
    const markers = [join(place, 'latest.json'), inPublic('latest.json')] as const;
    const texts = await Promise.all(markers.map((marker) => readFile(marker, 'utf8')));
    const before = await readFile(inPublic('README.md'), 'utf8');
    await publishNight(building, NIGHTS + 1, '--publish-to', place);
    // What a run leaves that is killed between the last stable copy and the marker; the sizes say nothing.
    for (const [index, marker] of markers.entries()) await writeFile(marker, texts[index]!);
    for (const folder of [place, inPublic()]) await writeFile(join(folder, 'README.md'), before.toUpperCase());
    await building.run('publish', ['previous', '--publish-to', place]);
    for (const folder of [place, inPublic()]) expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe(before);
  });

  test('loses stable names that the version no longer has, and keeps what others put there', async () => {
    await publish();
    const [oldest] = await versions();
    await mkdir(join(place, 'assets'));
    for (const path of ['about.html', 'assets/README.md', 'versions/README.md'])
      await writeFile(join(place, path), 'a page');
    for (const path of ['dim_of_yore.parquet', `versions/${oldest}/dim_of_yore.parquet`])
      await writeFile(join(place, path), 'a table');
    await publishNight(building, NIGHTS + 1, '--publish-to', place);
    expect(await forReaders(place)).toEqual({
      ...(await forReaders(inPublic())),
      ...Object.fromEntries(
        ['about.html', 'assets/README.md', 'versions/README.md'].map((path) => [path, expect.any(String)]),
      ),
    });
  });

  test('gets nothing in a dry run, which says what it would get and lose', async () => {
    await publish();
    const before = await fileTree(place);
    const [oldest] = await versions();
    await wait(building, NIGHTS + 1);
    const ended = await publish('--dry-run');
    expect(ended.stderr).toMatch(
      /would write \S+\/versions\/2024\.10\.7-[0-9a-f]{8}\/sm2_public_dataset\.parquet \(\d+ bytes\)/,
    );
    expect(ended.stderr).toContain(`would write ${place}/latest.json`);
    expect(ended.stderr).toContain(`would remove ${place}/versions/${oldest}/README.md`);
    expect(await fileTree(place)).toEqual(before);
  });
});

describe('a place with other files', () => {
  test.each([
    ['README.md', 'a project'],
    ['latest.json', '{"release":"1.0"}'],
    ['warehouse.json', '{}'],
    ['latest.json', '{"dataset":"another","generation":1,"version":"000001-0123abcd"}'],
  ])('is left as it is: %s', async (name, text) => {
    await writeFile(join(place, name), text);
    const before = await fileTree(place);
    await wait(building, NIGHTS + 1);
    const ended = await publish();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/has files of something else .*class=config code=publish-to-taken/);
    expect(await fileTree(place)).toEqual(before);
    expect((await readWholeVersion(building.warehouse)).generation).toBe(NIGHTS + 1);
  });

  test('keeps the page that a person put there under a name that only the next version has', async () => {
    await publish();
    for (const path of (await versionsIn(place)).map((version) => `versions/${version}`))
      await rm(join(place, path, 'LICENSE'));
    // The name is ours by what `latest.json` says.
    expect((await publish()).code).toBe(0);
    for (const path of (await versionsIn(place)).map((version) => `versions/${version}`))
      await rm(join(place, path, 'LICENSE'));
    await writeFile(join(place, 'latest.json'), '{"generation":1,"version":"000001-0123abcd"}');
    await writeFile(join(place, 'LICENSE'), 'mine');
    expect((await publish()).code).toBe(3);
    expect(await readFile(join(place, 'LICENSE'), 'utf8')).toBe('mine');
  });

  test('gets the dataset under its new name once latest.json is removed', async () => {
    await publish();
    await writeFile(join(place, 'latest.json'), '{"dataset":"before","generation":1,"version":"000001-0123abcd"}');
    expect((await publish()).code).toBe(3);
    await rm(join(place, 'latest.json'));
    expect([(await publish()).code, await forReaders(place)]).toEqual([0, await forReaders(inPublic())]);
  });
});

describe('a place that cannot be reached', () => {
  test('ends the run red, undoes nothing, and is completed by the next run', async () => {
    await rm(place, { recursive: true });
    await writeFile(place, 'a file');
    await wait(building, NIGHTS + 1);
    const ended = await publish('--json');
    expect(ended.code).toBe(5);
    const version = (await versions()).at(-1)!;
    expect(ended.stderr).toContain(`the warehouse has published version ${version}; the next run completes ${place}`);
    expect(JSON.parse(ended.stdout).published).toMatchObject({
      version,
      readersFailure: expect.stringContaining('class=remote-permanent'),
    });
    expect((await readWholeVersion(building.warehouse)).generation).toBe(NIGHTS + 1);
    await rm(place);
    expect([(await publish()).code, await forReaders(place)]).toEqual([0, await forReaders(inPublic())]);
  });
});

describe('publish-to', () => {
  const refused = async (address: string) => {
    const before = await fileTree(building.drive);
    const ended = await building.run('aggregate-publish', ['--publish-to', address]);
    expect(await fileTree(building.drive)).toEqual(before);
    return [
      ended.code,
      /code=([\w-]+)/.exec(ended.stderr)?.[1],
      /readers (is|is in|holds) the/.exec(ended.stderr)?.[1],
    ];
  };

  test.each([
    ['sm2drive:Warehouse', 'is'],
    ['sm2drive:/Warehouse/', 'is'],
    ['sm2drive:warehouse', 'is'],
    ['sm2drive:Warehouse/public', 'is in'],
    ['sm2drive:', 'holds'],
    ['sm2drive:Indoor/Latest/Upload', 'is'],
    ['sm2drive:Indoor/Latest/Upload/site', 'is in'],
    ['sm2drive:Indoor', 'holds'],
    ['/', 'holds'],
    ['.', 'is'],
    ['./seeds', 'is'],
    ['./models/public', 'is in'],
  ])('is refused before anything is done where readers would see more than the dataset: %s', async (address, how) => {
    expect(await refused(address)).toEqual([3, 'publish-to-overlaps', how]);
  });

  test('is refused for a link that leads into the warehouse, and for its path on this machine', async () => {
    const link = join(building.folder, `link-${Date.now()}`);
    await symlink(building.warehouse, link);
    for (const address of [link, join(link, 'not-there-yet'), join(building.warehouse, 'public')])
      expect((await refused(address)).slice(0, 2)).toEqual([3, 'publish-to-overlaps']);
  });

  test('is refused if it is no place at all', async () => {
    expect((await refused('public')).slice(0, 2)).toEqual([3, 'remote-config']);
    expect((await refused('elsewhere:site')).slice(0, 2)).toEqual([3, 'remote-config']);
  });

  test('may be beside the warehouse, with a name that begins as its name does', async () => {
    place = 'sm2drive:Warehouse-public';
    expect((await publish()).code).toBe(0);
    expect(await forReaders(join(building.drive, 'Warehouse-public'))).toEqual(await forReaders(inPublic()));
  });
});
