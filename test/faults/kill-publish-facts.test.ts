import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { readOptions } from '@sensor-warehouse/cli/options';
import { contextOfOptions } from '@sensor-warehouse/cli/options/open-context';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, NOW, newBuilding } from '../support/building';
import { type Ended, root, runNode, type Surroundings } from '../support/command-line';
import { killsAtEachWrite } from '../support/killed-at-each-write';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { fileTree, readParquet } from '../support/published';
import { publishFacts } from '../support/stages';

interface Outcome {
  readonly write: number;
  /** Uploads that are neither in their folder nor handed over. */
  readonly lost: readonly string[];
  /** What is wrong with a manifest that is there. */
  readonly torn: readonly string[];
  readonly handedOver: boolean;
  readonly converged: boolean;
}

const exports = [
  thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [11, 12])),
  thermoPro('CCEA', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [13, 14])),
];
const refused = atrea(
  'Graph_broken.csv',
  UNIT_1,
  samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]),
);

describe.skipIf(!process.env.DBT_PYTHON)('a hand-over that is killed at its first, second, … last write', () => {
  let building: Building;
  let before: Record<string, string>;
  let expected: Record<string, string>;
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    building = await newBuilding();
    const work = join(building.folder, 'work');
    const alone = join(building.folder, 'alone', 'publish-facts.mjs');
    await bundle(join(root, 'test', 'faults', 'publish-facts-alone.ts'), alone);
    for (const file of exports) await building.upload('Indoor', file);
    await building.upload('Vzduchotechnika', { ...refused, text: refused.text.replace('privod', 'supply') });
    const prepared = await building.run('refresh', ['--dry-run', '--work', work]);
    if (prepared.code !== 0) throw new Error(prepared.stderr);
    const [drive, pristine] = [building.drive, join(building.folder, 'pristine')];
    await cp(drive, join(pristine, 'drive'), { recursive: true, preserveTimestamps: true });
    await cp(work, join(pristine, 'work'), { recursive: true });
    const restore = async () => {
      for (const folder of [drive, work]) {
        await rm(folder, { recursive: true, force: true });
        await cp(join(pristine, basename(folder)), folder, { recursive: true, preserveTimestamps: true });
      }
    };
    const remotes = ['--remote', `sm2drive=${drive}`, '--warehouse', 'sm2drive:Warehouse'];
    const words = ['refresh', ...remotes, '--now', NOW, '--work', work];
    const inProcess = ({ env = {}, ...around }: Surroundings): Promise<Ended> =>
      runNode(alone, words, { env: { TMPDIR: building.folder, ...env }, ...around });
    before = await fileTree(drive);
    await publishFacts(await contextOfOptions(readOptions(words), work));
    expected = await fileTree(drive);

    const kills = await killsAtEachWrite(building, restore, inProcess);
    for (let write = 1; write <= kills.writes; write++) {
      await restore();
      await kills.leaveKilledAt(write);
      const manifests = await readManifests(building.warehouse);
      const { lost, torn } = await judge(building, manifests);
      const handedOver = manifests.length > 0;
      // Before the manifest the next run does the same work again; after it, the next run finds the uploads seen.
      const next = handedOver
        ? building.run('refresh').then(({ code, stderr }) => (code === 0 ? '' : stderr))
        : publishFacts(await contextOfOptions(readOptions(words), work)).then(() => '', String);
      const failure = await next;
      if (failure !== '' && !failure.includes('class=input')) throw new Error(failure);
      const tree = Object.entries(await fileTree(drive)).filter(([path]) => !path.includes('.partial-'));
      const converged = JSON.stringify(Object.fromEntries(tree)) === JSON.stringify(expected);
      outcomes.push({ write, lost, torn, handedOver, converged });
    }
  }, 600_000);
  afterAll(() => building.remove());

  test('died at least once for every file that an undisturbed one writes or removes', () => {
    const changed = [
      ...Object.keys(expected).filter((path) => before[path] !== expected[path]),
      ...Object.keys(before).filter((path) => !(path in expected)),
    ];
    expect(changed.length).toBeGreaterThanOrEqual(8);
    expect(outcomes.length).toBeGreaterThanOrEqual(changed.length);
  });

  test('never lost an upload: it is in its folder, or in the raw archive and in a whole manifest', () => {
    expect(outcomes.filter(({ lost }) => lost.length > 0)).toEqual([]);
  });

  test('never left a manifest without the facts and raw copies that it names', () => {
    expect(outcomes.filter(({ torn }) => torn.length > 0)).toEqual([]);
  });

  test('died on both sides of the manifest', () => {
    const states = outcomes.map(({ handedOver }) => handedOver);
    expect(new Set(states)).toEqual(new Set([true, false]));
    expect(states).toEqual([...states].sort());
  });

  test('was completed by the next run, to the bytes of an undisturbed one', () => {
    expect(outcomes.filter(({ converged }) => !converged)).toEqual([]);
  });
});

interface Manifest {
  readonly generation: string;
  readonly files: readonly { readonly datasource: string; readonly name: string; readonly sha256: string }[];
  readonly facts: { readonly file: string; readonly sha256: string; readonly rows: number };
}

async function readManifests(warehouse: string): Promise<Manifest[]> {
  const generations = await readdir(join(warehouse, 'facts')).catch(() => [] as string[]);
  const manifests: Manifest[] = [];
  for (const generation of generations) {
    const text = await readFile(join(warehouse, 'facts', generation, 'manifest.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) manifests.push(JSON.parse(text));
  }
  return manifests;
}

async function judge(building: Building, manifests: readonly Manifest[]) {
  const torn: string[] = [];
  const safe = new Set<string>();
  for (const { generation, files, facts } of manifests) {
    const fact = join(building.warehouse, 'facts', generation, facts.file);
    if ((await sha256(fact)) !== facts.sha256 || (await readParquet(fact)).length !== facts.rows) torn.push(fact);
    for (const { datasource, name, sha256: hash } of files) {
      const raw = join(building.warehouse, 'raw', datasource, generation, `${hash.slice(0, 12)}_${name}`);
      if ((await sha256(raw)) === hash) safe.add(hash);
      else torn.push(raw);
    }
  }
  const lost: string[] = [];
  for (const { name, text } of exports) {
    const hash = createHash('sha256').update(text).digest('hex');
    if (!safe.has(hash) && (await sha256(join(building.uploadFolder('Indoor'), name))) !== hash) lost.push(name);
  }
  return { torn, lost };
}

async function sha256(file: string): Promise<string> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined ? 'absent' : createHash('sha256').update(bytes).digest('hex');
}

/** Bundles as `npm run setup` bundles the command line. */
async function bundle(entry: string, out: string): Promise<void> {
  const setup = pathToFileURL(join(root, 'scripts', 'setup.mjs')).href;
  const code = `const { bundle } = await import(${JSON.stringify(setup)}); await bundle(...process.argv.slice(1));`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code, entry, out], { cwd: root });
}
