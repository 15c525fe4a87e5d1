import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { type Configuration, type Datasource, sourceIds } from '@sensor-warehouse/model/seeds/configuration';
import { levelModelFindings } from './check-levels';
import { referenceFindings } from './check-references';
import { unionFindings } from './check-union';
import { leftOverFindings, leftOversOf } from './left-over';
import { lineAt, modelFinding } from './model-finding';
import { landingModel, landingPath, stagingModel, stagingPath, UNION_PATH, unionSelects } from './model-texts';
import { type Model, type ProjectModels, readModels } from './project-models';
import { undeclaredSources } from './sources-yaml';
import { tokensOf } from './sql-text';

/**
 * Looks at the texts of the dbt models, before dbt is started: whether every source has models, and every reading a way into
 * `fact`. What cannot be determined from a text is left to dbt.
 * @throws Failure (config) that carries every mistake, each with the lines to add
 */
export async function requireModels(
  project: string,
  configuration: Configuration,
): Promise<{ readonly models: ProjectModels; readonly warnings: readonly Finding[] }> {
  const models = await readModels(project);
  const all = await modelFindings(project, configuration, models);
  const findings = all.filter(({ severity }) => severity === 'error');
  if (findings.length === 0) return { models, warnings: all };
  throw new Failure({
    stage: 'transform',
    what: `${findings.length} mistakes in the dbt models:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    where: findings[0]!.file ?? 'models',
    fix: 'add the lines named above',
    class: 'config',
    code: 'models-incomplete',
    findings,
  });
}

/** Problems of the models, one finding for each cause. */
export async function modelFindings(
  project: string,
  configuration: Configuration,
  models: ProjectModels,
): Promise<Finding[]> {
  const undeclared = await undeclaredByProject(project, configuration);
  const ofSources = configuration.datasources.flatMap((datasource) => findingsOfSource(datasource, models, undeclared));
  // A model that one finding already asks for is not reported as missing again.
  const asked = ofSources.map(({ fix }) => fix);
  const leftOvers = leftOversOf(models, sourceIds(configuration));
  const unbuilt = new Set(leftOvers.models.map(({ name }) => name));
  return [
    ...leftOverFindings(leftOvers),
    ...ambiguousSources(configuration, models),
    ...ofSources,
    ...unionFindings(configuration, models),
    ...(await referenceFindings(project, unbuilt, (name) => asked.some((fix) => fix?.includes(`/${name}.sql:`)))),
    ...(await levelModelFindings(project)),
  ];
}

/** Datasources that this project's dbt does not get declared by a run: an older dbt_project.yml. */
async function undeclaredByProject(project: string, configuration: Configuration): Promise<readonly string[]> {
  const text = (await readFile(join(project, 'dbt_project.yml'), 'utf8').catch(unlessAbsent)) ?? '';
  return text.includes('WAREHOUSE_SOURCES') ? [] : undeclaredSources(project, sourceIds(configuration));
}

/** A model that names its source by a word that is the id of one source and the name of another. */
function ambiguousSources({ datasources }: Configuration, { models, ofFact }: ProjectModels): Finding[] {
  const spellings = new Map<string, Datasource[]>();
  for (const one of datasources)
    for (const spelling of new Set([one.id, one.name.toLowerCase()]))
      spellings.set(spelling, [...(spellings.get(spelling) ?? []), one]);
  return [...ofFact].flatMap((name) => {
    const { path, text } = models.get(name)!;
    const tokens = tokensOf(text);
    return tokens.flatMap((token, at) => {
      const meant = token.kind === 'string' ? (spellings.get(token.text.toLowerCase()) ?? []) : [];
      const isSource = tokens[at + 1]?.text === 'as' && tokens[at + 2]?.text.toLowerCase() === 'source';
      if (meant.length < 2 || !isSource) return [];
      const clear = meant.flatMap(({ id, name: its }) =>
        [id, its].filter((one) => spellings.get(one.toLowerCase())!.length === 1).map((one) => `'${one}'`),
      );
      return [
        modelFinding({
          code: 'source-ambiguous',
          file: path,
          line: lineAt(text, token.start),
          found: quoted(token.text),
          expected: 'a name or a datasource_id that no other source has',
          message: `the source of the readings may be ${meant.map(({ id }) => id).join(' or ')}`,
          fix: `write ${clear.join(' or ')} as source`,
        }),
      ];
    });
  });
}

function findingsOfSource(datasource: Datasource, project: ProjectModels, undeclared: readonly string[]): Finding[] {
  const { models, ofFact, computed } = project;
  const { id } = datasource;
  const findings: Finding[] = [];
  const readers = [...models.values()].filter(({ names, folders }) => names.has(id) || folders.has(id));
  if (undeclared.includes(id) && (readers.length === 0 || readers.some(({ names }) => names.has(id)))) {
    findings.push(
      modelFinding({
        code: 'source-undeclared',
        file: 'models/0_landing/_sources.yml',
        datasource: id,
        message: 'dbt does not know the landing of the source',
        fix: `add the line "      - name: ${id}" under tables:`,
      }),
    );
  }
  if (computed || !models.has('fact')) return findings;
  const union = `add to ${UNION_PATH}: ${unionSelects(datasource)
    .map((select) => `union all by name ${select}`)
    .join(' ')}`;
  const staging = `write ${stagingPath(id)}: ${oneLine(stagingModel(datasource))}`;
  // If something reads the staging model already, nothing else should.
  const isAwaited = models.get('fct_sensor_readings')?.names.has(`stg_${id}`) ?? false;
  const steps = isAwaited ? [staging] : [staging, union];
  if (readers.length === 0) {
    const landing = `write ${landingPath(id)}: ${oneLine(landingModel(id))}`;
    findings.push(
      modelFinding({
        code: 'source-unmodelled',
        file: stagingPath(id),
        datasource: id,
        message: 'no dbt model reads the source',
        fix: [landing, ...steps].join('; '),
      }),
    );
    return findings;
  }
  if (!readers.some(({ name }) => ofFact.has(name))) {
    const last = lastReader(readers, project);
    const landed = last.path.startsWith('models/0_landing/');
    findings.push(
      modelFinding({
        code: landed ? 'source-unmodelled' : 'source-not-united',
        file: landed ? stagingPath(id) : UNION_PATH,
        datasource: id,
        found: quoted(last.name),
        expected: 'a model that fact is built from',
        message: landed
          ? 'no staging model reads the landing of the source'
          : 'the staging model of the source is not united',
        fix: landed ? steps.join('; ') : union.replace(`stg_${id}`, last.name),
      }),
    );
    return findings;
  }
  for (const { name: seed } of datasource.seeds) {
    if ([...ofFact].some((name) => models.get(name)!.names.has(seed))) continue;
    findings.push(
      modelFinding({
        code: 'mapping-unread',
        file: `seeds/${seed}.csv`,
        datasource: id,
        message: 'no dbt model reads the mapping of the source',
        fix: staging,
      }),
    );
  }
  return findings;
}

/** The model of a source that none of its other models reads. */
function lastReader(readers: readonly Model[], { models }: ProjectModels): Model {
  let last = readers[0]!;
  const seen = new Set([last.name]);
  for (;;) {
    const next = [...models.values()].find(({ name, names }) => names.has(last.name) && !seen.has(name));
    if (next === undefined) return last;
    seen.add(next.name);
    last = next;
  }
}

const oneLine = (text: string) => text.trim().replaceAll(/\s+/g, ' ');
