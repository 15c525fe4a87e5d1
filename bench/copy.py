"""Copies the rows of a Parquet file to Parquet and to gzipped CSV with DuckDB. Arguments: the file, the folder for both.

Prints seconds of processor time and the peak of memory as JSON.
"""

import json
import resource
import sys

import duckdb

source, folder = (argument.replace("'", "''") for argument in sys.argv[1:])
connection = duckdb.connect()
connection.execute("set threads = 2")
connection.execute(
    f"copy (from read_parquet('{source}')) to '{folder}/copy.parquet' (format parquet, compression zstd)"
)
connection.execute(f"copy (from read_parquet('{source}')) to '{folder}/copy.csv.gz' (format csv, compression gzip)")
used = resource.getrusage(resource.RUSAGE_SELF)
json.dump({"seconds": used.ru_utime + used.ru_stime, "peakBytes": used.ru_maxrss * 1024}, sys.stdout)
