import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Change, OF_BYTES, ofDocument } from '../support/damage-changes';
import { COMMANDS, type CommandName, type Ended, judge, type Undisturbed } from '../support/damage-judge';
import { type Kind, kindsOf } from './kinds';

/** One change of one file, and how the commands end over it. */
export interface Case {
  readonly kind: string;
  readonly change: string;
  readonly ended: Readonly<Partial<Record<CommandName, Ended>>>;
}

/** Changes a file of each kind in each way, and runs the commands over each. */
export async function judgeAll(whole: Undisturbed, tell: (judged: Case) => void = () => undefined): Promise<Case[]> {
  const judged: Case[] = [];
  for (const kind of kindsOf(Object.keys(whole.tree))) {
    const before = await readFile(join(whole.folder, 'Warehouse', kind.file));
    for (const [index, change] of (await changesOf(whole, kind)).entries()) {
      const ended: Partial<Record<CommandName, Ended>> = {};
      for (const command of commandsFor(kind, change, index))
        ended[command] = await judge(whole, kind.file, change.change(before), command);
      if (Object.keys(ended).length === 0) continue;
      judged.push({ kind: kind.kind, change: change.name, ended });
      tell(judged.at(-1)!);
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

/** What publications work from. */
const PUBLISHED_FROM = ['pointer', 'waiting manifest', 'marker'];
/** Of the changes of fields, every so manieth: `npm run fuzz -- --of documents` tries them all, in any order. */
const EVERY = 24;

/** All commands where a file is gone; of other changes, those that are to see them before anything is published. */
function commandsFor({ kind }: Kind, { name }: Change, index: number): readonly CommandName[] {
  if (name === 'deleted') return COMMANDS;
  if (name === 'another of its kind') return ['verify', 'publication'];
  if (index >= BYTES && index % EVERY !== 0) return [];
  return PUBLISHED_FROM.includes(kind) ? ['verify', 'publication', 'status'] : ['verify'];
}

/** Changes of bytes; those of documents follow. */
const BYTES = 5;

/** A case as a line, with what was said where it is not as it must be. */
export function line({ kind, change, ended }: Case): string {
  const told = COMMANDS.map((command) => (ended[command]?.ending ?? '').padEnd(7)).join(' ');
  const bad = COMMANDS.filter((command) => /crash|wrong|unseen/.test(ended[command]?.ending ?? ''));
  return [
    `${told} ${kind}: ${change}`,
    ...bad.map((command) => `    ${command}: ${ended[command]!.said.slice(0, 600)}`),
  ].join('\n');
}
