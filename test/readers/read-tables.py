"""Prints what pyarrow reads of each Parquet file of a folder, as JSON: columns with types and nulls, rows, sums."""

import json
import pathlib
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt


def plain(kind):
    """A dictionary of texts is a column of texts."""
    return "string" if pt.is_dictionary(kind) else str(kind)


def summed(column):
    numbers = pt.is_floating(column.type) or pt.is_integer(column.type)
    return pc.sum(column).as_py() if numbers else len(pc.unique(column)) - (column.null_count > 0)


tables = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.parquet")):
    table = pq.read_table(path)
    tables[path.name] = {
        "columns": [[field.name, plain(field.type), field.nullable] for field in table.schema],
        "rows": table.num_rows,
        "nulls": [column.null_count for column in table.columns],
        "sums": [summed(column) for column in table.columns],
    }
json.dump(tables, sys.stdout)
