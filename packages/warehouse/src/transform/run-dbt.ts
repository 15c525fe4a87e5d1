import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { childFailure, startFailure, tellsRefusal } from '@sensor-warehouse/model/findings/child-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, findingLine, hasErrors, printable } from '@sensor-warehouse/model/findings/finding';
import { failureOf } from '@sensor-warehouse/model/findings/io-failure';
import { childEnvironment } from '@sensor-warehouse/model/secrets/child-environment';
import { withoutLeftOvers } from '../models/project-copy';
import { seedsYaml, unreadableSeeds } from '../models/short-seeds';
import { sourcesYaml, undeclaredSources } from '../models/sources-yaml';
import { type DbtResults, dbtFindings, readDbtResults, refusalOf } from './dbt-results';

/**
 * Gives the interpreter of an environment that has dbt. Making one may take a minute: it is asked for when everything that is
 * known without dbt is in order, and by what only makes levels if some are dbt models.
 */
export type ProvideDbt = () => Promise<string>;

/**
 * Who runs dbt. What is given a secret never does: its inputs are its environment, which every child of it can read. There
 * dbt ran before, in a step of its own, and what it made lies in the work folder.
 */
export type Dbt = ProvideDbt | 'ran-before';

export interface DbtRun {
  /** For messages. */
  readonly stage: string;
  readonly project: string;
  /** The interpreter of the environment that has dbt and its DuckDB. */
  readonly python: string;
  /** For dbt's target and logs. */
  readonly folder: string;
  /** The datasources that have a row, enabled or not. */
  readonly sources: readonly string[];
}

/** As `python -m dbt.cli.main`; but dbt lives for seconds, and looking for garbage while it loads is a twelfth of them. */
const DBT = 'import gc; gc.disable(); from dbt.cli.main import cli; cli()';

/**
 * Runs `dbt build` in the project; the landing of sources that its models do not declare is declared here, and so is how seeds
 * with short rows are read, if an older project does not say it. Models of sources that have no row are left out.
 * @param selection further arguments
 * @param environment what the profile and the sources read from the environment
 */
export async function runDbt(
  { stage, project, python, folder, sources }: DbtRun,
  selection: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const declarations = join(folder, 'sources');
  await mkdir(declarations, { recursive: true });
  const undeclared = await undeclaredSources(project, sources);
  if (undeclared.length > 0) await writeFile(join(declarations, '_sources.yml'), sourcesYaml(undeclared));
  const short = await unreadableSeeds(project);
  if (short.length > 0) await writeFile(join(declarations, '_seeds.yml'), seedsYaml(short));
  const place = ['--project-dir', '.', '--profiles-dir', '.'];
  const output = ['--target-path', join(folder, 'target'), '--log-path', folder];
  return run(
    stage,
    python,
    // Its database is new: there are no relations to look for before it begins.
    ['-c', DBT, '--no-use-colors', '--no-populate-cache', 'build', ...place, ...output, ...selection],
    resolve(await withoutLeftOvers(project, sources, join(folder, 'project'))),
    {
      ...environment,
      WAREHOUSE_SOURCES: declarations,
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      PYTHONWARNINGS: 'ignore',
      TZ: 'UTC',
    },
    '',
  );
}

/** What models and tests said. @throws Failure with dbt's own message when one failed */
export async function requireBuilt({ stage, folder }: DbtRun, done: Ended): Promise<Finding[]> {
  const results = await readDbtResults(join(folder, 'target')).catch((error: unknown) => {
    // A dbt that was cut short may leave half of them.
    if (done.code !== 0 && error instanceof SyntaxError) return NO_RESULTS;
    throw error;
  });
  const findings = dbtFindings(results);
  if (done.code === 0 && !hasErrors(findings)) return findings;
  const refused = refusalOf(results);
  if (refused !== undefined)
    throw failureOf(refused.errno, `dbt: ${refused.message}`, { stage, folder, where: folder });
  throw programFailure('dbt', done, stage, folder, hasErrors(findings)) ?? buildFailure(stage, done, findings);
}

const NO_RESULTS: DbtResults = { results: [], manifest: undefined };

/**
 * Why dbt or a script of ours ended that is no mistake of models or data: the system refused it something, or killed it.
 * @param folder where it worked
 * @param hasSaid whether it has said itself what is wrong, so that its output tells no more
 */
export function programFailure(
  program: string,
  { code, signal, stdout, stderr }: Ended,
  stage: string,
  folder: string,
  hasSaid = false,
): Failure | undefined {
  const said = hasSaid ? '' : `${stderr}\n${stdout}`;
  return childFailure(
    program,
    { exit: code, signal, said },
    { stage, where: folder, folder: hasSaid ? undefined : folder },
  );
}

/** Runs a script of ours in the Python of dbt's environment; `order` is its standard input, as JSON. */
export function runPython(
  { stage, python, folder }: Omit<DbtRun, 'sources'>,
  script: string,
  order: object,
): Promise<Ended> {
  return run(stage, python, ['-c', script], folder, { TZ: 'UTC' }, JSON.stringify(order));
}

function buildFailure(stage: string, done: Ended, findings: readonly Finding[]): Failure {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const detail =
    errors.length > 0
      ? errors.map((finding) => `  ${findingLine(finding)}`).join('\n')
      : tail(done.stdout || done.stderr);
  return new Failure({
    stage,
    what: `dbt build failed:\n${detail}`,
    ...(errors[0]?.file === undefined ? {} : { where: errors[0].file }),
    fix: errors[0]?.fix ?? 'read dbt’s message above',
    class: 'config',
    code: errors[0]?.code ?? 'dbt-failed',
    findings: errors,
  });
}

function tail(text: string): string {
  return text
    .trim()
    .split('\n')
    .slice(-20)
    .map((line) => `  ${printable(line)}`)
    .join('\n');
}

/** What a program said last; of Python, which shows the place after it, the error itself. */
export function lastLine(text: string): string {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /Error: /.test(line)) ?? lines.at(-1) ?? '';
}

/** How a program ended, and what it said. */
export interface Ended {
  /** 1 if a signal ended it. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds in which a program that was refused memory, room or handles must end. */
const STUCK_AFTER = 60_000;

/** Runs a program without a shell; what is given to it is all that it knows of this run. */
function run(
  stage: string,
  program: string,
  args: readonly string[],
  cwd: string,
  given: Readonly<Record<string, string>>,
  input: string,
): Promise<Ended> {
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { cwd, env: childEnvironment(given), stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    // One that the system has no room to start has no streams.
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    let stuck: NodeJS.Timeout | undefined;
    child.stderr?.on('data', (chunk: Buffer) => {
      err.push(chunk);
      // A dbt whose thread dies for want of memory waits for it for ever.
      if (stuck === undefined && tellsRefusal(chunk.toString('utf8')))
        stuck = setTimeout(() => child.kill('SIGKILL'), STUCK_AFTER);
    });
    child.on('error', (cause) =>
      reject(
        startFailure(cause, { stage, folder: cwd }) ??
          new Failure({
            stage,
            what: 'Python cannot be started',
            where: program,
            found: printable(cause.message),
            fix: 'run npm run setup, or give the interpreter of an environment that has dbt',
            class: 'config',
            code: 'python-missing',
            cause,
          }),
      ),
    );
    child.on('close', (code, signal) => {
      clearTimeout(stuck);
      settle({
        code: code ?? 1,
        signal,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    });
    // A program that ends before it reads says why by its exit code and its output.
    child.stdin?.on('error', () => {}).end(input);
  });
}
