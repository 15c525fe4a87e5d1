"""Writes the model `fact` as sorted Parquet, and counts its rows, because dbt's results do not. Runs with
the same DuckDB that built the models.

Reads a FactOrder as JSON from standard input and prints FactCounts (both in transform/export-facts.ts).
"""

import json
import sys

import duckdb
from find_origins import find_origins, prepare_origins
from sql_text import identifier, literal, literals

TEXTS = ("location", "source", "measurement", "data_key", "datasource_id", "sensor", "file")
COLUMNS = ("time", *TEXTS[:4], "data_value", *TEXTS[4:], "ordinal", "line")

# Taking the month of an instant in a time zone is slow.
UTC = "make_timestamp(epoch_us(time))"
MONTH = f"year({UTC}) * 12 + month({UTC}) - 1"
# A year has four digits.
MONTHS = 120_000


class Export:
    """One export: the database that dbt built, and the relation that holds the facts so far."""

    def __init__(self, order):
        self.order = order
        self.connection = duckdb.connect()
        self.facts = "typed"
        self.rejected = []

    def run(self, sql):
        self.connection.execute(sql)

    def query(self, sql):
        return self.connection.execute(sql).fetchall()

    def landing(self, table):
        return f"read_parquet({literal(self.order['landing'] + '/' + table + '/*.parquet')})"

    def use(self, facts):
        self.facts = facts
        self.count_keys()

    def count_keys(self):
        self.run(f"""create or replace temp table keys as select {", ".join(TEXTS)}, {MONTH} as month, count(*) as facts,
                count_if(ordinal is null or line is null) as strays,
                count(*) - count_if(time is not null and isfinite(data_value)) as nothings,
                count_if(data_value = data_value::float and data_value * 1e6 <> round(data_value * 1e6)) as floats
            from {self.facts} group by all""")


def open_database(export):
    for setting in ("timezone='UTC'", "enable_progress_bar=false", "threads=2"):
        export.run(f"set {setting}")
    export.run(f"attach {literal(export.order['database'])} as warehouse (read_only)")
    export.run("use warehouse")


def read_model(export):
    """Makes `typed`, the model with the types of a fact. A time without a zone is in UTC, as in dbt's profile; a number of
    four bytes is the decimal that it was written as."""
    types = {name: kind for name, kind, *_ in export.query("describe fact")}
    value = "cast(data_value as varchar)" if types.get("data_value") == "FLOAT" else "data_value"
    time = "time" if types.get("time") == "TIMESTAMP WITH TIME ZONE" else "cast(time as timestamp)"
    typed = {"time": f"cast({time} as timestamptz)", "data_value": f"cast({value} as double)"}
    columns = ", ".join(f"{typed.get(column, column)} as {column}" for column in COLUMNS)
    export.run(f"create temp view typed as select {columns} from fact")
    export.use("typed")


def count_rejected_by_models(export):
    tables = "select 1 from information_schema.tables where table_name = 'rejected_readings'"
    if not export.query(tables):
        return
    names = [name for name, *_ in export.query("describe rejected_readings")]
    found = "found" if "found" in names else "null"
    export.rejected += export.query(f"""select datasource_id, file, reason, cast(sum(readings) as bigint), {found}
        from rejected_readings group by all""")


def place_strays(export):
    """Finds the origins of facts that do not give them; rejects facts whose order is unknown."""
    strays = [
        datasource
        for (datasource,) in export.query("""select distinct datasource_id from keys
            where (strays > 0 or file is null) and datasource_id is not null""")
    ]
    if not strays:
        return
    prepare_origins(export.connection)
    for datasource in sorted(strays):
        find_origins(export.connection, export.landing, datasource)
    unknown = "(datasource_id, location, source, data_key, time) in (from disordered)"
    export.rejected += export.query(f"""select datasource_id, file, 'order-unknown', count(*), null
        from placed where {unknown} group by all""")
    export.run(f"""create temp view found_again as
        select * from typed where datasource_id is null or datasource_id not in {literals(strays)}
        union all select * from placed where not {unknown}""")
    export.use("found_again")


