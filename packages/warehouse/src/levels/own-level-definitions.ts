import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { builtInLevels } from '@sensor-warehouse/model/seeds/level-windows';
import { levelDefinition } from '../engines/reading-levels';
import type { Pointer } from '../layout/pointer';
import { LEVELS_FOLDER, levelModelFindings } from '../models/check-levels';
import type { Project } from '../run/context';
import { levelModels } from '../transform/level-models';

/** The own levels that a project has now. */
export interface OwnLevels {
  readonly rows: readonly AggregationLevel[];
  /** Names of levels that are dbt models. */
  readonly models: readonly string[];
  /** Definitions of rows and models, each preceded by its name, in order. */
  readonly definitions: readonly string[];
}

/** @throws Failure (config) if a model has a name that no level may have, or reads what levels cannot */
export async function ownLevelsOf({ configuration, project }: Project): Promise<OwnLevels> {
  const rows = configuration.ownLevels;
  const models = await levelModels(project);
  const findings = await levelModelFindings(project);
  if (findings.length > 0) {
    throw new Failure({
      stage: 'publish-parquet',
      what: `models of ${LEVELS_FOLDER} read something that does not exist:\n${findings.map((one) => `  ${findingLine(one)}`).join('\n')}`,
      where: `${findings[0]!.file}:${findings[0]!.line}`,
      fix: findings[0]!.fix!,
      class: 'config',
      code: 'level-model',
      findings,
    });
  }
  const taken = ['additive', 'nonadditive', ...builtInLevels(configuration).map(({ name }) => name)].concat(
    rows.map(({ name }) => name),
  );
  for (const name of models?.names ?? []) {
    if (/^[a-z][a-z0-9_]{0,59}$/.test(name) && !taken.includes(name)) continue;
    throw new Failure({
      stage: 'publish-parquet',
      what: 'a model of models/3_aggregations cannot give a level its name',
      found: quoted(name),
      expected: `lower-case letters, digits and _, and none of ${taken.join(', ')}`,
      fix: 'rename the model, or the level in seeds/aggregations.csv',
      class: 'config',
      code: 'level-model',
    });
  }
  const names = models?.names ?? [];
  const definitions = [...rows.map(levelDefinition), ...names.map((name) => `${name} dbt ${models!.digest}`)];
  return { rows, models: names, definitions: definitions.sort(compareText) };
}

/** The name that a definition begins with. */
export const nameOf = (definition: string) => definition.split(' ')[0]!;

/** Names of the own levels whose files a pointer names. */
export const ownLevelNames = ({ levels = [] }: Pick<Pointer, 'levels'>): string[] => levels.map(nameOf);

/** Whether the files of own levels follow from other definitions than these. */
export function levelsDiffer({ levels = [] }: Pick<Pointer, 'levels'>, { definitions }: OwnLevels): boolean {
  return JSON.stringify(levels) !== JSON.stringify(definitions);
}
