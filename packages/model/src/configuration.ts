import { join } from 'node:path';
import { localZoneOf } from './aggregations';
import { type DataKeys, dataKeysOf } from './data-keys';
import { type Datasource, readDatasource } from './datasources';
import { type Exclusion, exclusionsOf } from './exclusions';
import { Failure } from './failure';
import type { Finding } from './finding';
import { findingLine } from './finding';
import { type PublicNames, publicNamesOf } from './public-names';
import { type Thresholds, thresholdsOf } from './quality-thresholds';
import { complainTo, refuseRepeats, refuseUnknownSources } from './seed-findings';
import type { SeedName } from './seed-schemas';
import { readSeed } from './seed-table';

export type { DataKey } from './data-keys';
export type { Datasource } from './datasources';
export type { Exclusion } from './exclusions';
export type { QualityCheck, Threshold } from './quality-thresholds';

/** What the seeds say, checked: all that a run needs to know about the building. */
export interface Configuration {
  readonly datasources: readonly Datasource[];
  readonly dataKeys: DataKeys;
  readonly publicNames: PublicNames;
  readonly exclusions: readonly Exclusion[];
  /** The local zone of days and weeks. */
  readonly localZone: string;
  readonly threshold: Thresholds;
}

/**
 * Reads and checks all seeds below `seedsFolder`.
 * @throws Failure (class config) that carries every mistake of every seed at once.
 */
export async function loadConfiguration(seedsFolder: string): Promise<Configuration> {
  const { configuration, findings } = await checkConfiguration(seedsFolder);
  if (configuration !== undefined) return configuration;
  throw new Failure({
    stage: 'configuration',
    what: `${findings.length} mistakes in the seeds:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    where: findings[0]?.file ?? seedsFolder,
    fix: 'correct the rows named above',
    class: 'config',
    code: 'seed-error',
    findings,
  });
}

export async function checkConfiguration(
  seedsFolder: string,
): Promise<{ configuration: Configuration | undefined; findings: Finding[] }> {
  const findings: Finding[] = [];
  const complain = complainTo(findings);
  const seed = (name: SeedName, optional = false) =>
    readSeed(join(seedsFolder, `${name}.csv`), name, findings, { optional });
  const sourceRows = await seed('datasources_config');
  const dataKeyRows = await seed('data_keys');
  const locationRows = await seed('location_map');
  const aggregationRows = await seed('aggregations');
  const thresholdRows = await seed('quality_thresholds', true);
  const exclusionRows = await seed('exclusions', true);
  const ignoredRows = await seed('ignored_columns', true);

  const dataKeys = dataKeysOf(dataKeyRows, complain);
  const publicNames = publicNamesOf(locationRows, complain);
  const localZone = localZoneOf(aggregationRows, complain);
  const threshold = thresholdsOf(thresholdRows, complain);
  const exclusions = exclusionsOf(exclusionRows, dataKeys, publicNames, complain);
  refuseRepeats(sourceRows, ['datasource_id'], 'datasources_config', complain);
  refuseRepeats(sourceRows, ['name'], 'datasources_config', complain);
  refuseRepeats(ignoredRows, ['datasource_id', 'column'], 'ignored_columns', complain);
  const known = new Set(sourceRows.map((row) => String(row.datasource_id)));
  refuseUnknownSources(thresholdRows, 'quality_thresholds', known, complain);
  refuseUnknownSources(exclusionRows, 'exclusions', known, complain);
  refuseUnknownSources(ignoredRows, 'ignored_columns', known, complain);

  const datasources: Datasource[] = [];
  for (const row of sourceRows) {
    const datasource = await readDatasource(row, seedsFolder, ignoredRows, dataKeys, publicNames, findings);
    if (datasource !== undefined && row.enabled !== 'false') datasources.push(datasource);
  }
  if (datasources.length === 0 && findings.length === 0) {
    complain({
      seed: 'datasources_config',
      column: 'enabled',
      found: `${sourceRows.length} rows, none enabled`,
      expected: 'a datasource that is enabled',
      message: 'no datasource is enabled',
      fix: 'enable at least one',
    });
  }
  if (findings.length > 0) return { configuration: undefined, findings };
  return { findings, configuration: { datasources, dataKeys, publicNames, exclusions, localZone, threshold } };
}
