import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { undisturbed } from '../support/damage-judge';
import { makeSmallWarehouse } from '../support/small-warehouse';
import { DECIDES_NOTHING } from './decides-nothing';
import { type Case, judgeAll, line } from './matrix';

let folder: string;
let cases: Case[];
let seconds: number;
beforeAll(async () => {
  const cpu = process.cpuUsage();
  folder = await mkdtemp(join(tmpdir(), 'damage-'));
  await makeSmallWarehouse(join(folder, 'drive'));
  cases = await judgeAll(await undisturbed(join(folder, 'drive')));
  const { user, system } = process.cpuUsage(cpu);
  seconds = (user + system) / 1e6;
}, 900_000);
afterAll(() => rm(folder, { recursive: true }));

const endingIn = (...endings: readonly string[]) =>
  cases.filter(({ ended }) => Object.values(ended).some(({ ending }) => endings.includes(ending))).map(line);

describe('over a warehouse with one damaged file', () => {
  test('no command ends with a bug', () => {
    expect(endingIn('crash')).toEqual([]);
  });

  test('nothing wrong is published, and commands that only read change nothing', () => {
    expect(endingIn('wrong')).toEqual([]);
  });

  test('verify names every change, except those without consequence', () => {
    const unseen = cases
      .filter(({ ended }) => ended.verify?.ending === 'unseen')
      .map(({ kind, change }) => `${kind}: ${change}`);
    expect(unseen.filter((one) => !DECIDES_NOTHING.some(({ changes }) => changes.test(one)))).toEqual([]);
  });

  test('each change without consequence is listed with its reason, and exists', () => {
    const unseen = cases.filter(({ ended }) => ended.verify?.ending === 'unseen');
    const idle = DECIDES_NOTHING.filter(
      ({ changes }) => !unseen.some(({ kind, change }) => changes.test(`${kind}: ${change}`)),
    );
    expect(idle).toEqual([]);
  });

  test('heal repairs what verify names, or names it too', () => {
    const silent = cases.filter(({ ended }) => ended.verify?.ending === 'named' && ended.heal?.ending === 'unseen');
    expect(silent.map(line)).toEqual([]);
  });

  test('the counts are these', () => {
    const endings = cases.flatMap(({ ended }) =>
      Object.entries(ended).map(([command, { ending }]) => `${command} ${ending}`),
    );
    const table = [...new Set(endings)]
      .sort()
      .map((one) => `${one.padEnd(20)} ${endings.filter((other) => other === one).length}`);
    console.log(`${cases.length} changes, ${seconds.toFixed(0)} s of CPU\n${table.join('\n')}`);
    expect(cases.length).toBeGreaterThan(100);
  });
});
