import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { propertyFindings } from './check-properties';
import { lineAt, modelFinding } from './model-finding';
import { UNION_PATH } from './model-texts';
import { projectFiles } from './project-files';
import { referencesIn } from './references';
import { type Resources, readResources } from './resources';

/** Folders in which a reference to a missing model stops dbt; in `tests` it only skips the test. */
const STOPPING = ['models', 'analyses', 'snapshots'];

/**
 * References to models that do not exist, as after one was renamed or removed, and names that two files give.
 * @param unbuilt models that dbt is not to build: it does not look at what they and their unit tests name
 * @param isToldElsewhere whether another finding asks for a model of this name
 */
export async function referenceFindings(
  project: string,
  unbuilt: ReadonlySet<string>,
  isToldElsewhere: (name: string) => boolean,
): Promise<Finding[]> {
  const resources = await readResources(project);
  const isKnown = (name: string) => resources.files.has(name) || isToldElsewhere(name);
  const findings = doubled(resources);
  if (resources.open) return findings;
  for (const folder of [...STOPPING, 'tests']) {
    for (const { path, text } of await projectFiles(project, folder, ['.sql'])) {
      if (folder === 'models' && unbuilt.has(/([^/]+)\.sql$/.exec(path)![1]!)) continue;
      for (const { name, place } of referencesIn(text, resources.project)) {
        if (isKnown(name)) continue;
        const line = lineAt(text, place);
        findings.push(
          modelFinding({
            code: 'model-missing',
            file: path,
            line,
            ...(folder === 'tests' ? { severity: 'warning' } : {}),
            found: quoted(name),
            expected: 'the name of a model or a seed',
            message:
              folder === 'tests'
                ? 'a test refers to a model that does not exist, and was left out'
                : 'a model reads another that does not exist',
            fix: wayOut(path, line, name),
          }),
        );
      }
    }
  }
  return [...findings, ...(await propertyFindings(project, unbuilt, isKnown))];
}

function wayOut(path: string, line: number, name: string): string {
  if (path === UNION_PATH) return `remove the part of the union in line ${line}, or write the model ${name}`;
  if (path.startsWith('tests/')) return `remove ${path}, or write the model ${name}`;
  return `correct the name, write the model ${name}, or remove ${path}`;
}

/** dbt takes each name once, whatever the folder. */
function doubled({ files }: Resources): Finding[] {
  return [...files]
    .filter(([, paths]) => paths.length > 1)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, paths]) =>
      modelFinding({
        code: 'model-twice',
        file: paths[1]!,
        found: `${quoted(name)} in ${paths.join(' and ')}`,
        expected: 'each name once among models and seeds',
        message: 'two files define a model of the same name',
        fix: `rename or remove one of ${paths.join(', ')}`,
      }),
    );
}
