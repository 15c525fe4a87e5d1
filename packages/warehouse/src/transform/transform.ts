import { mkdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sourceIds } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { type Finding, printable } from '@sensor-warehouse/model/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';
import type { FactSeries } from '../facts-manifest';
import { recordStage, requireConservation, requireJson, writeJson } from '../run-record';
import { TRANSFORMED, VALIDATED } from '../stage-files';
import type { Validated } from '../validate/validate-schema';
import { EXPORT_FACTS, type FactCounts } from './export-facts';
import { LEVEL_MODELS, levelModels } from './level-models';
import { requirePlainPath } from './plain-path';
import { lastLine, requireBuilt, runDbt, runPython } from './run-dbt';

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
  context.say('transform: dbt build');
  const dbtStarted = Date.now();
  // Models of levels read the archive, which is not here.
  const levels = (await levelModels(context.project)) === undefined ? [] : ['--exclude', LEVEL_MODELS];
  const sources = sourceIds(context.configuration);
  const dbt = { stage: 'transform', project: context.project, python, folder, sources };
  const done = await runDbt(dbt, levels, {
    WAREHOUSE_DATABASE: database,
    WAREHOUSE_LANDING: resolve(context.work, 'landing'),
  });
  const dbtSeconds = (Date.now() - dbtStarted) / 1000;
  const findings = await requireBuilt(dbt, done);

  const facts = join(folder, 'fact.parquet');
  const exported = await runPython(dbt, EXPORT_FACTS, { database, facts });
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
