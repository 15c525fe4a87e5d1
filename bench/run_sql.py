"""Runs one SQL script. Arguments: the script, then name=value for each of its variables. Prints the last result as JSON."""

import json
import sys
from pathlib import Path

import duckdb

script, *variables = sys.argv[1:]
connection = duckdb.connect()
for variable in variables:
    name, value = variable.split("=", 1)
    quoted = value.replace("'", "''")
    connection.execute(f"set variable {name} = '{quoted}'")
rows = connection.execute(Path(script).read_text(encoding="utf-8")).fetchall()
json.dump(rows, sys.stdout)
