import { type Select, selectsOf } from './sql-text';

/**
 * Adds a `select` to the union of readings, after the last one that reads a model.
 * @param sql the text of fct_sensor_readings
 * @returns undefined if the text has no `select … from {{ ref('…') }}` to stand beside
 */
export function withSelect(sql: string, select: string): string | undefined {
  const last = unitedSelects(sql).at(-1);
  if (last === undefined) return undefined;
  const lineStart = sql.lastIndexOf('\n', last.start - 1) + 1;
  const indent = /^[ \t]*/.exec(sql.slice(lineStart, last.start))![0];
  const added = ['union all by name', select].map((line) => `\n${indent}${line}`).join('');
  return `${sql.slice(0, last.end)}${added}${sql.slice(last.end)}`;
}

/** Adds the staging model of a source to the union, unless it is there. */
export function withUnion(sql: string, id: string): string | undefined {
  const staging = `stg_${id}`;
  if (unitedSelects(sql).some((one) => readModel(one) === staging)) return sql;
  return withSelect(sql, `select * from {{ ref('${staging}') }}`);
}

/** The `select`s of the union that read one model each. */
export function unitedSelects(sql: string): Select[] {
  return selectsOf(sql).filter((one) => readModel(one) !== undefined);
}

/** The model that a `select` reads; undefined if it reads something else, or more than one. */
export function readModel({ from }: Select): string | undefined {
  if (from?.kind !== 'jinja') return undefined;
  return /^\{\{-?\s*ref\(\s*(['"])([^'"]+)\1\s*\)\s*-?\}\}$/.exec(from.text)?.[2];
}
