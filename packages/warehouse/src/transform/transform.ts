import { spawn } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { type Finding, findingLine, hasErrors, printable } from '@sensor-warehouse/model/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';
import type { FactSeries } from '../facts-manifest';
import { recordStage, requireConservation, requireJson, writeJson } from '../run-record';
import { TRANSFORMED, VALIDATED } from '../stage-files';
import type { Validated } from '../validate/validate-schema';
import { dbtFindings } from './dbt-results';
import { EXPORT_FACTS, type FactCounts } from './export-facts';
import { requirePlainPath } from './plain-path';

export interface Transformed {
  readonly facts: { readonly path: string; readonly sha256: string; readonly bytes: number; readonly rows: number };
  /** What the facts hold, in the order of the file. */
  readonly series: readonly FactSeries[];
  /** Readings that no mapping fits, by upload: its datasource and name. */
  readonly rejected: readonly { readonly datasource: string; readonly file: string; readonly readings: number }[];
  readonly findings: readonly Finding[];
}

/**
 * Runs `dbt build` once over the landing and exports the model `fact`.
 * @param python the interpreter of the environment that has dbt and its DuckDB
 * @throws Failure with dbt's own message when a model or a test fails
 */
export async function transform(context: Context, python: string): Promise<Transformed> {
  const started = Date.now();
  const validated = await requireJson<Validated>(join(context.work, VALIDATED), 'transform', 'validate-schema');
  const folder = resolve(context.work, 'transform');
  requirePlainPath(folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const database = join(folder, 'warehouse.duckdb');
  const target = join(folder, 'target');
  context.say('transform: dbt build');
  const dbtStarted = Date.now();
  const done = await run(
    python,
    [
      '-m',
      'dbt.cli.main',
      '--no-use-colors',
      'build',
      '--project-dir',
      '.',
      '--profiles-dir',
      '.',
      '--target-path',
      target,
      '--log-path',
      folder,
    ],
    resolve(context.project),
    {
      ...process.env,
      WAREHOUSE_DATABASE: database,
      WAREHOUSE_LANDING: resolve(context.work, 'landing'),
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      PYTHONWARNINGS: 'ignore',
      TZ: 'UTC',
    },
    '',
  );
  const dbtSeconds = (Date.now() - dbtStarted) / 1000;
  const findings = await dbtFindings(target);
  if (done.code !== 0 || hasErrors(findings)) throw buildFailure(done, findings);

  const facts = join(folder, 'fact.parquet');
  const exported = await run(
    python,
    ['-c', EXPORT_FACTS],
    folder,
    { ...process.env, TZ: 'UTC' },
    JSON.stringify({ database, facts }),
  );
  if (exported.code !== 0) {
    throw new Failure({
      stage: 'transform',
      what: 'the model fact cannot be exported',
      found: printable(lastLine(exported.stderr)),
      expected:
        'a model named fact with time, location, source, measurement, data_key, data_value, datasource_id, sensor, file, ordinal, line',
      fix: 'give the model fact these columns',
      class: 'config',
      code: 'fact-model',
    });
  }
  const counts = JSON.parse(exported.stdout) as FactCounts;
  const series = counts.series.map(([datasource, month, location, source, measurement, dataKey, facts]) => ({
    datasource,
    month,
    location,
    source,
    measurement,
    dataKey,
    facts,
  }));
  conserve(context, validated, series, counts.rejected, findings);
  const { rows } = counts;
  const counted = series.reduce((total, one) => total + one.facts, 0);
  requireConservation('transform', `facts of the series ${counted} = rows of fact.parquet ${rows}`, counted, rows);
  const rejected = counts.rejected.reduce((total, [, , , readings]) => total + readings, 0);
  const landed = readingsOf(validated);
  const result: Transformed = {
    facts: { path: facts, sha256: await sha256OfFile(facts), bytes: (await stat(facts)).size, rows },
    series,
    rejected: counts.rejected.map(([datasource, file, , readings]) => ({ datasource, file, readings })),
    findings,
  };
  await writeJson(join(context.work, TRANSFORMED), result);
  await recordStage(context.work, {
    stage: 'transform',
    files: validated.files.filter((file) => file.verdict === 'accepted').length,
    in: landed,
    out: rows,
    quarantined: rejected,
    repeated: 0,
    seconds: (Date.now() - started) / 1000,
    dbtSeconds,
    equation: `readings landed ${landed} = facts ${rows} + rejected ${rejected}`,
    findings,
  });
  return result;
}

function readingsOf(validated: Validated, datasource?: string): number {
  return validated.files
    .filter((file) => file.verdict === 'accepted' && (datasource === undefined || file.datasource === datasource))
    .reduce((total, file) => total + file.counts.readings, 0);
}

/** Readings landed = facts + rejected, for each source; what was rejected becomes a finding. */
function conserve(
  context: Context,
  validated: Validated,
  series: readonly FactSeries[],
  rejected: FactCounts['rejected'],
  findings: Finding[],
): void {
  for (const [datasource, file, reason, readings] of rejected) {
    findings.push({
      code: reason,
      severity: 'warning',
      datasource,
      file,
      count: readings,
      message: 'readings have no place in the mapping and were left out',
      fix:
        reason === 'sensor-outside-its-validity'
          ? 'correct valid_from and valid_to in the mapping'
          : 'complete the mapping seed',
    });
  }
  const known = context.configuration.datasources.map(({ id }) => id);
  for (const id of new Set([...known, ...series.map(({ datasource }) => datasource)])) {
    const landed = readingsOf(validated, id);
    const facts = series.reduce((total, one) => total + (one.datasource === id ? one.facts : 0), 0);
    const left = rejected.reduce((total, [datasource, , , one]) => total + (datasource === id ? one : 0), 0);
    requireConservation(
      'transform',
      `${id}: readings landed ${landed} = facts ${facts} + rejected ${left}`,
      landed,
      facts + left,
    );
  }
}

function buildFailure(done: Ended, findings: readonly Finding[]): Failure {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const detail =
    errors.length > 0
      ? errors.map((finding) => `  ${findingLine(finding)}`).join('\n')
      : tail(done.stdout || done.stderr);
  return new Failure({
    stage: 'transform',
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

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  input: string,
): Promise<Ended> {
  return new Promise((settle, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (cause) =>
      reject(
        new Failure({
          stage: 'transform',
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
    child.on('close', (code) =>
      settle({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      }),
    );
    child.stdin.end(input);
  });
}
