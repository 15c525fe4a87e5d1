"""Writes the rows of models as lines of JSON, in the order of time and then of all columns.

Reads {database, models: [{name, schema, alias, file}]} as JSON from standard input. The first line of each file is
[[column, kind], ...], with instants in milliseconds and integers as text. Prints the rows of each model as JSON; a
message on standard error names a model that is no level.
"""

import json
import sys

import duckdb
from sql_text import identifier, literal

WHOLE = {f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")} | {
    "INTEGER",
    "UINTEGER",
}
AT_ONCE = 10_000


def open_database(path):
    """One thread, so that sums are added up in the same order each time."""
    connection = duckdb.connect()
    for setting in ("timezone='UTC'", "enable_progress_bar=false", "threads=1"):
        connection.execute(f"set {setting}")
    connection.execute(f"attach {literal(path)} as levels (read_only)")
    connection.execute("use levels")
    return connection


def read_as(column, kind):
    """What a column of this type is for its readers, and the SQL that gives it."""
    name = identifier(column)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return "instant", f"epoch_ms({name}::timestamptz)"
    if kind in WHOLE:
        return "integer", f"{name}::varchar"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        return "number", f"{name}::varchar::double"
    return "text", f"{name}::varchar"


def export(connection, model):
    """Writes the file of one model. Returns the number of its rows."""
    relation = f"{identifier(model['schema'])}.{identifier(model['alias'])}"
    described = connection.execute(f"describe {relation}").fetchall()
    columns = [(name, *read_as(name, kind)) for name, kind, *_ in described]
    names = [name for name, _, _ in columns]
    time = names.index("time") if "time" in names else 0
    if columns[time][1] != "instant":
        sys.exit(f"{model['name']}: the column {names[time]} is not a time")
    sorting = ", ".join(identifier(name) for name in [names[time], *names])
    count = connection.execute(f"select count(*) from {relation}").fetchone()[0]
    selected = ", ".join(sql for _, _, sql in columns)
    rows = connection.execute(f"select {selected} from {relation} order by {sorting}")
    with open(model["file"], "w", encoding="utf-8") as out:
        out.write(json.dumps([[name, kind] for name, kind, _ in columns]) + "\n")
        while batch := rows.fetchmany(AT_ONCE):
            for row in batch:
                if row[time] is None:
                    sys.exit(f"{model['name']}: a row has no {names[time]}")
                try:
                    out.write(json.dumps(row, allow_nan=False) + "\n")
                except ValueError:
                    sys.exit(f"{model['name']}: a row has a number that is not finite")
    return count


if __name__ == "__main__":
    order = json.load(sys.stdin)
    database = open_database(order["database"])
    json.dump({model["name"]: export(database, model) for model in order["models"]}, sys.stdout)