def reject_hidden_places(export):
    """Rejects facts of locations that have no public name."""
    public = set(export.order["locations"])
    places = [place for (place,) in export.query("select distinct location from keys")]
    if set(places) <= public:
        return
    listed = f"location in {literals([place for place in places if place in public] or [''])}"
    export.rejected += export.query(f"""select datasource_id, file, 'location-not-listed', cast(sum(facts) as bigint), location
        from keys where ({listed}) is not true group by all""")
    export.run(f"create temp view public_facts as select * from {export.facts} where {listed}")
    export.use("public_facts")


def write_facts(export):
    """Writes the facts by datasource, month, location, source, data_key, time, ordinal, line and sensor.

    Texts are sorted and written as enums: a tenth of the time, and the same order, for an enum sorts by its list, which
    must not be empty. The first five are sorted as one number, the place of the key among all that there can be, and
    instants as whole numbers: sorting by nine columns cost more than everything else.
    """
    for text in TEXTS:
        export.run(f"""create temp type {text}_list as enum (
            select cast({text} as varchar) from keys where {text} is not null union select '' order by all)""")
    coded = {text: f"cast({text} as {text}_list)" for text in TEXTS}

    def place(text):
        count = export.query(f"select len(enum_range(null::{text}_list))")[0][0]
        return f"coalesce(enum_code({text})::bigint, {count})", count + 1

    places = [place("datasource_id"), ("month", MONTHS), *map(place, ("location", "source", "data_key"))]
    key = "0::bigint"
    for code, count in places:
        key = f"({key} * {count} + {code})"
    columns = ", ".join(f"{coded.get(column, column)} as {column}" for column in COLUMNS)
    export.run(f"""copy (
        select {", ".join(COLUMNS)}
        from (select {columns}, {MONTH} as month from {export.facts})
        order by {key}, epoch_us(time), (ordinal::bigint << 32) + line, enum_code(sensor)
    ) to {literal(export.order["facts"])} (format parquet, parquet_version v2, compression zstd, row_group_size 245760)""")


def count_floats(export):
    """Numbers that had four bytes before: they have few digits as four bytes and many as eight."""
    if not export.query("select 1 from keys where floats > 0 limit 1"):
        return []

    def digits(value):
        return f"length(regexp_replace(cast({value} as varchar), '[^0-9]', '', 'g'))"

    return export.query(f"""
        select datasource_id, data_key, count(*), min(data_value), min(data_value)::float::varchar from {export.facts}
        where (datasource_id, data_key) in (select (datasource_id, data_key) from keys where floats > 0)
            and data_value = data_value::float and {digits("data_value")} > 9 and {digits("data_value::float")} < 8
        group by all order by all""")


def count_cells(export, source, label):
    """Cells with a value in a column of the landing, by upload."""
    counted = export.query(f"""select _file, count({identifier(label)}) from {export.landing(source)} as rows
        join {export.landing("_files")} as files
            on files.datasource_id = {literal(source)} and files._ordinal = rows._ordinal
        group by all having count({identifier(label)}) > 0 order by all""")
    return [[label, file, cells] for file, cells in counted]


def count_all(export):
    """The FactCounts of what was written."""
    rows = export.query(f"select count(*) from read_parquet({literal(export.order['facts'])})")[0][0]
    series = export.query("""
        select datasource_id, printf('%04d-%02d', month // 12, month % 12 + 1) as month, location, source, measurement,
            data_key, cast(sum(facts) as bigint) as facts
        from keys group by all order by datasource_id, month, location, source, data_key""")
    return {
        "rows": rows,
        "series": series,
        "rejected": sorted(export.rejected, key=lambda row: tuple(str(value) for value in row)),
        "nothings": export.query("select cast(coalesce(sum(nothings), 0) as bigint) from keys")[0][0],
        "floats": count_floats(export),
        "columns": {
            source: [cells for label in labels for cells in count_cells(export, source, label)]
            for source, labels in export.order["columns"].items()
        },
    }


if __name__ == "__main__":
    export = Export(json.load(sys.stdin))
    open_database(export)
    read_model(export)
    count_rejected_by_models(export)
    place_strays(export)
    reject_hidden_places(export)
    write_facts(export)
    json.dump(count_all(export), sys.stdout)
