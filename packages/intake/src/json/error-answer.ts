import { printable } from '@sensor-warehouse/model/finding';
import { type Problem, UnreadableFile } from '../report';
import { cellText } from './cell-text';
import type { JsonValue } from './parse-json';

/** How answers call what went wrong. */
const MISTAKES = ['error', 'errors', 'message', 'detail', 'fault', 'reason', 'cod', 'code', 'status'];

/**
 * An answer in which nothing stands that was asked for: often it says why, with the status of a success.
 * @throws UnreadableFile if it does
 */
export function refuseErrorAnswer(root: JsonValue | undefined): void {
  if (root?.kind !== 'object') return;
  const told = MISTAKES.flatMap((name) => {
    const value = root.members.get(name);
    return value === undefined ? [] : [`${name} ${cellText(value)}`];
  });
  if (told.length > 0) throw new UnreadableFile(errorAnswer(told.join(', ')));
}

function errorAnswer(told: string): Problem {
  return {
    code: 'error-answer',
    found: printable(told),
    expected: 'readings',
    message: 'the answer tells of a mistake instead of readings',
    fix: 'do what the answer says; a key may be wrong or used up',
  };
}
