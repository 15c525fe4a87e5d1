import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { sourceIds } from '@sensor-warehouse/model/seeds/configuration';
import { valueLabels } from '@sensor-warehouse/model/seeds/long-layout';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { requireModels } from '../models/check-models';
import { isHandWritten } from '../models/project-models';
import { unreadColumns } from '../models/unread-columns';
import { EXPORT_FACTS } from '../python/export-facts';
import { lastLine, programFailure, runPython } from '../python/run-python';
import type { Context } from '../run/context';
import { inWork } from '../run/in-work';
import type { Stage, StageOutcome } from '../run/run-stage';
import { VALIDATED, type Validated } from '../validate-schema/validated';
import { conserve, everyReading, everyRow, readingsOf } from './conserve';
import type { FactCounts, FactOrder } from './export-facts';
import { LEVEL_MODELS, levelModels } from './level-models';
import { requirePlainPath } from './plain-path';
import { floatFindings, rejectedByUpload, rejectedFindings } from './rejected';
import { type ProvideDbt, requireBuilt, runDbt } from './run-dbt';
import { TRANSFORMED, type Transformed } from './transformed';

/**
 * Runs `dbt build` once over the landing and exports the model `fact`.
 * @throws Failure with dbt's own message when a model or a test fails
 */
async function transform(
  context: Context,
  { validated }: { readonly validated: Validated },
  provideDbt: ProvideDbt,
): Promise<StageOutcome<{ readonly transformed: Transformed }>> {
  const folder = inWork(context.work, 'transform');
  requirePlainPath(folder);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const database = join(folder, 'warehouse.duckdb');
  const landing = inWork(context.work, 'landing');
  const { models, warnings } = await requireModels(context.project, context.configuration);
  const python = await provideDbt();
  context.say('transform: dbt build');
  const dbtStarted = Date.now();
  // Models of levels read the archive, which is not here.
  const levels = (await levelModels(context.project)) === undefined ? [] : ['--exclude', LEVEL_MODELS];
  const sources = sourceIds(context.configuration);
  const dbt = { stage: 'transform', project: context.project, python, folder, sources };
  const done = await runDbt(dbt, levels, {
    WAREHOUSE_DATABASE: database,
    WAREHOUSE_LANDING: landing,
  });
  const dbtSeconds = (Date.now() - dbtStarted) / 1000;
  const built = await requireBuilt(dbt, done);

  const facts = join(folder, 'fact.parquet');
  const order: FactOrder = {
    database,
    landing,
    facts,
    locations: [...context.configuration.publicNames.keys()],
    columns: Object.fromEntries(
      context.configuration.datasources
        // A source without a mapping seed has a staging model that a person wrote, even if its landing model is only the macro.
        .filter(({ id, seeds }) => seeds.length === 0 || isHandWritten(models, id))
        .map((datasource) => [datasource.id, valueLabels(datasource)]),
    ),
  };
  const exported = await runPython(dbt, EXPORT_FACTS, order);
  if (exported.exit !== 0) {
    const refused = programFailure('the export of facts', exported, dbt);
    if (refused !== undefined) throw refused;
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
  const { laws, rejected } = conserve(
    context.configuration,
    validated,
    series,
    counts,
    unreadColumns(context.configuration, models),
  );
  const findings = [...warnings, ...built, ...rejectedFindings(rejected, validated.files), ...floatFindings(counts)];
  const { rows } = counts;
  const left = rejected.reduce((total, { readings }) => total + readings, 0);
  const landed = readingsOf(validated);
  const transformed: Transformed = {
    facts: { path: facts, sha256: await sha256OfFile(facts), bytes: (await stat(facts)).size, rows },
    series,
    rejected: rejectedByUpload(rejected, validated),
    findings,
  };
  const files = validated.files.filter((file) => file.verdict === 'accepted').length;
  return {
    output: { transformed },
    counts: { files, in: landed, out: rows, quarantined: left, repeated: 0 },
    dbtSeconds,
    laws: [everyRow(series, counts), ...laws, everyReading(landed, rows, left)],
    findings,
  };
}

export function transformStage(
  provideDbt: ProvideDbt,
): Stage<{ readonly validated: Validated }, { readonly transformed: Transformed }> {
  return {
    name: 'transform',
    reads: { validated: VALIDATED },
    writes: { transformed: TRANSFORMED },
    run: (context, input) => transform(context, input, provideDbt),
  };
}
