"""Runs before dbt builds levels: their models may read the marts `fct_sensor_readings` and `fact` by their names, and find
the whole archive there instead of one night. What aggregates leave out, implausible and excluded readings, is left out
here too.

Reads {database, archive} as JSON from standard input: the database that dbt will build in, and the archive's folder
with `<datasource>/<month>.parquet`.
"""

import json
import sys

import duckdb
from sql_text import literal


def provide(database, archive):
    files = literal(archive + "/*/*.parquet")
    rows = f"read_parquet({files}, union_by_name = true, filename = '_path') where flags & 3 = 0"
    origin = "parse_path(_path)[-2] as datasource_id, sensor"
    connection = duckdb.connect(database)
    connection.execute("set timezone='UTC'")
    connection.execute(f"""create or replace view fct_sensor_readings as
        select time as "timestamp", location, data_key as measurement, data_value as value, source, {origin} from {rows}""")
    connection.execute(f"""create or replace view fact as
        select time, location, source, measurement, data_key, data_value, {origin} from {rows}""")


if __name__ == "__main__":
    order = json.load(sys.stdin)
    provide(order["database"], order["archive"])
