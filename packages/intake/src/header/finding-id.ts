import type { Acceptance, SeedEdit } from '@sensor-warehouse/model/findings/finding';
import { leafOf } from './label-text';

const LONGEST = 60;

/** `renamed-label:vzt01_temp-tea-sani-C`: the code, and the last part of the label in letters that no shell obeys. */
export function acceptanceOf(code: string, label: string | undefined, edits: readonly SeedEdit[]): Acceptance {
  if (label === undefined) return { id: code, edits };
  const name = [
    ...leafOf(label)
      .replace(/[^\p{L}\p{N}_.]+/gu, '-')
      .replace(/^-+|-+$/g, ''),
  ];
  return { id: `${code}:${name.slice(0, LONGEST).join('')}`, edits };
}
