"""Runs a block of SQL from standard input in DuckDB with httpfs, and prints its rows as JSON: times as text."""

import json
import pathlib
import sys

import duckdb
import duckdb_extension_httpfs

(extension,) = pathlib.Path(duckdb_extension_httpfs.__path__[0]).rglob("httpfs.duckdb_extension")
connection = duckdb.connect()
connection.load_extension(str(extension))
json.dump(connection.execute(sys.stdin.read()).fetchall(), sys.stdout, default=str)
