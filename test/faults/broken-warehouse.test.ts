import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { editDocument } from '../support/edit-document';
import { handOver } from '../support/made-facts';
import { fileTree, readWholeVersion } from '../support/published';

const OCTOBER = { datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 5 } as const;
const NOVEMBER = { datasource: 'indoor', from: '2024-11-10T00:00:00Z', hours: 5 } as const;
const MORE_OCTOBER = { datasource: 'indoor', from: '2024-10-11T00:00:00Z', hours: 5 } as const;

/** A warehouse with two published months, and facts for October waiting. */
async function preparedBuilding(): Promise<Building> {
  const building = await newBuilding();
  await handOver(building.warehouse, 1, [OCTOBER, NOVEMBER]);
  const { code, stderr } = await building.run('aggregate-publish');
  if (code !== 0) throw new Error(stderr);
  await handOver(building.warehouse, 2, [MORE_OCTOBER]);
  return building;
}

/** The one file of a folder of the warehouse whose name begins so. */
async function fileOf(building: Building, folder: string, start: string): Promise<string> {
  const [name] = (await readdir(join(building.warehouse, folder))).filter((one) => one.startsWith(start));
  return join(folder, name!);
}

/** Results of checks are kept, whatever happens afterwards; nothing else may change. */
const withoutQuality = (tree: Record<string, string>) =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('quality/')));

interface Damage {
  readonly what: string;
  readonly damage: (building: Building) => Promise<string>;
  readonly code: string;
}

const flipByte = async (path: string) => {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 0xff;
  await writeFile(path, bytes);
};

const DAMAGES: readonly Damage[] = [
  ...[
    ['is cut off', async (path: string) => truncate(path, 40)],
    ['is empty', async (path: string) => truncate(path, 0)],
    ['lacks its parts', async (path: string) => writeFile(path, '{"format": 1}')],
    ['is JSON but no object', async (path: string) => writeFile(path, 'null')],
  ].map(([how, damage]) => ({
    what: `a pointer that ${how}`,
    code: 'pointer-damaged',
    damage: async ({ warehouse }: Building) => {
      await (damage as (path: string) => Promise<void>)(join(warehouse, 'warehouse.json'));
      return 'warehouse.json';
    },
  })),
  {
    what: 'an archive partition that is missing, and so are the facts that it follows from',
    code: 'partition-lost',
    damage: async (building) => {
      const file = await fileOf(building, 'archive/indoor', '2024-10');
      await rm(join(building.warehouse, file));
      await rm(join(building.warehouse, await fileOf(building, 'facts', '000001'), 'fact.parquet'));
      return file;
    },
  },
  {
    what: 'an archive partition with another byte whose facts are damaged, too',
    code: 'partition-lost',
    damage: async (building) => {
      const file = await fileOf(building, 'archive/indoor', '2024-10');
      await flipByte(join(building.warehouse, file));
      await flipByte(join(building.warehouse, await fileOf(building, 'facts', '000001'), 'fact.parquet'));
      return file;
    },
  },
  {
    what: 'hours of a month that did not change, missing with the archive and the facts that they follow from',
    code: 'partition-lost',
    damage: async (building) => {
      const file = await fileOf(building, 'archive/indoor', '2024-11');
      await rm(join(building.warehouse, file));
      await rm(join(building.warehouse, await fileOf(building, 'aggregates/indoor', '2024-11')));
      await rm(join(building.warehouse, await fileOf(building, 'facts', '000001'), 'fact.parquet'));
      return file;
    },
  },
  {
    what: 'a pointer that is gone',
    code: 'pointer-missing',
    damage: async ({ warehouse }) => {
      await rm(join(warehouse, 'warehouse.json'));
      return 'warehouse.json';
    },
  },
  {
    what: 'a manifest of facts that is cut off',
    code: 'manifest-damaged',
    damage: async (building) => {
      const file = join(await fileOf(building, 'facts', '000002'), 'manifest.json');
      await truncate(join(building.warehouse, file), 100);
      return file;
    },
  },
];

describe.each(DAMAGES)('$what', ({ damage, code }) => {
  let building: Building;
  let file: string;
  let ended: Ended;
  let before: Record<string, string>;
  let after: Record<string, string>;
  beforeAll(async () => {
    building = await preparedBuilding();
    file = await damage(building);
    before = await fileTree(building.warehouse);
    ended = await building.run('aggregate-publish');
    after = await fileTree(building.warehouse);
  });
  afterAll(() => building.remove());

  test('is a permanent failure of the remote that names the file', () => {
    expect(ended.stderr).toContain(`class=remote-permanent code=${code}`);
    expect(ended.stderr).toContain(`sm2drive:Warehouse/${file}`);
    expect(ended.code).toBe(5);
  });

  test('changes nothing that is published', () => {
    expect(withoutQuality(after)).toEqual(withoutQuality(before));
  });
});

describe.each([
  ['truncated', (file: string) => truncate(file, 100)],
  ['missing', (file: string) => rm(file)],
] as const)('waiting facts that are %s, without the raw copies that they would be made from', (_, damage) => {
  let building: Building;
  let file: string;
  let ended: Ended;
  let before: Awaited<ReturnType<typeof readWholeVersion>>;
  beforeAll(async () => {
    building = await preparedBuilding();
    file = join(await fileOf(building, 'facts', '000002'), 'fact.parquet');
    before = await readWholeVersion(building.warehouse);
    await damage(join(building.warehouse, file));
    ended = await building.run('aggregate-publish');
  });
  afterAll(() => building.remove());

  test('hold their source, and are named', () => {
    expect(ended.stderr).toContain(`error facts-lost [indoor] ${file}: `);
    expect(ended.stderr).toContain('class=input code=source-held');
    expect(ended.code).toBe(2);
  });

  test('change nothing that is published', async () => {
    const { consumed, partitions } = await readWholeVersion(building.warehouse);
    expect(consumed.indoor).toBe(1);
    expect(partitions).toEqual(before.partitions);
  });
});

