import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FILES, modulesOf, read, readJson } from '../support/repository-files';

/** A folder of a package's sources; `.` holds the files that are in none. */
interface Room {
  readonly package: string;
  readonly room: string;
}

/** The rooms of the map, from the bottom up. */
function roomsOfTheMap(): Room[] {
  const map = /^## The map\n[\s\S]*?^```\n([\s\S]*?)^```/m.exec(read('docs/architecture.md'))![1]!;
  let last = '';
  return map
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [name, room] = [line.slice(0, 12).trim(), line.slice(13).trim().split(/\s+/)[0]!];
      last = name || last;
      return { package: last, room };
    });
}

const ROOMS = roomsOfTheMap();
const SOURCES = FILES.filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path));
const floorOf = ({ package: name, room }: Room) => ROOMS.findIndex((one) => one.package === name && one.room === room);

function roomOf(path: string): Room {
  const [, name] = path.split('/');
  return { package: name!, room: relative(`packages/${name}/src`, dirname(path)).split('/')[0] || '.' };
}

/** The sources of packages that a module imports, as paths without `.ts`. */
function importsOf(path: string): string[] {
  return modulesOf(path).flatMap((module) => {
    const own = /^@sensor-warehouse\/([\w-]+)\/(.+)$/.exec(module);
    if (own !== null) return [`packages/${own[1]}/src/${own[2]}`];
    return module.startsWith('.') ? [normalize(join(dirname(path), module))] : [];
  });
}

/** Imports of a room from a room that is not below it. */
function climbs(paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    importsOf(path)
      .filter((to) => to.startsWith('packages/') && floorOf(roomOf(to)) > floorOf(roomOf(path)))
      .map((to) => `${path} imports ${to}`),
  );
}

describe('the map of the code', () => {
  it('names every room that there is, and no other', () => {
    const there = new Set(SOURCES.map((path) => Object.values(roomOf(path)).join('/')));
    const named = ROOMS.map((room) => Object.values(room).join('/'));
    expect(named.length).toBeGreaterThan(40);
    expect([...named].sort()).toEqual([...there].sort());
  });

  it('has the rooms in an order in which each imports only those before it', () => {
    expect(climbs(SOURCES)).toEqual([]);
  });

  it('would show a room that is entered from below', () => {
    const stages = SOURCES.filter((path) => path.startsWith('packages/warehouse/src/check-quality/'));
    const upsideDown = stages
      .flatMap((path) => importsOf(path))
      .filter((to) => floorOf(roomOf(to)) < floorOf(roomOf(stages[0]!)));
    expect(upsideDown.length).toBeGreaterThan(5);
  });

  it('leads through files that are there', () => {
    const ways = /^Three ways[\s\S]*?(?=^## )/m.exec(read('docs/architecture.md'))![0];
    const steps = [...ways.matchAll(/`([\w/-]+)`/g)].map(([, step]) => step!);
    expect(steps.length).toBeGreaterThan(20);
    expect(steps.filter((step) => !SOURCES.some((path) => path.endsWith(`/src/${step}.ts`)))).toEqual([]);
  });
});

describe('what a package lets others import', () => {
  const PACKAGES = [...new Set(ROOMS.map((room) => room.package))];
  const OTHERS = FILES.filter((path) => /^(packages\/[^/]+\/src|actions\/[^/]+\/src|bench|fuzz)\/.*\.ts$/.test(path));

  it.each(PACKAGES)('is, of %s, what the others use', (name) => {
    const used = OTHERS.filter((path) => !path.startsWith(`packages/${name}/`))
      .flatMap(modulesOf)
      .filter((module) => module.startsWith(`@sensor-warehouse/${name}/`))
      .map((module) => module.slice(`@sensor-warehouse/${name}/`.length))
      .map((module) => [`./${module}`, `./src/${module}.ts`]);
    const sorted = Object.fromEntries(used.sort(([a], [b]) => (a! < b! ? -1 : 1)));
    expect(readJson(`packages/${name}/package.json`).exports).toEqual(sorted);
  });
});

describe('tests', () => {
  const tests = FILES.filter((path) => /^(packages|actions)\/[^/]+\/test\/.*\.ts$|^test\/.*\.ts$/.test(path));
  /** The folder whose tests a module belongs to: a suite of test/, or a package. */
  const suiteOf = (path: string) => /^(test|packages|actions)\/[^/]+/.exec(path)?.[0] ?? '';
  /** Support of the suites; and that of packages' tests, which see nothing of test/. */
  const SHARED = /^(test|packages\/model\/test)\/support\//;
  const foreign = (path: string, modules: readonly string[]) =>
    modules
      .filter((module) => module.startsWith('.'))
      .map((module) => normalize(join(dirname(path), module)))
      .filter((module) => !SHARED.test(module))
      .map(suiteOf)
      .filter((suite) => suite !== '' && suite !== suiteOf(path));

  it('of one suite import nothing of another, but for support', () => {
    const strays = tests.filter((path) => foreign(path, modulesOf(path)).length > 0);
    expect(strays).toEqual([]);
  });

  it('would be found out', () => {
    expect(foreign('test/api/a.test.ts', ['../main-job/b', '../support/c', './d', 'vitest'])).toEqual([
      'test/main-job',
    ]);
    expect(foreign('packages/intake/test/a.test.ts', ['../../../test/support/b', '../src/c'])).toEqual([]);
    expect(foreign('packages/intake/test/a.test.ts', ['../../model/test/support/b'])).toEqual([]);
    expect(foreign('packages/intake/test/a.test.ts', ['../../model/test/b'])).toEqual(['packages/model']);
  });

  it('of packages import nothing of test/', () => {
    const ofPackages = tests.filter((path) => !path.startsWith('test/'));
    const upward = ofPackages.filter((path) =>
      modulesOf(path).some((module) => normalize(join(dirname(path), module)).startsWith('test/')),
    );
    expect(upward).toEqual([]);
  });
});
