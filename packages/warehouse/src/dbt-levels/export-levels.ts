/**
 * Runs in the Python of dbt's environment: writes the rows of models as lines of JSON, in the order of time and then of
 * all columns. One thread, so that sums are added up in the same order each time.
 * Reads {database, models: [{name, schema, alias, file}]} as JSON from standard input. The first line of each file is
 * [[column, kind], ...], with instants in milliseconds and integers as text. Prints the rows of each model as JSON; a
 * message on standard error names a model that is no level.
 */
export const EXPORT_LEVELS = `
import duckdb, json, sys
order = json.load(sys.stdin)
literal = lambda text: "'" + text.replace("'", "''") + "'"
quoted = lambda name: '"' + name.replace('"', '""') + '"'
c = duckdb.connect()
for setting in ("timezone='UTC'", "enable_progress_bar=false", "threads=1"):
    c.execute(f"set {setting}")
c.execute(f"attach {literal(order['database'])} as levels (read_only)")
c.execute("use levels")
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
def read(column, kind):
    name = quoted(column)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return "instant", f"epoch_ms({name}::timestamptz)"
    if kind in WHOLE:
        return "integer", f"{name}::varchar"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        return "number", f"{name}::varchar::double"
    return "text", f"{name}::varchar"
counts = {}
for model in order["models"]:
    relation = f"{quoted(model['schema'])}.{quoted(model['alias'])}"
    columns = [(row[0], *read(row[0], row[1])) for row in c.execute(f"describe {relation}").fetchall()]
    names = [name for name, _, _ in columns]
    time = names.index("time") if "time" in names else 0
    if columns[time][1] != "instant":
        sys.exit(f"{model['name']}: the column {names[time]} is not a time")
    sorting = ", ".join(quoted(name) for name in [names[time], *names])
    counts[model["name"]] = c.execute(f"select count(*) from {relation}").fetchone()[0]
    rows = c.execute(f"select {', '.join(sql for _, _, sql in columns)} from {relation} order by {sorting}")
    with open(model["file"], "w", encoding="utf-8") as out:
        out.write(json.dumps([[name, kind] for name, kind, _ in columns]) + "\\n")
        while batch := rows.fetchmany(10000):
            for row in batch:
                if row[time] is None:
                    sys.exit(f"{model['name']}: a row has no {names[time]}")
                try:
                    out.write(json.dumps(row, allow_nan=False) + "\\n")
                except ValueError:
                    sys.exit(f"{model['name']}: a row has a number that is not finite")
print(json.dumps(counts))
`;

export type ColumnKind = 'instant' | 'integer' | 'number' | 'text';
