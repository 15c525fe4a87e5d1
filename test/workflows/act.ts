import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { WorkflowRepository } from './repository';

/** What `npm test` provides; without it the workflows cannot be run here. */
export const canRunWorkflows = Boolean(process.env.ACT && process.env.NODE24 && process.env.DBT_PYTHON);

/** The token that GitHub gives every job. */
export const JOB_TOKEN = 'ghs_made_for_this_test';

export interface Trigger {
  readonly event: 'schedule' | 'workflow_dispatch' | 'workflow_run';
  /** File below .github/workflows. */
  readonly workflow: string;
  /** The event's payload, as GitHub delivers it; for a run by hand it follows from the inputs. */
  readonly payload?: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly apiUrl?: string;
  /** Folders before the rest of PATH. */
  readonly programs?: readonly string[];
  /** Whether dbt is loaded by a Python of the run's own, as on GitHub, instead of run in a fork of the tests' one. */
  readonly ownPython?: boolean;
}

export interface Step {
  readonly job: string;
  readonly name: string;
  readonly result: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface WorkflowRun {
  readonly conclusion: 'success' | 'failure';
  /** Ids of the jobs that started. */
  readonly jobs: readonly string[];
  /** Steps in order, without those of the runner and without `post`. */
  readonly steps: readonly Step[];
  readonly annotations: readonly Annotation[];
  /**
   * The lines of act's own log: everything that was printed, summaries and annotations too. Secrets are not masked, so
   * a leak shows. The commands that mask are left out, because a runner shows none of them.
   */
  readonly printed: readonly string[];
  /** The same for the eyes of whoever reads a failed test. */
  readonly log: string;
  /** Folder with the artifacts that the run kept, a folder each. */
  readonly artifacts: string;
}

/** Of the Python that `npm run setup` gave dbt. */
const ENVIRONMENT = dirname(dirname(process.env.DBT_PYTHON_ITSELF ?? ''));

/** A cache like setup's, whose Python with dbt is the one that runs programs in forks (see test/loaded-dbt). */
function cacheWithLoadedDbt(scratch: string): string {
  const cache = join(scratch, 'setup-cache');
  const folder = join(cache, 'sensor-warehouse');
  const environment = join(folder, basename(ENVIRONMENT));
  mkdirSync(join(environment, 'bin'), { recursive: true });
  symlinkSync(process.env.DBT_PYTHON!, join(environment, 'bin', 'python'));
  writeFileSync(join(environment, '.complete'), '');
  for (const name of readdirSync(dirname(ENVIRONMENT)))
    if (name !== basename(ENVIRONMENT)) symlinkSync(join(dirname(ENVIRONMENT), name), join(folder, name));
  return cache;
}

/** Runs one workflow with act on this machine, offline. */
export async function runWorkflow(repository: WorkflowRepository, trigger: Trigger): Promise<WorkflowRun> {
  const scratch = mkdtempSync(join(repository.scratch, 'run-'));
  const artifacts = join(scratch, 'artifacts');
  const temp = join(scratch, 'temp');
  for (const folder of [artifacts, temp]) mkdirSync(folder);
  const payload = join(scratch, 'event.json');
  writeFileSync(payload, JSON.stringify(trigger.payload ?? { inputs: trigger.inputs ?? {} }));
  const env = {
    // Where the action finds the environment with dbt that setup has made. Were it not found, nothing is installed.
    XDG_CACHE_HOME: trigger.ownPython ? dirname(dirname(ENVIRONMENT)) : cacheWithLoadedDbt(scratch),
    PIP_NO_INDEX: '1',
    TZ: 'America/Los_Angeles',
    RUNNER_TEMP: temp,
    GITHUB_REPOSITORY: repository.name,
    // Nothing answers there: what asks GitHub although the test did not expect it fails.
    GITHUB_API_URL: trigger.apiUrl ?? 'http://127.0.0.1:9',
    ARTIFACTS: artifacts,
  };
  const args = [
    trigger.event,
    ...['-W', join('.github', 'workflows', trigger.workflow), '-e', payload],
    ...['-P', 'ubuntu-24.04=-self-hosted', '--json', '--insecure-secrets'],
    ...['--cache-server-addr', '127.0.0.1', '--cache-server-path', join(scratch, 'cache')],
    ...['--artifact-server-addr', '127.0.0.1'],
    ...repository.stubs.flatMap(({ uses, folder }) => ['--local-repository', `${uses}=${folder}`]),
    ...pairs('--env', env),
    // act starts no service containers.
    ...pairs('--var', { WAREHOUSE_ENGINE: 'embedded', ...trigger.vars }),
    ...pairs('-s', { GITHUB_TOKEN: JOB_TOKEN, ...trigger.secrets }),
  ];
  const { code, output } = await spawnAct(args, repository, trigger.programs ?? []);
  return { ...readLog(output), conclusion: code === 0 ? 'success' : 'failure', artifacts };
}

/** The step of this name; a step that did not run is a mistake of the test or of the workflow. */
export function stepOf(run: WorkflowRun, name: string): Step {
  const step = run.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the step «${name}» did not run\n${run.log}`);
  return step;
}

function pairs(option: string, values: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
}

function spawnAct(
  args: readonly string[],
  repository: WorkflowRepository,
  programs: readonly string[],
): Promise<{ code: number; output: string }> {
  const path = [dirname(process.env.NODE24!), ...programs, process.env.PATH].join(delimiter);
  // In host mode the environment of act is the environment of the steps: nothing of ours may leak into it.
  const env = { PATH: path, HOME: repository.scratch, GIT_PAGER: 'cat', LANG: 'C.UTF-8' };
  return new Promise((resolve, reject) => {
    const child = spawn(process.env.ACT!, [...args], { cwd: repository.folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** One line of act's log. */
interface Line {
  readonly jobID?: string;
  readonly step?: string;
  readonly stage?: string;
  readonly stepResult?: string;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly kvPairs?: { readonly title?: string };
  readonly msg?: string;
}

function readLog(output: string): Pick<WorkflowRun, 'jobs' | 'steps' | 'annotations' | 'printed' | 'log'> {
  const jobs = new Set<string>();
  const steps = new Map<string, { -readonly [Key in keyof Step]: Step[Key] }>();
  const annotations: Annotation[] = [];
  const log: string[] = [];
  const printed: string[] = [];
  for (const line of output.split('\n').filter((text) => text !== '')) {
    // What act says of itself at the end is plain text.
    const {
      jobID: job,
      step: name,
      stage,
      stepResult,
      command,
      ...rest
    } = (line.startsWith('{') ? JSON.parse(line) : { msg: line }) as Line;
    if (command === 'add-mask') continue;
    printed.push(line);
    log.push(`${name ?? job ?? 'act'}: ${rest.msg?.trimEnd() ?? ''}`);
    if (job !== undefined) jobs.add(job);
    if (job === undefined || name === undefined || stage !== 'Main') continue;
    const key = `${job}/${name}`;
    const step = steps.get(key) ?? { job, name, result: '', outputs: {}, summary: '' };
    steps.set(key, step);
    if (stepResult !== undefined) step.result = stepResult;
    if (command === 'set-output') step.outputs = { ...step.outputs, [rest.name!]: rest.arg! };
    if (command === 'summary') step.summary = rest.content!;
    if (command === 'error' || command === 'warning' || command === 'notice') {
      annotations.push({ level: command, title: rest.kvPairs?.title ?? '', message: rest.arg! });
    }
  }
  return { jobs: [...jobs], steps: [...steps.values()], annotations, printed, log: log.join('\n') };
}
