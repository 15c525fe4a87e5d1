import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, OF_BYTES, ofDocument } from './changes';
import { DECIDES_NOTHING } from './decides-nothing';
import { COMMANDS, type CommandName, type Ended, judge, type Undisturbed, undisturbed } from './judge';
import { type Kind, kindsOf } from './kinds';
import { makeSmallWarehouse } from './small-warehouse';

/** One change of one file, and how the commands end over it. */
interface Case {
  readonly kind: string;
  readonly change: string;
  readonly ended: Readonly<Partial<Record<CommandName, Ended>>>;
}

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

async function judgeAll(whole: Undisturbed): Promise<Case[]> {
  const judged: Case[] = [];
  const only = new RegExp(process.env.DAMAGE_KINDS ?? '');
  for (const kind of kindsOf(Object.keys(whole.tree)).filter((one) => only.test(one.kind))) {
    for (const [index, { change, name }] of (await changesOf(whole, kind)).entries()) {
      const before = await readFile(join(whole.folder, 'Warehouse', kind.file));
      const ended: Partial<Record<CommandName, Ended>> = {};
      for (const command of commandsFor(kind, index))
        ended[command] = await judge(whole, kind.file, change(before), command);
      judged.push({ kind: kind.kind, change: name, ended });
      if (process.env.DAMAGE_MATRIX) await appendFile(process.env.DAMAGE_MATRIX, `${line(judged.at(-1)!)}\n`);
    }
  }
  return judged;
}

async function changesOf({ folder: drive }: Undisturbed, { file, other }: Kind): Promise<Change[]> {
  const bytesOf = (path: string) => readFile(join(drive, 'Warehouse', path));
  const another = other === undefined ? undefined : await bytesOf(other);
  return [
    ...OF_BYTES,
    ...(another === undefined ? [] : [{ name: 'another of its kind', change: () => another }]),
    ...(file.endsWith('.json') ? ofDocument(await bytesOf(file)) : []),
  ];
}

/** What publications work from: each change of it is published over. */
const PUBLISHED_FROM = ['pointer', 'newest consumed manifest', 'waiting manifest'];
/** Changes of bytes, and of whole documents. */
const FIRST = 9;
/** Of the changes of fields, every so manieth is healed and published over where nothing is published from them. */
const EVERY = 16;

/** All commands where bytes change; of the many fields of documents, those that a command of this kind reads them for. */
function commandsFor({ kind }: Kind, index: number): readonly CommandName[] {
  if (index < FIRST || index % EVERY === 0) return COMMANDS;
  return PUBLISHED_FROM.includes(kind) ? ['verify', 'publication', 'status'] : ['verify', 'status'];
}

function line({ kind, change, ended }: Case): string {
  const told = COMMANDS.map((command) => (ended[command]?.ending ?? '').padEnd(7)).join(' ');
  const bad = COMMANDS.filter((command) => /crash|wrong|unseen/.test(ended[command]?.ending ?? ''));
  return [
    `${told} ${kind}: ${change}`,
    ...bad.map((command) => `    ${command}: ${ended[command]!.said.slice(0, 600)}`),
  ].join('\n');
}

const endingIn = (...endings: readonly string[]) =>
  cases.filter(({ ended }) => Object.values(ended).some(({ ending }) => endings.includes(ending))).map(line);

describe('over a warehouse one file of which is damaged', () => {
  test('no command ends with a defect of the program', () => {
    expect(endingIn('crash')).toEqual([]);
  });

  test('nothing wrong is published, and what only looks changes nothing', () => {
    expect(endingIn('wrong')).toEqual([]);
  });

  test('verify names every change, but for those that decide nothing', () => {
    const unseen = cases
      .filter(({ ended }) => ended.verify?.ending === 'unseen')
      .map(({ kind, change }) => `${kind}: ${change}`);
    expect(unseen.filter((one) => !DECIDES_NOTHING.some(({ changes }) => changes.test(one)))).toEqual([]);
  });

  test('what decides nothing is named with its reason, and is there', () => {
    const unseen = cases.filter(({ ended }) => ended.verify?.ending === 'unseen');
    const idle = DECIDES_NOTHING.filter(
      ({ changes }) => !unseen.some(({ kind, change }) => changes.test(`${kind}: ${change}`)),
    );
    expect(idle).toEqual([]);
  });

  test('heal mends what verify names, or names it too', () => {
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
    expect(cases.length).toBeGreaterThan(300);
  });
});
