"""Prints what pyarrow or polars reads of each Parquet file of a folder, as JSON: columns with types and nulls, rows, sums.

Arguments: the reader, the folder.
"""

import json
import pathlib
import sys


def by_pyarrow(path):
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    import pyarrow.types as pt

    def plain(kind):
        """A dictionary of texts is a column of texts."""
        return "string" if pt.is_dictionary(kind) else str(kind)

    def summed(column):
        numbers = pt.is_floating(column.type) or pt.is_integer(column.type)
        return pc.sum(column).as_py() if numbers else len(pc.unique(column)) - (column.null_count > 0)

    table = pq.read_table(path)
    return {
        "columns": [[field.name, plain(field.type), field.nullable] for field in table.schema],
        "rows": table.num_rows,
        "nulls": [column.null_count for column in table.columns],
        "sums": [summed(column) for column in table.columns],
    }


def by_polars(path):
    import polars as pl

    types = {
        pl.Datetime("ms", "UTC"): "timestamp[ms, tz=UTC]",
        pl.Date: "date32[day]",
        pl.String: "string",
        pl.Float64: "double",
        pl.Int32: "int32",
        pl.Boolean: "bool",
    }

    def named(kind):
        return "string" if kind == pl.Categorical else types.get(kind, str(kind))

    def summed(column):
        if not column.dtype.is_numeric():
            return column.drop_nulls().n_unique()
        return column.sum() if column.null_count() < len(column) else None

    table = pl.read_parquet(path)
    # polars keeps nothing of which columns may be null.
    return {
        "columns": [[column.name, named(column.dtype), None] for column in table],
        "rows": table.height,
        "nulls": [column.null_count() for column in table],
        "sums": [summed(column) for column in table],
    }


read = {"pyarrow": by_pyarrow, "polars": by_polars}[sys.argv[1]]
json.dump({path.name: read(path) for path in sorted(pathlib.Path(sys.argv[2]).glob("*.parquet"))}, sys.stdout)
