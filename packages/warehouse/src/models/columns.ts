import type { ProjectModels } from './project-models';
import { namedItem, type Select, selectsOf, type Token, tokensOf } from './sql-text';

/** The origin of a `select`'s rows. */
type Origin =
  | { readonly kind: 'select'; readonly select: Select; readonly sql: string }
  | { readonly kind: 'landing'; readonly id: string };

/** The columns of a datasource's landing, in lower case; undefined if its models do not read it directly. */
export type LandedLabels = ReadonlyMap<string, readonly string[]>;

/** Reads columns out of the texts of models; whatever cannot be determined for sure is undefined. */
export interface ColumnReader {
  /** The columns that a `select` of a text gives, in lower case. */
  columnsOf(select: Select, sql: string, depth?: number): readonly string[] | undefined;
  /** The columns of landings that a column of a `select` is made of, as `id.column`. */
  originsOf(select: Select, sql: string, column: string, depth?: number): ReadonlySet<string> | undefined;
}

/** Models that read each other in a circle are dbt's to refuse. */
const DEEPEST = 50;

/** Words of an expression that are not columns. */
const NO_COLUMN = new Set([
  ...[
    'case',
    'when',
    'then',
    'else',
    'end',
    'and',
    'or',
    'not',
    'is',
    'null',
    'in',
    'between',
    'like',
    'distinct',
    'interval',
  ],
  ...['float', 'real', 'double', 'varchar', 'integer', 'bigint', 'decimal', 'numeric', 'true', 'false', 'as'],
]);

export function columnReader({ models }: ProjectModels, landings: LandedLabels): ColumnReader {
  const originOf = ({ from }: Select, sql: string): Origin | undefined => {
    if (from?.kind === 'word' || from?.kind === 'quoted') return commonTable(from.text, sql);
    if (from?.kind !== 'jinja') return undefined;
    const ref = /^\{\{-?\s*ref\(\s*(['"])([^'"]+)\1\s*\)\s*-?\}\}$/.exec(from.text)?.[2];
    if (ref !== undefined) return originOfModel(ref);
    const id = /^\{\{-?\s*source\(\s*(['"])raw\1\s*,\s*(['"])([^'"]+)\2\s*\)\s*-?\}\}$/.exec(from.text)?.[3];
    return id !== undefined && landings.has(id) ? { kind: 'landing', id } : undefined;
  };
  const originOfModel = (name: string): Origin | undefined => {
    const sql = models.get(name)?.text;
    if (sql === undefined) return undefined;
    const id = /^\s*\{\{-?\s*landing\(\s*(['"])([^'"]+)\1\s*\)\s*-?\}\}\s*$/.exec(sql)?.[2];
    if (id !== undefined) return landings.has(id) ? { kind: 'landing', id } : undefined;
    const select = finalSelect(sql);
    return select === undefined ? undefined : { kind: 'select', select, sql };
  };
  const columnsOfOrigin = (origin: Origin | undefined, depth: number) =>
    origin?.kind === 'landing' ? landings.get(origin.id) : origin && reader.columnsOf(origin.select, origin.sql, depth);
  const reader: ColumnReader = {
    columnsOf(select, sql, depth = 0) {
      if (depth > DEEPEST) return undefined;
      const columns: string[] = [];
      for (const item of select.items) {
        const name = isStar(item) ? undefined : namedItem(item)?.name.toLowerCase();
        const own =
          name === undefined ? (isStar(item) ? columnsOfOrigin(originOf(select, sql), depth + 1) : undefined) : [name];
        if (own === undefined) return undefined;
        columns.push(...own);
      }
      return columns;
    },
    originsOf(select, sql, column, depth = 0) {
      if (depth > DEEPEST) return undefined;
      const origin = originOf(select, sql);
      if (origin === undefined) return undefined;
      const item = select.items.find((one) => !isStar(one) && namedItem(one)?.name.toLowerCase() === column);
      if (item === undefined && !select.items.some(isStar)) return undefined;
      const names = item === undefined ? [column] : columnsIn(namedItem(item)!.value);
      const found = new Set<string>();
      for (const name of names) {
        const its =
          origin.kind === 'landing'
            ? new Set([`${origin.id}.${name}`])
            : reader.originsOf(origin.select, origin.sql, name, depth + 1);
        if (its === undefined) return undefined;
        for (const one of its) found.add(one);
      }
      return found;
    },
  };
  return reader;
}

const isStar = (item: readonly Token[]) => item.length === 1 && item[0]!.text === '*';

/** Names in an expression: no functions, types, or what qualifies a name. */
function columnsIn(value: readonly Token[]): string[] {
  return value.flatMap(({ kind, text }, at) => {
    if (kind === 'quoted') return [text.toLowerCase()];
    if (kind !== 'word' || NO_COLUMN.has(text)) return [];
    const next = value[at + 1]?.text;
    const type = value[at - 1]?.text === 'as' || value[at - 1]?.text === ':';
    return next === '(' || next === '.' || type ? [] : [text];
  });
}

/** The only `select` of a text that is in no parentheses. */
function finalSelect(sql: string): Select | undefined {
  const [select, ...others] = selectsOf(sql).filter(({ depth }) => depth === 0);
  return others.length === 0 ? select : undefined;
}

/** The only `select` of `name as ( … )`. */
function commonTable(name: string, sql: string): Origin | undefined {
  const tokens = tokensOf(sql);
  const at = tokens.findIndex(
    (one, index) =>
      one.text.toLowerCase() === name.toLowerCase() &&
      tokens[index + 1]?.text === 'as' &&
      tokens[index + 2]?.text === '(',
  );
  if (at < 0) return undefined;
  const open = tokens[at + 2]!;
  const close = tokens.slice(at + 3).find((one) => one.depth === open.depth && one.text === ')');
  const inside = selectsOf(sql).filter(
    ({ start, depth }) =>
      start > open.start && depth === open.depth + 1 && (close === undefined || start < close.start),
  );
  return inside.length === 1 ? { kind: 'select', select: inside[0]!, sql } : undefined;
}
