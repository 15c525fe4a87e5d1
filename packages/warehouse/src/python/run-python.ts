import { childFailure, startFailure } from '@sensor-warehouse/model/findings/child-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { type Ended, runProcess } from '@sensor-warehouse/model/processes/run-process';
import type { Program } from './program';

/** A Python environment and its user. */
export interface Python {
  /** For messages. */
  readonly stage: string;
  /** The interpreter of the environment that has dbt and its DuckDB. */
  readonly python: string;
  /** The folder that the program works in. */
  readonly folder: string;
}

export interface PythonOrder {
  readonly args?: readonly string[];
  /** Environment variables besides those that every program gets. */
  readonly given?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds; more than the largest build that anybody waits for. */
  readonly deadline?: number;
}

/** How a program ended, and its output. */
export interface PythonEnd extends Omit<Ended, 'stdout'> {
  readonly stdout: string;
}

const DEADLINE = 2 * 3_600_000;

/**
 * Runs one of our programs. It imports from its own folder and the environment: nothing from the folder that it works in,
 * nor from one that a variable names; and it writes no `__pycache__`.
 * @throws Failure if it cannot be started
 */
export async function startPython(
  { stage, python, folder }: Python,
  program: Program,
  order: PythonOrder,
): Promise<PythonEnd> {
  const { args = [], given = {}, input = '', deadline = DEADLINE } = order;
  const isolated = ['-E', '-s', '-B', '-W', 'ignore'];
  try {
    const ended = await runProcess({
      program: python,
      args: [...isolated, program.file, ...args],
      folder,
      given: { ...given, TZ: 'UTC' },
      input,
      deadline,
    });
    return { ...ended, stdout: ended.stdout.toString('utf8') };
  } catch (cause) {
    throw startFailure(cause, { stage, folder }) ?? missing(stage, python, cause as Error);
  }
}

/** Runs one of our programs that reads its order as JSON. */
export function runPython(place: Python, program: Program, order: object): Promise<PythonEnd> {
  return startPython(place, program, { input: JSON.stringify(order) });
}

function missing(stage: string, python: string, cause: Error): Failure {
  return new Failure({
    stage,
    what: 'Python cannot be started',
    where: python,
    found: printable(cause.message),
    fix: 'run npm run setup, or give the interpreter of an environment that has dbt',
    class: 'config',
    code: 'python-missing',
    cause,
  });
}

/**
 * The failure of a program for reasons other than models or data: the system refused it something, it was killed, or it
 * took too long.
 * @param program for messages
 * @param hasSaid whether it has reported the cause itself, so that its output adds nothing
 */
export function programFailure(
  program: string,
  { exit, signal, cut, stdout, stderr }: PythonEnd,
  { stage, folder }: Pick<Python, 'stage' | 'folder'>,
  hasSaid = false,
): Failure | undefined {
  const said = hasSaid ? '' : `${stderr}\n${stdout}`;
  const doing = { stage, where: folder, folder: hasSaid ? undefined : folder };
  return childFailure(program, { exit, signal, cut: cut?.why, said }, doing);
}

/** A program's last message; for Python, which prints the place last, the error itself. */
export function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /Error: /.test(line)) ?? lines.at(-1) ?? '';
}
