"""Runs a block of Python as a notebook does: prints what its last line shows, a table of readings, as JSON."""

import ast
import json
import sys

block = ast.parse(sys.stdin.read())
shown = ast.Expression(block.body.pop().value)
names = {}
exec(compile(block, "block", "exec"), names)
table = eval(compile(shown, "block", "eval"), names)
rows = zip(table["time"], table["location"], table["data_key"], table["data_value"], strict=True)
json.dump([[time.isoformat(), location, key, value] for time, location, key, value in rows], sys.stdout)
