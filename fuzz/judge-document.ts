import { readdir } from 'node:fs/promises';
import { COMMANDS, judge, type Undisturbed } from '../test/support/damage-judge';
import { fileTree } from '../test/support/published';
import type { DocumentCase } from './document-cases';
import type { Judgement } from './judge';

/**
 * Runs every command over a warehouse whose document was changed: none ends with a defect of the program, none publishes
 * another number than undisturbed, and nothing changes but the warehouse and the work folder.
 * @param folder holds the drive of the undisturbed warehouse in `inside/`, and nothing else that may change
 */
export async function judgeDocument(one: DocumentCase, whole: Undisturbed, folder: string): Promise<Judgement> {
  const before = await surroundings(folder);
  const faults: string[] = [];
  let named = false;
  for (const command of COMMANDS) {
    const { ending, said } = await judge(whole, one.path, one.bytes, command);
    named ||= ending === 'named';
    if (ending === 'crash' || ending === 'wrong') faults.push(`${ending}: ${command} over ${one.path}: ${said}`);
  }
  if ((await surroundings(folder)) !== before) faults.push('outside: something beside the warehouse was changed');
  return { verdict: named ? 'refused' : 'accepted', quarantined: 0, landed: 0, faults };
}

async function surroundings(folder: string): Promise<string> {
  return JSON.stringify([
    await fileTree(`${folder}/outside`),
    (await readdir(folder)).sort(),
    await readdir(`${folder}/inside`),
  ]);
}
