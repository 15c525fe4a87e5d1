import { LEVELS_FOLDER } from './check-levels';
import type { ProjectFile } from './project-files';
import { projectFiles } from './project-files';
import { tokensOf } from './sql-text';

/** A model of the dbt project, as far as its text shows. */
export interface Model extends ProjectFile {
  readonly name: string;
  /** Every text that its Jinja holds, or that of a macro which it calls: names of what it may read. */
  readonly names: ReadonlySet<string>;
  /** Folders in paths of its SQL: a landing may be read without dbt knowing. */
  readonly folders: ReadonlySet<string>;
}

export interface ProjectModels {
  /** Name → model; those of aggregation levels are left out, because they read the archive. */
  readonly models: ReadonlyMap<string, Model>;
  /** The models that `fact` is made of, itself too; empty without a model `fact`. */
  readonly ofFact: ReadonlySet<string>;
  /** Whether a model is Python, or computes the name of what it reads, or leaves that to a package: texts do not show it. */
  readonly computed: boolean;
  /** Whether its macros unite a part of the union by name that a person united by position. */
  readonly unitesByName: boolean;
}

const COMPUTED = /\b(?:ref|source)\s*\([^)]*(?:~|\bgraph\b|\bvar\s*\(|\|)|\b(?!dbt\.)\w+\.\w+\s*\(/;

export async function readModels(project: string): Promise<ProjectModels> {
  const files = await projectFiles(project, 'models', ['.sql']);
  const macros = macrosOf(await projectFiles(project, 'macros', ['.sql']));
  const models = new Map<string, Model>();
  let computed = (await projectFiles(project, 'models', ['.py'])).length > 0;
  for (const { path, text } of files) {
    if (path.startsWith(`${LEVELS_FOLDER}/`)) continue;
    const jinja = jinjaOf(text, macros);
    computed ||= COMPUTED.test(jinja);
    const name = /([^/]+)\.sql$/.exec(path)![1]!;
    models.set(name, {
      path,
      text,
      name,
      names: new Set([...jinja.matchAll(/'([^']*)'|"([^"]*)"/g)].map((one) => one[1] ?? one[2]!)),
      folders: new Set(
        tokensOf(text).flatMap((token) => (token.kind === 'string' ? token.text.split('/').slice(1, -1) : [])),
      ),
    });
  }
  return { models, ofFact: ancestorsOf('fact', models), computed, unitesByName: macros.has('united_by_name') };
}

/** Whether a person wrote SQL for a source: a model that reads it is more than a call of a macro. */
export function isHandWritten({ models, ofFact }: ProjectModels, id: string): boolean {
  return [...models.values()].some(
    ({ name, names, folders, text }) =>
      ofFact.has(name) && (names.has(id) || folders.has(id)) && tokensOf(text).some(({ kind }) => kind !== 'jinja'),
  );
}

/** Name → text between `{% macro name(…) %}` and `{% endmacro %}`. */
function macrosOf(files: readonly ProjectFile[]): Map<string, string> {
  const macros = new Map<string, string>();
  for (const { text } of files)
    for (const [, name, body] of text.matchAll(/\{%-?\s*macro\s+(\w+)\s*\(([\s\S]*?)\{%-?\s*endmacro\s*-?%\}/g))
      macros.set(name!, body!);
  return macros;
}

/** The Jinja of a text, and of every macro that it calls. */
function jinjaOf(text: string, macros: ReadonlyMap<string, string>, called = new Set<string>()): string {
  const own = tokensOf(text)
    .filter(({ kind }) => kind === 'jinja')
    .map((token) => token.text)
    .join('\n');
  const others = [...own.matchAll(/\b(\w+)\s*\(/g)].flatMap(([, name]) => {
    // An override of dbt's own macro still reads its arguments.
    const body = ['ref', 'source'].includes(name!) ? undefined : macros.get(name!);
    if (body === undefined || called.has(name!)) return [];
    called.add(name!);
    return [jinjaOf(body, macros, called)];
  });
  return [own, ...others].join('\n');
}

/** A model and everything it is built from. */
export function ancestorsOf(name: string, models: ReadonlyMap<string, Model>, found = new Set<string>()): Set<string> {
  const model = models.get(name);
  if (model === undefined || found.has(name)) return found;
  found.add(name);
  for (const other of model.names) ancestorsOf(other, models, found);
  return found;
}
