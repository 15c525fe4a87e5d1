import { createHash } from 'node:crypto';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { FactSeries, FactsManifest } from '../layout/facts-manifest';
import { timeRules } from '../layout/time-rules';
import type { Transformed } from '../transform/transformed';
import type { Validated } from '../validate-schema/validated';

/** A generation's manifest: its uploads with their counts, its sources, its series, its facts. */
export function makeManifest(
  configuration: Configuration,
  validated: Validated,
  transformed: Transformed,
  number: number,
): FactsManifest {
  const { datasources } = configuration;
  const accepted = validated.files.filter((file) => file.verdict === 'accepted');
  const { sha256, bytes, rows } = transformed.facts;
  return {
    format: 2,
    generation: `${String(number).padStart(6, '0')}-${contentHash(validated, transformed)}`,
    number,
    files: accepted.map(({ datasource, name, sha256: hash, bytes: size, modified, ordinal, counts, period }) => ({
      datasource,
      name,
      sha256: hash,
      bytes: size,
      modified,
      ordinal,
      counts,
      rejected: transformed.rejected.reduce(
        (total, one) => total + (one.datasource === datasource && one.file === name ? one.readings : 0),
        0,
      ),
      ...(period === undefined
        ? {}
        : { covers: { ...period, timeRules: timeRules(datasources.find(({ id }) => id === datasource)!) } }),
    })),
    // A missing folder says nothing about its source: an older manifest still applies.
    sources: datasources
      .filter(({ id }) => !validated.absent.includes(id))
      .map(({ id }) => {
        const counts = accepted.filter((file) => file.datasource === id).map((file) => file.counts);
        return {
          datasource: id,
          held: id in validated.held,
          refused: validated.held[id] ?? [],
          facts: factsIn(transformed.series.filter(({ datasource }) => datasource === id)),
          readings: counts.reduce((total, one) => total + one.readings, 0),
          empty: counts.reduce((total, one) => total + one.empty, 0),
          ...(validated.undelivered[id] === undefined ? {} : { undelivered: validated.undelivered[id] }),
        };
      }),
    series: transformed.series,
    facts: { file: 'fact.parquet', sha256, bytes, rows },
    findings: [...validated.findings, ...transformed.findings],
  };
}

export function factsIn(series: readonly FactSeries[]): number {
  return series.reduce((total, { facts }) => total + facts, 0);
}

/** The same uploads and code give the same generation, so that an interrupted run is completed. */
function contentHash(validated: Validated, transformed: Transformed): string {
  const hash = createHash('sha256');
  for (const file of [...validated.files].sort((a, b) => compareText(a.sha256, b.sha256)))
    hash.update(`${file.sha256} ${file.verdict}\n`);
  hash.update(transformed.facts.sha256);
  return hash.digest('hex').slice(0, 8);
}
