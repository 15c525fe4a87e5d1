import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Building } from './building';
import { type Ended, root } from './command-line';
import { fileTree } from './published';

/** Runs what is to be disturbed on the building's drive, from its untouched state, as a process of its own. */
export type Disturbed = (around: {
  readonly env: Record<string, string>;
  readonly node: readonly string[];
}) => Promise<Ended>;

/** A write of a run. */
interface Write {
  /** What is done, and in which folder. */
  readonly kind: string;
  /** Whether it needs room on the disk. */
  readonly room: boolean;
}

export interface Kills {
  /** The number of writes: at each a run may be killed. */
  readonly writes: number;
  /** The writes after which a further run is worth its time. */
  readonly telling: ReadonlySet<number>;
  /** Makes the drive what a run leaves that is killed at a write; once for each. */
  leaveKilledAt(write: number): Promise<void>;
}

const FAULT = ['--import', join(root, 'test', 'faults', 'fault.mjs')];

/**
 * The first, the middle and the last write of each kind, counted from 1: files that are written one after the other into one
 * folder are all completed by the same code. With EVERY_WRITE in the environment, all of them.
 */
function tellingOf(writes: readonly Write[]): Set<number> {
  const numbers = writes.map((_, at) => at + 1);
  if (process.env.EVERY_WRITE) return new Set(numbers);
  const ofKind = (kind: string) => numbers.filter((number) => writes[number - 1]!.kind === kind);
  const kinds = [...new Set(writes.map(({ kind }) => kind))].map(ofKind);
  return new Set(kinds.flatMap((all) => [all[0]!, all[all.length >> 1]!, all.at(-1)!]).sort((a, b) => a - b));
}

/** Runs once, and lays into the building's `killed` what a kill at each write would leave: `killed/1`, … */
async function writesOf(building: Building, restore: () => Promise<void>, run: Disturbed): Promise<Write[]> {
  const copies = join(building.folder, 'killed');
  await mkdir(copies);
  await restore();
  const env = { TMPDIR: building.folder, FAULT_FOLDER: building.drive, FAULT_KIND: 'copies', FAULT_COPIES: copies };
  const { code, stderr } = await run({ env, node: FAULT });
  if (code !== 0) throw new Error(stderr);
  const writes = (await readdir(copies)).filter((name) => name.endsWith('.json')).length;
  return Promise.all(
    Array.from({ length: writes }, async (_, at) => JSON.parse(await readFile(join(copies, `${at + 1}.json`), 'utf8'))),
  );
}

/** Each number of a write that needs room at which a disk may be full, so that a further run is worth its time; and their count. */
export async function writesThatNeedRoom(
  building: Building,
  restore: () => Promise<void>,
  run: Disturbed,
): Promise<{ readonly writes: number; readonly telling: ReadonlySet<number> }> {
  const writes = (await writesOf(building, restore, run)).filter(({ room }) => room);
  return { writes: writes.length, telling: tellingOf(writes) };
}

/**
 * What a run would leave on the drive if it was killed at its first, second, … last write: copies that one run makes of the
 * drive before each write, with the write half done. Kills themselves show that they leave the same: at the first write,
 * the last, and some between.
 * @param restore gives the drive its untouched state again
 * @throws Error if a kill leaves something else than the copy has
 */
export async function killsAtEachWrite(
  building: Building,
  restore: () => Promise<void>,
  run: Disturbed,
): Promise<Kills> {
  const all = await writesOf(building, restore, run);
  const [writes, copies] = [all.length, join(building.folder, 'killed')];
  const env = { TMPDIR: building.folder, FAULT_FOLDER: building.drive };
  for (const write of new Set([1, ...Array.from({ length: 3 }, (_, part) => Math.ceil((writes * (part + 1)) / 3))])) {
    await restore();
    const killed = await run({ env: { ...env, FAULT_KIND: 'kill', FAULT_AT: String(write) }, node: FAULT });
    if (killed.signal !== 'SIGKILL') throw new Error(`not killed at write ${write}: ${killed.stderr}`);
    const [left, copied] = await Promise.all([building.drive, join(copies, String(write))].map(nameless));
    if (left !== copied) throw new Error(`a kill at write ${write} leaves ${left}, the copy has ${copied}`);
  }
  return {
    writes,
    telling: tellingOf(all),
    leaveKilledAt: async (write) => {
      await rm(building.drive, { recursive: true, force: true });
      await rename(join(copies, String(write)), building.drive);
    },
  };
}

/** Every file and its hash; the name of an unfinished one is another in each run. */
async function nameless(folder: string): Promise<string> {
  const files = Object.entries(await fileTree(folder));
  return JSON.stringify(
    files.map(([path, hash]) => [path.replace(/\.(partial|removing)-[^/]*/, '.$1'), hash]).sort(),
    null,
    1,
  );
}

/** What a killed writer leaves beside a file; no reader and no listing takes it for one. */
export function withoutRemains(tree: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.includes('.partial-')));
}
