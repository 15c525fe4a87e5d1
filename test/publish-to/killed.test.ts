import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Surroundings } from '../support/command-line';
import { killsAtEachWrite, withoutRemains } from '../support/killed-at-each-write';
import { fileTree } from '../support/published';
import { latestIn, publishNight } from './place';

/** Five versions are in the place, so that the sixth also removes the oldest. */
const NIGHTS = 6;

interface Outcome {
  readonly write: number;
  /** The version that `latest.json` named after the kill, if all its files were there, byte for byte. */
  readonly seen: string | undefined;
  /** How a further run ended, after a write that is worth one. */
  readonly completed?: { readonly exitCode: number | null; readonly converged: boolean };
}

describe('a run that is killed at its first, second, … last write to the place for readers', () => {
  let building: Building;
  let versions: string[];
  const outcomes: Outcome[] = [];

  beforeAll(async () => {
    building = await newBuilding();
    const place = join(building.folder, 'place');
    const pristine = join(building.folder, 'pristine');
    await mkdir(place);
    for (let night = 1; night < NIGHTS; night++) await publishNight(building, night, '--publish-to', place);
    await cp(place, pristine, { recursive: true });
    const restore = async () => {
      await rm(place, { recursive: true, force: true });
      await cp(pristine, place, { recursive: true });
    };
    await publishNight(building, NIGHTS);
    const publish = ({ env = {}, ...around }: Surroundings = {}) =>
      building.run('aggregate-publish', ['--publish-to', place], {
        env: { TMPDIR: building.folder, ...env },
        ...around,
      });
    if ((await publish()).code !== 0) throw new Error('the undisturbed run failed');
    const expected = await fileTree(place);
    const before = await fileTree(pristine);
    versions = [(await latestIn(pristine)) as { version: string }, (await latestIn(place)) as { version: string }].map(
      ({ version }) => version,
    );

    const seenIn = async () => {
      const { version } = (await latestIn(place)) as { version: string };
      const tree = await fileTree(place);
      const files = Object.entries({ ...before, ...expected }).filter(([path]) =>
        path.startsWith(`versions/${version}/`),
      );
      return files.length > 0 && files.every(([path, hash]) => tree[path] === hash) ? version : undefined;
    };
    const complete = async () => {
      const { code } = await publish();
      const tree = withoutRemains(await fileTree(place));
      return { exitCode: code, converged: JSON.stringify(tree) === JSON.stringify(expected) };
    };
    const kills = await killsAtEachWrite({ ...building, drive: place }, restore, publish);
    for (let write = 1; write <= kills.writes; write++) {
      await kills.leaveKilledAt(write);
      const seen = await seenIn();
      outcomes.push({ write, seen, ...(kills.telling.has(write) ? { completed: await complete() } : {}) });
    }
  }, 600_000);
  afterAll(() => building.remove());

  test('leaves a whole version to who follows latest.json: the old one, then the new one', () => {
    expect(outcomes.length).toBeGreaterThan(20);
    const seen = outcomes.map((outcome) => outcome.seen);
    expect(new Set(seen)).toEqual(new Set(versions));
    expect(seen).toEqual([...seen].sort());
  });

  test('is completed by the next run, to the bytes of an undisturbed one', () => {
    const completed = outcomes.flatMap((outcome) => outcome.completed ?? []);
    expect(completed.length).toBeGreaterThan(8);
    expect(completed.filter(({ exitCode, converged }) => exitCode !== 0 || !converged)).toEqual([]);
  });
});
