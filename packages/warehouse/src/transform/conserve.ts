import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { FactSeries } from '../layout/facts-manifest';
import type { Law } from '../run/law';
import type { Validated } from '../validate-schema/validated';
import type { FactCounts } from './export-facts';
import type { Rejected } from './rejected';

/** Datasource → columns of its landing that no reading is made of. */
export type UnreadColumns = ReadonlyMap<string, readonly string[]>;

/**
 * Readings landed = facts + rejected, for each source.
 * @returns the law of each source, and the rejected readings by source, upload and reason
 * @throws Failure (config) if readings name no source, or those of a source with its own models do not add up
 */
export function conserve(
  { datasources }: Configuration,
  validated: Validated,
  series: readonly FactSeries[],
  counts: FactCounts,
  unread: UnreadColumns,
): { readonly laws: readonly Law[]; readonly rejected: Rejected[] } {
  const laws: Law[] = [];
  requireSources(datasources, series, counts);
  const rejected = [...modelsRejected(counts), ...cellsOfUnreadColumns(counts, unread)];
  for (const id of new Set([...datasources.map((one) => one.id), ...series.map(({ datasource }) => datasource)])) {
    const landed = readingsOf(validated, id);
    const own = series.filter(({ datasource }) => datasource === id);
    const facts = own.reduce((total, one) => total + one.facts, 0);
    const left = rejected.reduce((total, { datasource, readings }) => total + (datasource === id ? readings : 0), 0);
    const equation = `${id}: readings landed ${landed} = facts ${facts} + rejected ${left}`;
    if (landed !== facts + left && id in counts.columns) throw unaccounted(id, equation, own, counts);
    laws.push({ equation, left: landed, right: facts + left });
  }
  return { laws, rejected };
}

/** The same for all sources together: nothing landed for a source that no longer exists. */
export function everyReading(landed: number, facts: number, rejected: number): Law {
  const equation = `readings landed ${landed} = facts ${facts} + rejected ${rejected}`;
  return { equation, left: landed, right: facts + rejected };
}

/** Each row of the file of facts belongs to a series. */
export function everyRow(series: readonly FactSeries[], { rows }: Pick<FactCounts, 'rows'>): Law {
  const counted = series.reduce((total, one) => total + one.facts, 0);
  const equation = `facts of the series ${counted} = rows of fact.parquet ${rows}`;
  return { equation, left: counted, right: rows };
}

export function readingsOf(validated: Validated, datasource?: string): number {
  return validated.files
    .filter((file) => file.verdict === 'accepted' && (datasource === undefined || file.datasource === datasource))
    .reduce((total, file) => total + file.counts.readings, 0);
}

function modelsRejected({ rejected }: FactCounts): Rejected[] {
  return rejected.map(([datasource, file, reason, readings, found]) => ({
    datasource: datasource!,
    file: file || undefined,
    // A reason that only a changed model of rejected readings knows is reported all the same.
    reason: reason as Rejected['reason'],
    readings,
    found: found ?? undefined,
  }));
}

function cellsOfUnreadColumns({ columns }: FactCounts, unread: UnreadColumns): Rejected[] {
  return [...unread].flatMap(([datasource, labels]) =>
    (columns[datasource] ?? [])
      .filter(([label]) => labels.includes(label))
      .map(([found, file, readings]) => ({ datasource, file, reason: 'column-not-united', readings, found })),
  );
}

/** A fact has a datasource, a time and a number, or nobody can say later what it is. */
function requireSources(datasources: readonly Datasource[], series: readonly FactSeries[], counts: FactCounts): void {
  const known = new Set(datasources.map(({ id }) => id));
  const strangers = new Map<string, number>();
  const count = (name: string, readings: number) => strangers.set(name, (strangers.get(name) ?? 0) + readings);
  for (const { datasource, source, facts } of series)
    if (!known.has(datasource)) count(datasource ?? source ?? '', facts);
  for (const [datasource, , , readings, found] of counts.rejected)
    if (datasource === null || !known.has(datasource)) count(datasource ?? found ?? '', readings);
  if (strangers.size > 0) {
    throw new Failure({
      stage: 'transform',
      what: 'models give readings of sources that are not configured',
      where: 'fct_sensor_readings',
      found: [...strangers].map(([name, readings]) => `${quoted(name)} (${readings} readings)`).join(', '),
      expected: `a source or a datasource_id of ${datasources.map(({ id, name }) => `${quoted(name)} (${id})`).join(', ')}`,
      fix: 'write the name of the datasource as source in its staging model',
      class: 'config',
      code: 'source-unknown',
    });
  }
  if (counts.nothings > 0) {
    throw new Failure({
      stage: 'transform',
      what: 'the model fact has rows that are not readings',
      found: `${counts.nothings} rows without a time or a finite number`,
      expected: 'time and data_value in each row',
      fix: 'leave rows without a value out of the models',
      class: 'config',
      code: 'fact-model',
    });
  }
}

/** For a source with its own models, lost and duplicate readings are reported by column and quantity. */
function unaccounted(id: string, equation: string, series: readonly FactSeries[], { columns }: FactCounts): Failure {
  const sums = (pairs: readonly (readonly [string, number])[]) => {
    const totals = new Map<string, number>();
    for (const [name, count] of pairs) totals.set(name, (totals.get(name) ?? 0) + count);
    return [...totals]
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, count]) => `${quoted(name)} ${count}`)
      .join(', ');
  };
  const facts = sums(series.map(({ dataKey, facts: count }) => [dataKey, count]));
  return new Failure({
    stage: 'transform',
    what: `the models of a source lose or invent readings: ${equation}`,
    where: `stg_${id}, fct_sensor_readings`,
    found: `facts ${facts || 'none'}`,
    expected: `one fact for each cell with a value: ${sums(columns[id]!.map(([label, , cells]) => [label, cells])) || 'none'}`,
    fix: 'unite each column once; list unwanted columns in seeds/ignored_columns.csv, and count rows that a model leaves out in rejected_readings',
    class: 'config',
    code: 'readings-unaccounted',
  });
}
