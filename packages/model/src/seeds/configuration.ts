import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../findings/failure';
import type { Finding } from '../findings/finding';
import { printable } from '../findings/finding';
import { findingLine } from '../findings/finding-text';
import { unlessAbsent } from '../findings/io-failure';
import { type AggregationLevel, aggregationsOf } from './aggregations';
import { type DataKeys, dataKeysOf } from './data-keys';
import { type DatasetDescription, datasetOf } from './dataset-description';
import { type Datasource, readDatasource } from './datasources';
import { type Exclusion, exclusionsOf } from './exclusions';
import { type Limits, limitsOf } from './limits';
import { type PublicNames, publicNamesOf } from './public-names';
import { type PublishedDetails, publishedDetails } from './published-details';
import { defaultThreshold, NO_THRESHOLD, type Thresholds, thresholdsOf } from './quality-thresholds';
import { type ReleaseLimits, releaseLimitsOf } from './release-limits';
import { complainTo, refuseRepeats, refuseUnknownSources } from './seed-findings';
import type { SeedName } from './seed-schemas';
import { readSeed } from './seed-table';

export type { AggregationLevel } from './aggregations';
export type { AcceptedHeader, ColumnProfile, Contract } from './contract';
export type { DataKey } from './data-keys';
export type { DatasetDescription } from './dataset-description';
export type { Datasource } from './datasources';
export type { Exclusion } from './exclusions';
export type { PublicColumn, PublishedDetails } from './published-details';
export type { QualityCheck, Threshold } from './quality-thresholds';

/** The checked seeds: everything that a run needs to know about the building. */
export interface Configuration {
  readonly datasources: readonly Datasource[];
  /** Sources that are switched off: none of their uploads are read, and dbt finds their landing empty. */
  readonly disabled: readonly Datasource[];
  readonly dataKeys: DataKeys;
  readonly publicNames: PublicNames;
  readonly dataset: DatasetDescription;
  /** Public details of places, sensors and sources. */
  readonly published: PublishedDetails;
  readonly exclusions: readonly Exclusion[];
  /** The local zone of days and weeks. */
  readonly localZone: string;
  /** Levels besides hourly, daily and weekly. */
  readonly ownLevels: readonly AggregationLevel[];
  readonly threshold: Thresholds;
  readonly limits: Limits;
  /** Limits on what a release may remove or change. */
  readonly releaseLimits: ReleaseLimits;
}

/** Gaps in a configuration that the reading command tolerates. */
export interface Lenience {
  /** No source is enabled yet: the first is about to be added. */
  readonly withoutSources?: boolean;
}

/**
 * Reads and checks all seeds below `seedsFolder`.
 * @throws Failure (class config) that carries every mistake of every seed at once.
 */
export async function loadConfiguration(seedsFolder: string, lenience: Lenience = {}): Promise<Configuration> {
  await requireProject(seedsFolder);
  const { configuration, findings } = await checkConfiguration(seedsFolder, lenience);
  if (configuration !== undefined) return configuration;
  throw new Failure({
    stage: 'configuration',
    what: `${findings.length} ${findings.length === 1 ? 'mistake' : 'mistakes'} in the seeds:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    where: findings[0]?.file ?? seedsFolder,
    fix: 'correct the rows named above',
    class: 'config',
    code: 'seed-error',
    findings,
  });
}

/** Without the folder each seed would be missed by itself, and nobody would know where to stand. */
async function requireProject(seedsFolder: string): Promise<void> {
  const found = await stat(seedsFolder).catch(unlessAbsent);
  if (found?.isDirectory()) return;
  throw new Failure({
    stage: 'configuration',
    what: 'the folder with seeds is missing',
    where: printable(seedsFolder),
    found: 'nothing',
    expected: 'the folder seeds/ of a project',
    consequence: 'nothing was done',
    fix: 'run this in the folder of the project, or name that folder: --project FOLDER, input project of an action',
    class: 'config',
    code: 'seed-error',
  });
}

export async function checkConfiguration(
  seedsFolder: string,
  { withoutSources = false }: Lenience = {},
): Promise<{ configuration: Configuration | undefined; findings: Finding[] }> {
  const findings: Finding[] = [];
  const complain = complainTo(findings);
  const seed = (name: SeedName, optional = false) =>
    readSeed(join(seedsFolder, `${name}.csv`), name, findings, { optional });
  const sources = await seed('datasources_config');
  const keys = await seed('data_keys');
  const locations = await seed('location_map');
  const description = await seed('dataset');
  const aggregations = await seed('aggregations');
  const thresholds = await seed('quality_thresholds', true);
  const limitRows = await seed('limits', true);
  const releaseRows = await seed('release_limits', true);
  const exclusionRows = await seed('exclusions', true);
  const ignored = await seed('ignored_columns', true);
  const columns = await seed('columns', true);
  const known = sources.named('datasource_id');
  const declared = keys.named('data_key');
  const listed = locations.named('from');

  const dataKeys = dataKeysOf(keys.rows, complain);
  const publicNames = publicNamesOf(locations.rows, complain);
  const dataset = datasetOf(description.rows, complain);
  const { localZone, ownLevels } = await aggregationsOf(aggregations.rows, seedsFolder, complain);
  const limits = limitsOf(limitRows.rows, complain);
  const releaseLimits = releaseLimitsOf(releaseRows.rows, complain);
  const exclusions = exclusionsOf(exclusionRows.rows, declared, listed, complain);
  refuseRepeats(sources.rows, ['datasource_id'], 'datasources_config', complain);
  refuseRepeats(sources.rows, ['name'], 'datasources_config', complain);
  refuseRepeats(ignored.rows, ['datasource_id', 'column'], 'ignored_columns', complain);
  refuseUnknownSources(thresholds.rows, 'quality_thresholds', known, complain);
  refuseUnknownSources(exclusionRows.rows, 'exclusions', known, complain);
  refuseUnknownSources(ignored.rows, 'ignored_columns', known, complain);

  const datasources: Datasource[] = [];
  const disabled: Datasource[] = [];
  const defaultOf: Thresholds = (id, check) => {
    const source = datasources.find((one) => one.id === id);
    return source === undefined ? NO_THRESHOLD : defaultThreshold(source, check);
  };
  const threshold = thresholdsOf(thresholds.rows, defaultOf, complain);
  const others = { folder: seedsFolder, ignored: ignored.rows, dataKeys, declared, listed };
  for (const row of sources.rows) {
    const source = await readDatasource(row, others, findings);
    if (source !== undefined) (row.enabled === 'false' ? disabled : datasources).push({ ...source, limits });
  }
  const seeds = { sources: sources.rows, locations: locations.rows, columns: columns.rows };
  const published = await publishedDetails(seeds, seedsFolder, complain);
  if (datasources.length === 0 && findings.length === 0 && !withoutSources) {
    complain({
      seed: 'datasources_config',
      column: 'enabled',
      found: `${sources.rows.length} rows, none enabled`,
      expected: 'a datasource that is enabled',
      message: 'no datasource is enabled',
      fix: 'enable at least one, or add one with warehouse add-datasource',
    });
  }
  if (findings.length > 0) return { configuration: undefined, findings };
  return {
    findings,
    configuration: {
      datasources,
      disabled,
      dataKeys,
      publicNames,
      dataset,
      published,
      exclusions,
      localZone,
      ownLevels,
      threshold,
      limits,
      releaseLimits,
    },
  };
}

/** Every datasource that has a landing: of one that is switched off it is empty. */
export function sourceIds({ datasources, disabled }: Configuration): string[] {
  return [...datasources, ...disabled].map(({ id }) => id);
}
