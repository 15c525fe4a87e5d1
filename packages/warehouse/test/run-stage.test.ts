import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../model/test/support/failure-of';
import type { Context } from '../src/run/context';
import { type HandOver, ifThere, readHandOver, writeHandOver } from '../src/run/hand-over';
import type { Law, Laws } from '../src/run/law';
import { carryOut, runStage, type Stage } from '../src/run/run-stage';

const GRAIN: HandOver<number> = { file: 'grain.json', by: 'mill' };
const FLOUR: HandOver<number> = { file: 'flour.json', by: 'sieve' };
const TOO_COARSE = new Failure({
  stage: 'sieve',
  what: 'too coarse',
  fix: 'mill it',
  class: 'input',
  code: 'level-incomplete',
});

const LOST: Law = { equation: 'grain 5 = flour 3 + bran 1', left: 5, right: 4 };
const HELD: Law = { equation: 'bran 1 = chaff 1', left: 1, right: 1 };

/** Takes all but the bran of the grain. */
const SIEVE: Stage<{ readonly grain: number }, { readonly flour: number; readonly bran: number }> = {
  name: 'sieve',
  reads: { grain: GRAIN },
  writes: { flour: FLOUR },
  run: async (_, { grain }) => {
    if (grain < 0) throw TOO_COARSE;
    return {
      output: { flour: grain - 1, bran: 1 },
      counts: { files: 1, in: grain, out: grain - 1, quarantined: 1, repeated: 0 },
      laws: [{ equation: `grain ${grain} = flour ${grain - 1} + bran 1`, left: grain, right: grain }],
      findings: [],
      failure: grain === 1 ? TOO_COARSE : undefined,
    };
  },
};

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'run-stage-'));
});
afterEach(() => rm(work, { recursive: true }));

const sieve = async (grain: number) => {
  await writeHandOver(work, GRAIN, grain);
  return runStage(SIEVE, { work } as Context);
};
const recorded = async () => JSON.parse(await readFile(join(work, 'run.json'), 'utf8')).stages;

describe('a stage', () => {
  test('takes what the previous stage left, and leaves what later ones need', async () => {
    expect(await sieve(5)).toEqual({ flour: 4, bran: 1 });
    expect(await readHandOver(work, FLOUR, 'oven')).toBe(4);
    expect((await readdir(work)).sort()).toEqual(['flour.json', 'grain.json', 'run.json']);
  });

  test('is recorded with its counts, its time and its equation, after earlier stages', async () => {
    await sieve(5);
    await sieve(3);
    const equations = (await recorded()).map(({ equation }: { equation: string }) => equation);
    expect(equations).toEqual(['grain 5 = flour 4 + bran 1', 'grain 3 = flour 2 + bran 1']);
    expect(Object.keys((await recorded())[0])).toEqual(
      'stage files in out quarantined repeated seconds equation findings'.split(' '),
    );
  });

  test('says which stage has to run first', async () => {
    await expect(runStage(SIEVE, { work } as Context)).rejects.toThrow(/run mill first.*code=stage-order/);
  });

  test('leaves nothing, and no record, if it throws', async () => {
    await expect(sieve(-1)).rejects.toBe(TOO_COARSE);
    expect(await readdir(work)).toEqual(['grain.json']);
  });

  test.each([
    ['its only law', [LOST]],
    ['one of its laws', [LOST, HELD]],
    ['its last law', [HELD, LOST]],
  ] as [string, Laws][])('that breaks %s stops, leaves nothing, and no record', async (_, laws) => {
    const losing = { ...SIEVE, run: async () => ({ ...(await SIEVE.run({} as Context, { grain: 5 })), laws }) };
    await writeHandOver(work, GRAIN, 5);
    const details = await detailsOf(runStage(losing, { work } as Context));
    expect(details).toMatchObject({ stage: 'sieve', code: 'conservation-violated', class: 'bug' });
    expect(details.what).toContain('grain 5 = flour 3 + bran 1');
    expect(await readdir(work)).toEqual(['grain.json']);
    expect(await detailsOf(carryOut(losing, { work } as Context, { grain: 5 }))).toEqual(details);
  });

  test('is recorded with its last law, which sums the others up', async () => {
    const laws = [HELD, { equation: 'all 1 = all 1', left: 1, right: 1 }] as const;
    const summing = { ...SIEVE, run: async () => ({ ...(await SIEVE.run({} as Context, { grain: 5 })), laws }) };
    expect((await carryOut(summing, { work } as Context, { grain: 5 })).record.equation).toBe('all 1 = all 1');
  });

  test('leaves its output and its record if it ends with a failure', async () => {
    await expect(sieve(1)).rejects.toBe(TOO_COARSE);
    expect(await readHandOver(work, FLOUR, 'oven')).toBe(0);
    expect(await recorded()).toHaveLength(1);
  });

  test('may do without an optional document', async () => {
    const reads = { grain: ifThere(GRAIN) };
    const run = (_: unknown, { grain = 7 }: { readonly grain: number | undefined }) =>
      SIEVE.run({} as Context, { grain });
    expect(await runStage({ ...SIEVE, reads, run }, { work } as Context)).toEqual({ flour: 6, bran: 1 });
  });

  test('on a given input touches no document', async () => {
    const { output, record } = await carryOut(SIEVE, { work } as Context, { grain: 5 });
    expect([output.flour, record.equation]).toEqual([4, 'grain 5 = flour 4 + bran 1']);
    expect(await readdir(work)).toEqual([]);
    await expect(carryOut(SIEVE, { work } as Context, { grain: 1 })).rejects.toBe(TOO_COARSE);
  });
});
