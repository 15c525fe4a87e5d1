import { cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Surroundings } from '../support/command-line';
import { killsAtEachWrite, withoutRemains, writesThatNeedRoom } from '../support/killed-at-each-write';
import { handOver } from '../support/made-facts';
import { fileTree, readWholeVersion } from '../support/published';
// Disturbs nothing unless FAULT_FOLDER says where.
import './fault.mjs';

/** Five versions are published, so that the sixth also removes the oldest; its facts wait. */
const PUBLISHED = 5;

interface Outcome {
  readonly write: number;
  /** What the reader of the pointer saw after the kill: a generation, or why it was not whole. */
  readonly seen: number | string;
  /** How a further run ended, after a write that is worth one. */
  readonly completed?: { readonly exitCode: number | null; readonly converged: boolean };
}

for (const [kind, exit] of [
  ['kill', 'is killed'],
  ['full disk', 'finds the disk full'],
] as const) {
  describe(`a publication that ${exit} at its first, second, … last write`, () => {
    let building: Building;
    let before: Record<string, string>;
    let expected: Record<string, string>;
    const outcomes: Outcome[] = [];
    const codes = new Set<number | null>();
    const said: string[] = [];

    beforeAll(async () => {
      building = await newBuilding();
      const pristine = join(building.folder, 'pristine');
      const restore = async () => {
        await rm(building.drive, { recursive: true, force: true });
        await cp(pristine, building.drive, { recursive: true });
      };
      const publish = ({ env = {}, ...around }: Surroundings = {}) =>
        building.run('aggregate-publish', [], { env: { TMPDIR: building.folder, ...env }, ...around });
      for (let number = 1; number <= PUBLISHED + 1; number++) {
        const from = `2024-10-${10 + number}T00:00:00Z`;
        await handOver(building.warehouse, number, [
          { datasource: 'indoor', from, hours: 3 },
          { datasource: 'ventilation', from, hours: 2 },
        ]);
        if (number > PUBLISHED) break;
        const { code, stderr } = await publish();
        if (code !== 0) throw new Error(stderr);
      }
      before = await fileTree(building.drive);
      await cp(building.drive, pristine, { recursive: true });
      if ((await publish()).code !== 0) throw new Error('the undisturbed run failed');
      expected = await fileTree(building.drive);

      const look = async (write: number, telling: boolean) => {
        const seen = await readWholeVersion(building.warehouse).then(
          ({ generation }) => generation,
          (error: Error) => error.message,
        );
        if (!telling) return void outcomes.push({ write, seen });
        const { code } = await publish();
        const tree = withoutRemains(await fileTree(building.drive));
        const converged = JSON.stringify(tree) === JSON.stringify(expected);
        outcomes.push({ write, seen, completed: { exitCode: code, converged } });
      };
      if (kind === 'kill') {
        const kills = await killsAtEachWrite(building, restore, publish);
        for (let write = 1; write <= kills.writes; write++) {
          await kills.leaveKilledAt(write);
          await look(write, kills.telling.has(write));
        }
        return;
      }
      const { writes, telling } = await writesThatNeedRoom(building, restore, publish);
      for (const write of [...telling, writes + 1]) {
        await restore();
        const env = { FAULT_KIND: kind, FAULT_AT: String(write), FAULT_FOLDER: building.drive };
        const disturbed = await publish({ env });
        if (write > writes) {
          if (disturbed.code !== 0) throw new Error(`a run with room for ${writes} writes fails: ${disturbed.stderr}`);
          continue;
        }
        codes.add(disturbed.code);
        said.push(disturbed.stderr);
        await look(write, true);
      }
    }, 600_000);
    afterAll(() => building.remove());

    if (kind === 'kill')
      test('was disturbed at least once for every file that the undisturbed run wrote', () => {
        const written = Object.entries(expected).filter(([path, hash]) => before[path] !== hash);
        expect(written.length).toBeGreaterThan(20);
        expect(outcomes.length).toBeGreaterThanOrEqual(written.length);
      });

    test('was disturbed in every folder that the undisturbed run wrote to, more than once in that of the version', () => {
      const completed = outcomes.filter((outcome) => outcome.completed !== undefined);
      const folders = Object.entries(expected).filter(([path, hash]) => before[path] !== hash);
      expect(completed.length).toBeGreaterThan(new Set(folders.map(([path]) => dirname(path))).size + 2);
    });

    if (kind === 'full disk')
      test('ended with 4, each time, and named the file', () => {
        expect([...codes]).toEqual([4]);
        for (const text of said)
          expect(text).toMatch(/the disk is full at sm2drive:Warehouse\/\S+; .*class=remote-temporary code=disk-full/);
      });

    test('left readers of the pointer the whole old version or the whole new one', () => {
      expect(outcomes.filter(({ seen }) => seen !== PUBLISHED && seen !== PUBLISHED + 1)).toEqual([]);
    });

    test('left the old one before the pointer and the new one after it', () => {
      const generations = outcomes.map(({ seen }) => seen);
      expect(new Set(generations)).toEqual(new Set([PUBLISHED, PUBLISHED + 1]));
      expect(generations).toEqual([...generations].sort());
    });

    test('was completed by the next run, to the bytes of an undisturbed one', () => {
      const failed = ({ completed }: Outcome) => completed?.exitCode !== 0 || !completed.converged;
      expect(outcomes.filter(({ completed }) => completed !== undefined).filter(failed)).toEqual([]);
    });
  });
}
