import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const NODE24 = process.env.NODE24;

/** The folders that the runner gives to a job. */
export interface Job {
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly home: string;
  /** Comes first on PATH. */
  readonly bin: string;
}

export function newJob(): Job {
  const root = mkdtempSync(join(tmpdir(), 'job-'));
  const folder = (name: string) => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  return {
    workspace: folder('workspace'),
    temp: folder('temp'),
    toolCache: folder('tools'),
    home: folder('home'),
    bin: folder('bin'),
  };
}

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A line that the runner took as a command. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface Step {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** Lines of the log that are not commands. */
  readonly log: readonly string[];
  readonly milliseconds: { readonly firstLine: number };
}

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The state that the main step saved: then this is the post step. */
  readonly state?: Readonly<Record<string, string>>;
  /** Receives the process while it runs. */
  readonly whileRunning?: (pid: number) => void;
}

/** The bundle under test: freshly built if `npm test` built it, else the committed one. */
export function distOf(action: string): string {
  const fresh = join(ROOT, 'build', 'fresh-dist', action, 'dist');
  return existsSync(fresh) ? fresh : join(ROOT, 'actions', action, 'dist');
}

/**
 * Runs an action's bundle as the runner does: Node 24, inputs with the defaults of action.yml, files for what the
 * step gives back, and none of this process's own environment.
 */
export async function runStep(action: string, job: Job, options: StepOptions = {}): Promise<Step> {
  const files = mkdtempSync(join(job.temp, '_runner_file_commands-'));
  const file = (name: string) => {
    writeFileSync(join(files, name), '');
    return join(files, name);
  };
  const env: Record<string, string> = {
    PATH: `${job.bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: job.home,
    TZ: 'America/Los_Angeles',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_TEMP: job.temp,
    RUNNER_TOOL_CACHE: job.toolCache,
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    ...inputEnvironment(action, options.inputs ?? {}),
    ...Object.fromEntries(Object.entries(options.state ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
    ...options.env,
  };
  const bundle = options.state === undefined ? 'main' : 'post';
  const start = performance.now();
  let firstLine = 0;
  const { code, stdout, stderr } = await new Promise<{ code: number | null; stdout: string; stderr: string }>(
    (resolve, reject) => {
      const program = join(distOf(action), bundleFile(action, bundle));
      const child = spawn(NODE24!, [program], { cwd: job.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => {
        firstLine ||= performance.now() - start;
        out.push(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.on('error', reject);
      child.on('close', (ended) =>
        resolve({ code: ended, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
      );
      if (child.pid !== undefined) options.whileRunning?.(child.pid);
    },
  );
  const lines = stdout.split('\n').filter(Boolean);
  const parsed = lines.map((line) => ({ line, command: asCommand(line) }));
  return {
    code,
    stdout,
    stderr,
    outputs: readFileCommands(join(files, 'output')),
    state: readFileCommands(join(files, 'state')),
    summary: readFileSync(join(files, 'summary'), 'utf8'),
    commands: parsed.flatMap(({ command }) => (command === undefined ? [] : [command])),
    log: parsed.filter(({ command }) => command === undefined).map(({ line }) => line),
    milliseconds: { firstLine },
  };
}

interface ActionYml {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: Readonly<Record<'main' | 'post', string>>;
}

export function actionYml(action: string): ActionYml {
  return parse(readFileSync(join(ROOT, 'actions', action, 'action.yml'), 'utf8')) as ActionYml;
}

function bundleFile(action: string, phase: 'main' | 'post'): string {
  return actionYml(action).runs[phase].replace('dist/', '');
}

/** The clock of every action that has one, unless a test gives it another. */
export const NOW = '2024-11-29T12:00:00Z';

function inputEnvironment(action: string, given: Readonly<Record<string, string>>): Record<string, string> {
  const { inputs } = actionYml(action);
  for (const name of Object.keys(given)) if (!(name in inputs)) throw new Error(`${action} has no input ${name}`);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ??
        (name === 'now' ? NOW : String(input.default ?? '').includes('${{') ? '' : String(input.default ?? '')),
    ]),
  );
}

/** Reads `name<<delimiter` blocks, as @actions/core writes them. The last value of a name wins. */
function readFileCommands(path: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let at = 0; at < lines.length; at++) {
    const match = /^(.+?)<<(.+)$/.exec(lines[at]!);
    if (match === null) continue;
    const end = lines.indexOf(match[2]!, at + 1);
    values[match[1]!] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return values;
}

const COMMANDS = ['add-mask', 'error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'stop-commands'];
const OLD_COMMANDS = [...COMMANDS, 'set-output', 'save-state', 'set-env', 'add-path', 'add-matcher', 'echo'];

/** The two syntaxes that the runner obeys (actions/runner, ActionCommand.cs). */
function asCommand(line: string): Command | undefined {
  const now = /^\s*::([^ :]+)(?: (.*?))?::(.*)$/.exec(line);
  if (now !== null && OLD_COMMANDS.includes(now[1]!)) {
    const properties = Object.fromEntries((now[2] ?? '').split(',').map((pair) => pair.split('=') as [string, string]));
    return { name: now[1]!, properties, message: unescapeData(now[3]!) };
  }
  const old = /##\[([^\] ]+)[^\]]*\](.*)$/.exec(line);
  if (old !== null && OLD_COMMANDS.includes(old[1]!)) return { name: old[1]!, properties: {}, message: old[2]! };
  return undefined;
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** What a person sees of the text: every mask that the step set is applied, as the runner does. */
export function asShown(text: string, step: Step): string {
  const masks = step.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message);
  return masks.sort((a, b) => b.length - a.length).reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
}

/** Messages of one kind of annotation. */
export function annotations(step: Step, kind: 'error' | 'warning'): string[] {
  return step.commands.filter(({ name }) => name === kind).map(({ message }) => message);
}
