import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { FactSeries, FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import { readRunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { heal } from '@sensor-warehouse/warehouse/upkeep/heal';
import { settle } from '@sensor-warehouse/warehouse/upkeep/settle';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handOver } from '../support/made-facts';
import { type PublishedRow, readDataset } from '../support/published';
import {
  linkedCopy,
  makeSmallWarehouse,
  NoDbt,
  publish,
  replaceFile,
  withNight,
  withoutDbt,
} from '../support/small-warehouse';

type Edit = (manifest: FactsManifest) => FactsManifest;
const BOTH = ['indoor', 'ventilation'];

/** Changes the series, and what must agree with them in a manifest that is whole. */
const series =
  (change: (series: readonly FactSeries[]) => readonly FactSeries[]): Edit =>
  (manifest) => {
    const changed = change(manifest.series);
    const factsOf = (own: readonly FactSeries[]) => own.reduce((total, { facts }) => total + facts, 0);
    return {
      ...manifest,
      series: changed,
      sources: manifest.sources.map((one) => ({
        ...one,
        facts: factsOf(changed.filter(({ datasource }) => datasource === one.datasource)),
      })),
      facts: { ...manifest.facts, rows: factsOf(changed) },
    };
  };
/** Changes the series of one source. */
const its = (datasource: string, change: Partial<FactSeries>): Edit =>
  series((all) => all.map((one) => (one.datasource === datasource ? { ...one, ...change } : one)));

// Generation 3 waits: four facts of indoor and four of ventilation, both of November, in this order.
const LIES: readonly [what: string, edit: Edit, held: readonly string[]][] = [
  ['another location', its('indoor', { location: 'SM2_01_L1_02' }), ['indoor']],
  ['another source', its('indoor', { source: 'Atrea' }), ['indoor']],
  ['another measurement', its('indoor', { measurement: 'additive' }), ['indoor']],
  ['another data key', its('ventilation', { dataKey: 'temp_indoor' }), ['ventilation']],
  ['another month', its('indoor', { month: '2024-12' }), ['indoor']],
  ['a month that is published already', its('ventilation', { month: '2024-10' }), ['ventilation']],
  ['one series as two', series(([one, other]) => [{ ...one!, facts: 1 }, { ...one!, facts: 3 }, other!]), ['indoor']],
  ['more facts of the last source than there are', its('ventilation', { facts: 9 }), ['ventilation']],
  ['more facts of the first source than there are', its('indoor', { facts: 9 }), BOTH],
  ['a series that is not there', series((all) => [...all, { ...all[0]!, datasource: 'ventilation' }]), ['ventilation']],
  [
    'facts of one source among those of another',
    series(([one, other]) => [
      { ...one!, facts: 5 },
      { ...other!, facts: 3 },
    ]),
    BOTH,
  ],
  ['the facts of each source as the other’s', series(([one, other]) => [other!, one!]), BOTH],
  ['facts of one source as the other’s', its('indoor', { datasource: 'ventilation' }), BOTH],
  ['no facts of the last source', series(([one]) => [one!]), BOTH],
  ['no facts of the first source', series(([, other]) => [other!]), BOTH],
  ['no facts at all', series(() => []), BOTH],
  [
    'facts of a source that nobody knows',
    (manifest) => {
      const known = its('indoor', { datasource: 'garden' })(manifest);
      return {
        ...known,
        sources: [...known.sources, { ...known.sources[0]!, datasource: 'garden', facts: 4, readings: 0 }],
      };
    },
    BOTH,
  ],
];

describe('a waiting manifest that is intact but does not match its facts', () => {
  let folder: string;
  let whole: string;
  let before: readonly PublishedRow[];
  let after: readonly PublishedRow[];
  let copies = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lying-'));
    whole = join(folder, 'whole');
    await makeSmallWarehouse(whole);
    const night = await copy();
    before = await readDataset(night.warehouse);
    await withNight(night.drive, publish);
    after = await readDataset(night.warehouse);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function copy() {
    const drive = join(folder, `copy-${++copies}`);
    await linkedCopy(whole, drive);
    return { drive, warehouse: join(drive, 'Warehouse') };
  }
  const generationOf = async (warehouse: string, number: number) => {
    const name = (await readdir(join(warehouse, 'facts'))).find((one) => one.startsWith(`00000${number}`))!;
    return join(warehouse, 'facts', name);
  };
  async function lie(warehouse: string, edit: Edit, number = 3) {
    const manifest = join(await generationOf(warehouse, number), 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await replaceFile(manifest, Buffer.from(documentText(edit(JSON.parse(text) as FactsManifest))));
    return () => replaceFile(manifest, Buffer.from(text));
  }
  /** Sources that a night holds, and those that it names with this code. */
  const night = (drive: string) =>
    withNight(drive, async (context) => {
      const { held } = await publish(context);
      const { stages } = await readRunRecord(context.work);
      const differ = stages.flatMap(({ findings }) => findings).filter(({ code }) => code === 'facts-differ');
      return { held: Object.keys(held).sort(), named: differ.map(({ datasource }) => datasource!).sort(), differ };
    });
  const SOURCES: Readonly<Record<string, string>> = { ThermoPro: 'indoor', Atrea: 'ventilation' };
  const keyOf = ({ time, location, source, data_key }: PublishedRow) => `${source} ${location} ${data_key} ${time}`;
  const sorted = (rows: readonly PublishedRow[]) => [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const expectedWithout = (held: readonly string[]) =>
    sorted([
      ...after.filter(({ source }) => !held.includes(SOURCES[source]!)),
      ...before.filter(({ source }) => held.includes(SOURCES[source]!)),
    ]);

  describe.each(LIES)('%s', (_, edit, held) => {
    let first: Awaited<ReturnType<typeof night>>;
    let published: readonly PublishedRow[];
    let second: readonly string[];
    let doubts: readonly string[];
    let restored: readonly string[];
    let warehouse: string;
    beforeAll(async () => {
      const place = await copy();
      ({ warehouse } = place);
      const restore = await lie(warehouse, edit);
      doubts = await withNight(place.drive, async (context) =>
        (await verify(context, true)).findings.map(({ code }) => code),
      );
      first = await night(place.drive);
      published = await readDataset(warehouse);
      second = (await night(place.drive)).held;
      await restore();
      restored = (await night(place.drive)).held;
    });

    test('holds its sources, and names them; the others are published', () => {
      expect({ held: first.held, named: first.named }).toEqual({ held, named: held });
      expect(sorted(published)).toEqual(expectedWithout(held));
    });

    test('holds them the next night, too', () => {
      expect(second).toEqual(held);
    });

    test('holds nothing once the manifest is restored', async () => {
      expect(restored).toEqual([]);
      expect(sorted(await readDataset(warehouse))).toEqual(sorted(after));
    });

    test('is named by verify', () => {
      expect(doubts).toContain('manifest-doubtful');
    });
  });

  test('the finding names the manifest, the first row, and its series', async () => {
    const { drive, warehouse } = await copy();
    await lie(warehouse, its('indoor', { dataKey: 'co2' }));
    const { differ } = await night(drive);
    expect(differ).toMatchObject([
      {
        severity: 'error',
        datasource: 'indoor',
        file: expect.stringMatching(/^facts\/000003-\w{8}\/manifest\.json$/),
        found:
          'row 1 is of indoor 2024-11 SM2_01_L1_01 ThermoPro nonadditive temp_indoor, but of indoor 2024-11 SM2_01_L1_01 ThermoPro nonadditive co2 in the manifest',
        fix: expect.stringContaining('restore the manifest'),
      },
    ]);
  });

  test('an upload that is named otherwise is a doubt of verify, and holds nothing: no number follows from it', async () => {
    const { drive, warehouse } = await copy();
    await lie(warehouse, ({ files, ...rest }) => ({
      ...rest,
      files: files.map((one) => (one.datasource === 'indoor' ? { ...one, ordinal: 7 } : one)),
    }));
    const doubts = await withNight(drive, async (context) => (await verify(context, true)).findings);
    expect(doubts.map(({ found }) => found)).toEqual(['row 1 is of an upload that is not named: indoor 1 made-3.csv']);
    expect((await night(drive)).held).toEqual([]);
  });

  test('is not published even if a person released its facts', async () => {
    const { drive, warehouse } = await copy();
    await lie(warehouse, its('indoor', { month: '2024-12' }));
    const decision = { datasource: 'indoor', verdict: 'released', reason: 'they are right' } as const;
    await withNight(drive, (context) => settle(context, decision, withoutDbt));
    expect((await night(drive)).held).toEqual(['indoor']);
    expect(sorted(await readDataset(warehouse))).toEqual(expectedWithout(['indoor']));
  });

  test('is skipped once a person discards its facts', async () => {
    const { drive, warehouse } = await copy();
    await lie(warehouse, its('indoor', { month: '2024-12' }));
    const decision = { datasource: 'indoor', verdict: 'discarded', reason: 'not wanted' } as const;
    await withNight(drive, (context) => settle(context, decision, withoutDbt));
    expect((await night(drive)).held).toEqual([]);
    expect(sorted(await readDataset(warehouse))).toEqual(expectedWithout(['indoor']));
  });

  test('that names a file that holds no facts holds the sources that it names', async () => {
    const { drive, warehouse } = await copy();
    const folderOf3 = await generationOf(warehouse, 3);
    const archives = join(warehouse, 'archive', 'indoor');
    const bytes = await readFile(join(archives, (await readdir(archives))[0]!));
    await replaceFile(join(folderOf3, 'fact.parquet'), bytes);
    await lie(warehouse, ({ facts, ...rest }) => ({
      ...rest,
      facts: { ...facts, sha256: sha256OfBytes(bytes), bytes: bytes.length },
    }));
    const { held, differ } = await night(drive);
    expect(held).toEqual(BOTH);
    expect(differ[0]!.found).toBe('its file cannot be read as facts');
    expect(sorted(await readDataset(warehouse))).toEqual(sorted(before));
  });

  test('facts that are not in the order of time hold their source', async () => {
    const { drive, warehouse } = await copy();
    await handOver(warehouse, 4, [
      { datasource: 'indoor', hours: 2, from: '2024-11-15T00:00:00Z' },
      { datasource: 'indoor', hours: 2, from: '2024-11-14T00:00:00Z' },
    ]);
    const { held, differ } = await night(drive);
    expect(held).toEqual(['indoor']);
    expect(differ[0]!.found).toBe('row 3 is earlier than the one above it');
  });

  test('a lost month is not rebuilt from consumed facts that differ from their manifest', async () => {
    const { drive, warehouse } = await copy();
    await lie(warehouse, its('indoor', { month: '2024-12' }), 2);
    const archives = join(warehouse, 'archive', 'indoor');
    const newest = (await readdir(archives)).find((name) => name.startsWith('2024-11.r2'))!;
    await copyFile(join(archives, newest), join(folder, newest));
    await rm(join(archives, newest));
    // It is left to the raw copies, and they need dbt.
    await expect(withNight(drive, (context) => heal(context, withoutDbt))).rejects.toThrow(NoDbt);
    await lie(warehouse, its('indoor', { month: '2024-11', dataKey: 'co2' }), 2);
    await expect(withNight(drive, (context) => heal(context, withoutDbt))).rejects.toThrow(NoDbt);
  });
});
