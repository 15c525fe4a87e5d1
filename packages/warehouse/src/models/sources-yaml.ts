import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { projectFiles } from './project-files';

/** The dbt source of the landing, whose tables are the datasources. */
export const LANDING_SOURCE = 'raw';

/** The landing of these datasources as YAML for dbt, like `models/0_landing/_sources.yml` for others. */
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

/** Datasources that the project does not declare as tables of the landing. */
export async function undeclaredSources(project: string, ids: readonly string[]): Promise<string[]> {
  const files = await projectFiles(project, 'models', ['.yml', '.yaml']);
  const declared = new Set(files.flatMap(({ text }) => declaredSources(text)));
  return ids.filter((id) => !declared.has(id));
}

/** Names of the tables that a file of dbt's YAML gives the landing. */
export function declaredSources(yaml: string): string[] {
  return tableListsOf(yaml).flatMap((tables) => tables.names.filter((name) => name !== ''));
}

/**
 * Adds a datasource to the tables of the landing, unless it is there. All other bytes of the file stay as they are.
 * @returns undefined if the file does not list tables of the landing
 */
export function withSource(yaml: string, id: string): string | undefined {
  const lists = tableListsOf(yaml);
  const [list] = lists;
  if (list === undefined) return undefined;
  if (lists.some(({ names }) => names.includes(id))) return yaml;
  const { items, names } = list;
  // A table of our own, such as the one of files, stays after those of datasources.
  const own = names.findIndex((name) => name.startsWith('_'));
  return list.flow ? withFlowItem(yaml, items, own, id) : withBlockItem(yaml, items, own, id);
}

/** Tables of the landing, as a file lists them. */
interface TableList {
  /** From the list's first item to the last; where each begins and ends in the text. */
  readonly items: readonly (readonly [start: number, end: number])[];
  /** '' for an item without a name. */
  readonly names: readonly string[];
  /** Whether the items are in brackets. */
  readonly flow: boolean;
}

/** Every word stays the text that it is: dbt knows no table called false. */
function tableListsOf(yaml: string): TableList[] {
  const document = parseDocument(yaml, { schema: 'failsafe', logLevel: 'silent' });
  if (document.errors.length > 0) return [];
  // An alias is followed to its one anchor, never expanded.
  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const member = (map: unknown, key: string) => (isMap(map) ? resolved((map as YAMLMap).get(key, true)) : undefined);
  const itemsOf = (list: unknown) => (isSeq(list) ? (list as YAMLSeq<Node>).items.map(resolved) : []);
  const nameOf = (item: unknown) => {
    const name = member(item, 'name');
    return isScalar(name) ? String(name.value) : '';
  };
  return itemsOf(member(resolved(document.contents), 'sources'))
    .filter((source) => nameOf(source) === LANDING_SOURCE)
    .map((source) => member(source, 'tables'))
    .filter((tables) => isSeq<Node>(tables) && tables.items.length > 0)
    .map((tables) => {
      const { items, flow } = tables as YAMLSeq<Node>;
      return {
        items: items.map(({ range }) => [range![0], range![1]] as const),
        names: items.map((item) => nameOf(resolved(item))),
        flow: flow === true,
      };
    });
}

function withBlockItem(yaml: string, items: TableList['items'], own: number, id: string): string {
  const dashes = items.map(([start]) => yaml.lastIndexOf('-', start - 1));
  const lineOf = (at: number) => yaml.lastIndexOf('\n', at - 1) + 1;
  const indent = yaml.slice(lineOf(dashes[0]!), dashes[0]!);
  const end = yaml.includes('\r\n') ? '\r\n' : '\n';
  const line = `${indent}- name: ${id}${end}`;
  if (own >= 0) return insert(yaml, lineOf(dashes[own]!), line);
  const last = yaml.indexOf('\n', items.at(-1)![1] - 1);
  return last < 0 ? `${yaml}${end}${line}` : insert(yaml, last + 1, line);
}

function withFlowItem(yaml: string, items: TableList['items'], own: number, id: string): string {
  const item = `{ name: ${id} }`;
  if (own >= 0) return insert(yaml, items[own]![0], `${item}, `);
  return insert(yaml, items.at(-1)![1], `, ${item}`);
}

const insert = (text: string, at: number, added: string) => text.slice(0, at) + added + text.slice(at);
