import type { ChildEnd } from '@sensor-warehouse/model/findings/child-failure';
import { runProcess } from '@sensor-warehouse/model/processes/run-process';

/** A program that ended with another code than 0. */
export class ProgramFailed extends Error {
  constructor(readonly ended: ChildEnd) {
    const lastWords = ended.said.trim().split('\n').at(-1) ?? '';
    super(`${ended.cut ?? ended.signal ?? `exit code ${ended.exit}`}: ${lastWords}`);
  }
}

/** Milliseconds; pip needs a minute for dbt where the network is slow. */
const DEADLINE = 30 * 60_000;

/**
 * Runs a program without a shell and gives its standard output.
 * @param names of variables that it gets besides those that every program does
 * @param given what its environment has besides
 * @throws ProgramFailed with its exit code and the last line of its standard error; what the system refused its start with
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  names: readonly string[] = [],
  given: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { exit, signal, cut, stdout, stderr } = await runProcess({ program, args, names, given, deadline: DEADLINE });
  if (exit !== 0 || cut !== undefined) throw new ProgramFailed({ exit, signal, cut: cut?.why, said: stderr });
  return stdout.toString('utf8');
}
