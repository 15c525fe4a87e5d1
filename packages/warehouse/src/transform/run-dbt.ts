import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, hasErrors, printable } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { failureOf } from '@sensor-warehouse/model/findings/io-failure';
import { withoutLeftOvers } from '../models/project-copy';
import { seedsYaml, unreadableSeeds } from '../models/short-seeds';
import { sourcesYaml, undeclaredSources } from '../models/sources-yaml';
import { RUN_DBT } from '../python/run-dbt';
import { type Python, type PythonEnd, programFailure, startPython } from '../python/run-python';
import { type DbtResults, dbtFindings, readDbtResults, refusalOf } from './dbt-results';

/**
 * Gives the interpreter of an environment that has dbt. Making one may take a minute: it is asked for when everything that is
 * known without dbt is in order, and by what only makes levels if some are dbt models.
 */
export type ProvideDbt = () => Promise<string>;

/** `folder` is for dbt's target and logs. */
export interface DbtRun extends Python {
  readonly project: string;
  /** The datasources that have a row, enabled or not. */
  readonly sources: readonly string[];
}

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
): Promise<PythonEnd> {
  const declarations = join(folder, 'sources');
  await mkdir(declarations, { recursive: true });
  const undeclared = await undeclaredSources(project, sources);
  if (undeclared.length > 0) await writeFile(join(declarations, '_sources.yml'), sourcesYaml(undeclared));
  const short = await unreadableSeeds(project);
  if (short.length > 0) await writeFile(join(declarations, '_seeds.yml'), seedsYaml(short));
  const place = ['--project-dir', '.', '--profiles-dir', '.'];
  const output = ['--target-path', join(folder, 'target'), '--log-path', folder];
  // Its database is new: there are no relations to look for before it begins.
  const args = ['--no-use-colors', '--no-populate-cache', 'build', ...place, ...output, ...selection];
  const copy = resolve(await withoutLeftOvers(project, sources, join(folder, 'project')));
  const given = { ...environment, WAREHOUSE_SOURCES: declarations, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' };
  return startPython({ stage, python, folder: copy }, RUN_DBT, { args, given });
}

/**
 * Findings of models and tests.
 * @throws Failure with dbt's own message if one failed
 */
export async function requireBuilt({ stage, folder }: DbtRun, done: PythonEnd): Promise<Finding[]> {
  const results = await readDbtResults(join(folder, 'target')).catch((error: unknown) => {
    // A dbt that was cut short may leave half of them.
    if (done.exit !== 0 && error instanceof SyntaxError) return NO_RESULTS;
    throw error;
  });
  const findings = dbtFindings(results);
  if (done.exit === 0 && !hasErrors(findings)) return findings;
  const refused = refusalOf(results);
  if (refused !== undefined)
    throw failureOf(refused.errno, `dbt: ${refused.message}`, { stage, folder, where: folder });
  throw programFailure('dbt', done, { stage, folder }, hasErrors(findings)) ?? buildFailure(stage, done, findings);
}

const NO_RESULTS: DbtResults = { results: [], manifest: undefined };

function buildFailure(stage: string, done: PythonEnd, findings: readonly Finding[]): Failure {
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