describe('a waiting manifest that names another data key than its facts', () => {
  test('holds its source, is named, and is not a bug', async () => {
    const building = await preparedBuilding();
    const file = join(await fileOf(building, 'facts', '000002'), 'manifest.json');
    await editDocument<FactsManifest>(join(building.warehouse, file), ({ series, ...manifest }) => ({
      ...manifest,
      series: series.map((one) => ({ ...one, dataKey: 'humidity' })),
    }));
    const { partitions } = await readWholeVersion(building.warehouse);
    const { code, stderr } = await building.run('aggregate-publish');
    const after = await readWholeVersion(building.warehouse);
    await building.remove();
    expect(stderr).toContain(`error facts-differ [indoor] ${file}: `);
    expect(stderr).toContain('class=input code=source-held');
    expect(code).toBe(2);
    expect([after.consumed.indoor, after.partitions]).toEqual([1, partitions]);
  });
});

describe('a file in the way of a month to be published', () => {
  test('under the same name with other bytes is never overwritten', async () => {
    const building = await preparedBuilding();
    const undisturbed = await preparedBuilding();
    expect((await undisturbed.run('aggregate-publish')).code).toBe(0);
    const name = await fileOf(undisturbed, 'archive/indoor', '2024-10.r2');
    await writeFile(join(building.warehouse, name), 'somebody else wrote this');
    const ended = await building.run('aggregate-publish');

    expect(ended.stderr).toContain(`sm2drive:Warehouse/${name}`);
    expect(ended.stderr).toContain('code=write-once-violated');
    expect(ended.code).toBe(5);
    expect(await readFile(join(building.warehouse, name), 'utf8')).toBe('somebody else wrote this');
    expect((await readWholeVersion(building.warehouse)).generation).toBe(1);
    await Promise.all([building.remove(), undisturbed.remove()]);
  });
});

describe('an unreadable marker of the stable copies', () => {
  test('is rebuilt with them', async () => {
    const building = await preparedBuilding();
    await building.run('aggregate-publish');
    const whole = await fileTree(building.warehouse);
    await writeFile(join(building.warehouse, 'public', 'latest.json'), '{"generation": 2, "ver');
    expect((await building.run('aggregate-publish')).code).toBe(0);
    expect(await fileTree(building.warehouse)).toEqual(whole);
    await building.remove();
  });
});

describe('a warehouse folder that cannot be written', () => {
  test('is a permanent failure that names the file, and nothing changes', async () => {
    const building = await preparedBuilding();
    const before = await fileTree(building.warehouse);
    const scratch = join(building.folder, 'scratch');
    await mkdir(scratch);
    for (const folder of [building.folder, building.drive, scratch]) await chmod(folder, 0o777);
    const entries = await readdir(building.warehouse, { withFileTypes: true, recursive: true });
    const folders = [
      building.warehouse,
      ...entries.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name)),
    ];
    for (const folder of folders) await chmod(folder, 0o555);
    // Rights do not bind root: then the program runs as nobody.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const ended = await building.run('aggregate-publish', [], { env: { TMPDIR: scratch }, ...nobody });
    const after = await fileTree(building.warehouse);
    for (const folder of folders) await chmod(folder, 0o755);
    await building.remove();

    expect(ended.stderr).toMatch(/\(EACCES\) at sm2drive:Warehouse\/\S+; .*class=remote-permanent code=local-io/);
    expect(ended.code).toBe(5);
    expect(after).toEqual(before);
  });
});

describe('two writers at once', () => {
  let building: Building;
  let slow: Ended;
  let fast: Ended;
  let afterFast: Record<string, string>;
  beforeAll(async () => {
    building = await preparedBuilding();
    const resume = join(building.folder, 'resume');
    const started = building.run('aggregate-publish', [], {
      node: ['--import', join(root, 'test', 'faults', 'fault.mjs')],
      env: { FAULT_KIND: 'pause', FAULT_AT: '5', FAULT_FOLDER: building.drive, FAULT_RESUME: resume },
    });
    while (!existsSync(`${resume}.paused`)) await new Promise((go) => setTimeout(go, 20));
    await handOver(building.warehouse, 3, [{ ...MORE_OCTOBER, from: '2024-10-12T00:00:00Z' }]);
    fast = await building.run('aggregate-publish');
    afterFast = await fileTree(building.warehouse);
    await writeFile(resume, '');
    slow = await started;
  });
  afterAll(() => building.remove());

  test('the first to move the pointer succeeds', async () => {
    expect(fast.code).toBe(0);
  });

  test('the other one sees the changed pointer and stops, temporarily', () => {
    expect(slow.stderr).toContain('another run published meanwhile at sm2drive:Warehouse/warehouse.json');
    expect(slow.stderr).toMatch(
      /found generation 2 \(SHA-256 \w{8}…\), expected generation 1 \(SHA-256 \w{8}…\), as when this run began/,
    );
    expect(slow.stderr).toContain('class=remote-temporary code=stale-run');
    expect(slow.code).toBe(4);
  });

  test('what the first published stays as it is', async () => {
    const after = await fileTree(building.warehouse);
    for (const [path, hash] of Object.entries(afterFast)) expect([path, after[path]]).toEqual([path, hash]);
    expect((await readWholeVersion(building.warehouse)).consumed).toMatchObject({ indoor: 3 });
  });

  test('nothing is left to do for the next run', async () => {
    const { code, stderr } = await building.run('aggregate-publish');
    expect(code).toBe(0);
    expect(stderr).toContain('nothing is new');
  });
});
