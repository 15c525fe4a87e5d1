import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMAT_STEPS, type FormatSteps } from '@sensor-warehouse/warehouse/layout/formats';
import { migrate } from '@sensor-warehouse/warehouse/upkeep/migrate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Kept, keptWarehouse } from '../support/kept';
import { fileTree } from '../support/published';

let kept: Kept;
beforeEach(async () => {
  kept = await keptWarehouse('moved-in');
});
afterEach(() => kept.remove());

const document = async (path: string) => JSON.parse(await readFile(join(kept.warehouse, path), 'utf8'));

describe('migrate', () => {
  test('finds what 0.1.0 wrote, and says what it would change in a dry run', async () => {
    const before = await fileTree(kept.drive);
    const { code, stdout } = await kept.run('migrate', ['--dry-run']);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'backfill plan            1 files  format 1, newest 2',
      'backfill window          1 files  format 1, newest 2',
      'manifest                 3 files  format 1, newest 2',
      'marker                   1 files  format 1, newest 1',
      'pointer                  5 files  format 1, newest 4',
      'quarantine report        2 files  format 1, newest 2',
    ]);
    expect(stdout).toContain('names the consumed generations');
    expect(code).toBe(0);
    expect(await fileTree(kept.drive)).toEqual(before);
  });

  test('leaves a warehouse that is what its pointer and manifests say, and that the next night continues with', async () => {
    expect((await kept.run('migrate')).code).toBe(0);
    expect((await kept.run('migrate')).stdout).toContain('nothing to change');
    expect(await document('warehouse.json')).toMatchObject({ format: 4, namedAfter: 3, generations: [] });
    expect((await kept.run('verify', ['--every-byte'])).stdout).not.toMatch(/warning|error/);
  });

  test('names what cannot be read, and leaves it as it is', async () => {
    const path = 'facts/000001-74c6f510/manifest.json';
    await writeFile(join(kept.warehouse, path), '{"format": 1,');
    expect((await kept.run('migrate')).stdout).toContain(
      'manifest                 1 files  cannot be read, newest 2\n',
    );
    expect(await readFile(join(kept.warehouse, path), 'utf8')).toBe('{"format": 1,');
  });
});

/** Changes of format that a later version could make. */
const STEPS: FormatSteps = {
  ...FORMAT_STEPS,
  pointer: [
    ...FORMAT_STEPS.pointer!,
    { what: 'says where it lies', change: (pointer) => ({ ...pointer, place: 'a drive' }) },
  ],
  manifest: [
    ...FORMAT_STEPS.manifest!,
    { what: 'calls the facts readings', change: ({ facts, ...rest }) => ({ ...rest, readings: facts }) },
    { what: 'counts its files', change: (one) => ({ ...one, uploads: (one.files as readonly unknown[]).length }) },
  ],
};

describe('a change of format', () => {
  test('is reported with --dry-run, document by document, and changes nothing', async () => {
    const before = await fileTree(kept.drive);
    const { changes } = await migrate({ ...(await kept.openContext()), dryRun: true }, STEPS);
    expect(await fileTree(kept.drive)).toEqual(before);
    expect(changes[0]).toEqual({
      path: 'warehouse.json',
      from: 1,
      to: 5,
      what: [
        expect.stringContaining('digest'),
        expect.stringContaining('older version'),
        expect.stringContaining('changed'),
        'says where it lies',
      ],
    });
    const manifests = changes.filter(({ path }) => path.endsWith('manifest.json'));
    expect(manifests.map(({ path, from, to }) => [path, from, to])).toEqual([
      ['facts/000003-3d397cc1/manifest.json', 1, 4],
      ['facts/000002-a1ef7d1d/manifest.json', 1, 4],
      ['facts/000001-74c6f510/manifest.json', 1, 4],
    ]);
  });

  test('writes each document in the newest format, and keeps a copy of the new pointer', async () => {
    const before = await fileTree(kept.drive);
    const pointer = await document('warehouse.json');
    const { facts, ...manifest } = await document('facts/000001-74c6f510/manifest.json');
    await migrate(await kept.openContext(), STEPS);
    expect(await document('warehouse.json')).toMatchObject({ ...pointer, place: 'a drive', format: 5 });
    expect(await document('facts/000001-74c6f510/manifest.json')).toEqual({
      ...manifest,
      readings: facts,
      uploads: 2,
      format: 4,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const after = await fileTree(kept.drive);
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed.map((path) => path.replace(/-[0-9a-f]{8}/, ''))).toEqual([
      ...[1, 2, 3].map((number) => `Warehouse/facts/00000${number}/manifest.json`),
      'Warehouse/pointers/000004.json',
      'Warehouse/quarantine/indoor/fbd88c06a5a7_ThermoProSensor_export_493D_20241027.csv.report.json',
      'Warehouse/quarantine/ventilation/7dea5c560862_Graph_november_2.csv.report.json',
      'Warehouse/staging/backfill/ed7aee9642f9b3c6/plan.json',
      'Warehouse/staging/backfill/ed7aee9642f9b3c6/ventilation_2024-09_2024-09.json',
      'Warehouse/warehouse.json',
    ]);
  });

  test('changes nothing the second time', async () => {
    await migrate(await kept.openContext(), STEPS);
    const before = await fileTree(kept.drive);
    expect((await migrate(await kept.openContext(), STEPS)).changes).toEqual([]);
    expect(await fileTree(kept.drive)).toEqual(before);
  });

  test('that was cut short after the pointer is completed, and no older program writes meanwhile', async () => {
    const context = await kept.openContext();
    const { warehouse } = context;
    const upload = async (from: string, path: string) => {
      if (path.startsWith('facts/')) throw new Error('killed');
      return warehouse.upload(from, path);
    };
    await expect(migrate({ ...context, warehouse: { ...warehouse, upload } }, STEPS)).rejects.toThrow('killed');
    expect((await kept.run('run')).stderr).toContain('found format 5, expected format 4 or older');
    const { changes } = await migrate(await kept.openContext(), STEPS);
    expect(changes[0]!.path.split('/')[0]).toBe('facts');
  });

  test('stops if another run writes a document meanwhile', async () => {
    const context = await kept.openContext();
    const { warehouse } = context;
    let reads = 0;
    const readText = async (path: string) => {
      const text = await warehouse.readText(path);
      return path === 'warehouse.json' && ++reads > 1 ? `${text} ` : text;
    };
    const before = await fileTree(kept.drive);
    await expect(migrate({ ...context, warehouse: { ...warehouse, readText } }, STEPS)).rejects.toThrow(
      /another run is changing the warehouse at sm2drive:Warehouse\/warehouse\.json.*code=stale-run/,
    );
    expect(await fileTree(kept.drive)).toEqual(before);
  });
});
