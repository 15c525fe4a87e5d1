import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import { lineAt, modelFinding } from './model-finding';
import { projectFiles } from './project-files';
import { referencesIn } from './references';
import { readResources } from './resources';

/** The folder of the dbt models that are levels. */
export const LEVELS_FOLDER = 'models/3_aggregations';

/** Models that stand for the whole history where levels are built. */
const OF_HISTORY = ['fct_sensor_readings', 'fact'];

const LANDING = /\{\{[^}]*?\b(?:source\(\s*['"]raw['"]\s*,\s*['"]([^'"]+)['"]|landing\(\s*['"]([^'"]+)['"])/g;

/** Levels that read what holds the last uploads alone, and is not there where levels are built. */
export async function levelModelFindings(project: string): Promise<Finding[]> {
  const { files, project: own } = await readResources(project);
  const levels = await projectFiles(project, LEVELS_FOLDER, ['.sql']);
  const others = (await projectFiles(project, 'models', ['.sql'])).filter(
    ({ path }) => !path.startsWith(`${LEVELS_FOLDER}/`),
  );
  // An ephemeral model needs no table: dbt inlines it into its reader.
  const written = new Set(others.filter(({ text }) => /ephemeral/.test(text)).map(({ path }) => path));
  return levels.flatMap(({ path, text }) => {
    const models = referencesIn(text, own).filter(({ name }) => {
      const places = (files.get(name) ?? []).filter((one) => one.startsWith('models/'));
      return (
        !OF_HISTORY.includes(name) && places.some((one) => !one.startsWith(`${LEVELS_FOLDER}/`) && !written.has(one))
      );
    });
    const landings = [...text.matchAll(LANDING)].map((one) => ({ name: one[1] ?? one[2]!, place: one.index }));
    return [...models, ...landings].map(({ name, place }) =>
      modelFinding({
        code: 'level-reads-landing',
        file: path,
        line: lineAt(text, place),
        found: quoted(name),
        expected: `ref('fct_sensor_readings') or source('archive', 'readings')`,
        message: 'a level reads something that holds only the latest uploads',
        fix: `read {{ ref('fct_sensor_readings') }} or {{ source('archive', 'readings') }}, which hold the whole history here`,
      }),
    );
  });
}
