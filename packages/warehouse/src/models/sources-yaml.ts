import { projectFiles } from './project-files';

/** The dbt source of the landing, whose tables are the datasources. */
export const LANDING_SOURCE = 'raw';

/** The landing of these datasources, for dbt: what `models/0_landing/_sources.yml` says of others. */
export function sourcesYaml(ids: readonly string[]): string {
  return [
    'version: 2',
    '',
    'sources:',
    `  - name: ${LANDING_SOURCE}`,
    '    config:',
    `      external_location: "{{ env_var('WAREHOUSE_LANDING', 'work/landing') }}/{name}/*.parquet"`,
    '    tables:',
    ...ids.map((id) => `      - name: ${id}`),
    '',
  ].join('\n');
}

/** A source of dbt's YAML: where its tables stand. */
interface Tables {
  readonly names: readonly string[];
  /** Line after the last table, from 0. */
  readonly end: number;
  /** White space before the dash of a table. */
  readonly indent: string;
  /** Line of the table that is no datasource, if there is one. */
  readonly files: number | undefined;
}

/** Datasources that the project does not declare as tables of the landing. */
export async function undeclaredSources(project: string, ids: readonly string[]): Promise<string[]> {
  const files = await projectFiles(project, 'models', ['.yml', '.yaml']);
  const declared = new Set(files.flatMap(({ text }) => declaredSources(text)));
  return ids.filter((id) => !declared.has(id));
}

/** Names of the tables that a file of dbt's YAML gives the landing. */
export function declaredSources(yaml: string): string[] {
  return [...(tablesOf(yaml.split('\n'))?.names ?? [])];
}

/**
 * Adds a datasource to the tables of the landing, unless it is there.
 * @returns undefined if the file does not list tables of the landing, a line each
 */
export function withSource(yaml: string, id: string): string | undefined {
  const lines = yaml.split('\n');
  const tables = tablesOf(lines);
  if (tables === undefined) return undefined;
  if (tables.names.includes(id)) return yaml;
  const at = tables.files ?? tables.end;
  return [...lines.slice(0, at), `${tables.indent}- name: ${id}`, ...lines.slice(at)].join('\n');
}

function tablesOf(lines: readonly string[]): Tables | undefined {
  const start = lines.findIndex((line) =>
    new RegExp(`^\\s*-\\s+name:\\s*['"]?${LANDING_SOURCE}['"]?\\s*(#.*)?$`).test(line),
  );
  if (start < 0) return undefined;
  const dash = lines[start]!.indexOf('-');
  const inside = (line: string) => line.trim() === '' || indentOf(line) > dash;
  const after = lines.slice(start + 1).findIndex((line) => !inside(line));
  const stop = after < 0 ? lines.length : start + 1 + after;
  const head = lines.slice(start, stop).findIndex((line) => /^\s*tables:\s*(#.*)?$/.test(line));
  if (head < 0) return undefined;
  const names: string[] = [];
  let indent: string | undefined;
  let end = start + head + 1;
  let files: number | undefined;
  for (let at = end; at < stop; at++) {
    const line = lines[at]!;
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const item = /^(\s*)-\s/.exec(line);
    if (item !== null) indent ??= item[1]!;
    if (indent === undefined || indentOf(line) < indent.length) break;
    end = at + 1;
    const name = new RegExp(`^${indent}(?:-|  )\\s*name:\\s*['"]?([^'"#\\s]+)`).exec(line)?.[1];
    if (name === undefined) continue;
    names.push(name);
    if (name.startsWith('_')) files ??= at;
  }
  return indent === undefined ? undefined : { names, end, indent, files };
}

const indentOf = (line: string) => line.length - line.trimStart().length;
