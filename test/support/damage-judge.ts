import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { requireNoneNewer } from '@sensor-warehouse/warehouse/layout/documents';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { heal } from '@sensor-warehouse/warehouse/upkeep/heal';
import { readStatus } from '@sensor-warehouse/warehouse/upkeep/status';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import { fileTree, type PublishedRow, readDataset } from './published';
import { linkedCopy, NoDbt, publish, replaceFile, withNight, withoutDbt } from './small-warehouse';

export const COMMANDS = ['verify', 'heal', 'publication', 'status'] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * How a command ends over a damaged warehouse: `named` with an exit code; `mended`, every byte as before the damage;
 * `whole`, as if nothing had happened; `unseen`, though the damage is still there; the others must never be.
 */
export type Ending = 'named' | 'mended' | 'whole' | 'unseen' | 'crash' | 'wrong';

export interface Ended {
  readonly ending: Ending;
  /** The message of what ended it, or what is wrong. */
  readonly said: string;
}

/** What a warehouse is before its damage, and what the undisturbed publication makes of it. */
export interface Undisturbed {
  readonly folder: string;
  readonly tree: Readonly<Record<string, string>>;
  readonly before: readonly PublishedRow[];
  readonly after: readonly PublishedRow[];
}

export async function undisturbed(folder: string): Promise<Undisturbed> {
  const warehouse = join(folder, 'Warehouse');
  const [tree, before] = [await fileTree(warehouse), await readDataset(warehouse)];
  const copy = `${folder}-undisturbed`;
  await linkedCopy(folder, copy);
  const { held } = await withNight(copy, publish);
  if (Object.keys(held).length > 0) throw new Error(`held: ${JSON.stringify(held)}`);
  const after = await readDataset(join(copy, 'Warehouse'));
  await rm(copy, { recursive: true });
  return { folder, tree, before, after };
}

/** Damages one file of a copy of the warehouse, and runs one command over it. @param bytes undefined takes the file away */
export async function judge(
  whole: Undisturbed,
  file: string,
  bytes: Uint8Array | undefined,
  command: CommandName,
): Promise<Ended> {
  const copy = `${whole.folder}-copy`;
  const warehouse = join(copy, 'Warehouse');
  await linkedCopy(whole.folder, copy);
  try {
    if (bytes === undefined) await rm(join(warehouse, file));
    else await replaceFile(join(warehouse, file), bytes);
    return await withNight(copy, (night) => {
      const guarded = async (work: () => Promise<Ended>) => {
        try {
          await requireNoneNewer(night);
          return await work();
        } catch (error) {
          return endedBy(error);
        }
      };
      return guarded(() => JUDGES[command](night, whole, warehouse, { file, bytes }));
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function endedBy(error: unknown): Ended {
  if (error instanceof NoDbt) return { ending: 'named', said: 'wants dbt' };
  if (error instanceof Failure && error.details.class !== 'bug') return { ending: 'named', said: error.message };
  return { ending: 'crash', said: error instanceof Error ? String(error.stack) : String(error) };
}

interface Damage {
  readonly file: string;
  readonly bytes: Uint8Array | undefined;
}

type Judge = (night: Context, whole: Undisturbed, warehouse: string, damage: Damage) => Promise<Ended>;

const JUDGES: Readonly<Record<CommandName, Judge>> = {
  verify: async (night, _, warehouse, damage) => {
    const doubtsOf = async (everyByte: boolean) =>
      (await verify(night, everyByte)).findings.filter(({ severity }) => severity !== 'info');
    // With every byte it says the same and more, and takes several times as long.
    const atOnce = await doubtsOf(false);
    const doubts = atOnce.length > 0 ? atOnce : await doubtsOf(true);
    if (await isTouched(warehouse, damage)) return { ending: 'wrong', said: 'verify changed something' };
    const said = doubts.map(({ code, file, message }) => `${code} ${file ?? ''} ${message}`).join('\n');
    return { ending: doubts.length > 0 ? 'named' : 'unseen', said };
  },
  heal: async (night, whole, warehouse) => {
    const { findings, verified } = await heal(night, withoutDbt);
    const doubts = verified.findings.filter(({ severity }) => severity !== 'info');
    if (doubts.length > 0) return { ending: 'named', said: doubts.map(({ message }) => message).join('\n') };
    const isMended = JSON.stringify(await fileTree(warehouse)) === JSON.stringify(whole.tree);
    const said = findings.map(({ message }) => message).join('\n');
    if (isMended) return { ending: 'mended', said };
    return { ending: findings.length > 0 ? 'named' : 'unseen', said };
  },
  publication: async (night, whole, warehouse) => {
    const { held, undelivered } = await publish(night);
    const rows = await readDataset(warehouse);
    const missing = Object.keys(held);
    // A source that is held has what it had; every other one has what the undisturbed night gives it.
    const isHeld = ({ source }: PublishedRow) => missing.includes(DATASOURCES[source]!);
    const expected = [...whole.after.filter((row) => !isHeld(row)), ...whole.before.filter(isHeld)];
    if (JSON.stringify([...rows].sort(compare)) !== JSON.stringify(expected.sort(compare)))
      return { ending: 'wrong', said: `${rows.length} hours, not ${expected.length}; held ${JSON.stringify(held)}` };
    const isNamed = missing.length > 0 || Object.keys(undelivered).length > 0;
    return { ending: isNamed ? 'named' : 'whole', said: JSON.stringify({ held, undelivered }) };
  },
  status: async (night, _, warehouse, damage) => {
    await readStatus(night);
    if (await isTouched(warehouse, damage)) return { ending: 'wrong', said: 'status changed something' };
    return { ending: 'whole', said: '' };
  },
};

const DATASOURCES: Readonly<Record<string, string>> = { ThermoPro: 'indoor', Atrea: 'ventilation' };

const keyOf = ({ time, location, source, data_key }: PublishedRow) => `${source} ${location} ${data_key} ${time}`;
const compare = (a: PublishedRow, b: PublishedRow) => (keyOf(a) < keyOf(b) ? -1 : 1);

/** Whether the damaged file is not as it was damaged. */
async function isTouched(warehouse: string, { file, bytes }: Damage): Promise<boolean> {
  const found = await readFile(join(warehouse, file)).catch(() => undefined);
  return found === undefined || bytes === undefined ? found !== bytes : !found.equals(bytes);
}
