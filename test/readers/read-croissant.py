"""Reads documents as mlcroissant does. Prints for each its error, or its warnings and how many records it gives, as JSON."""

import json
import logging
import sys

import jsonpath_ng
import jsonpath_ng.lexer

# mlcroissant imports the package that jsonpath-ng succeeds, which is in no wheel.
sys.modules["jsonpath_rw"] = jsonpath_ng
sys.modules["jsonpath_rw.lexer"] = jsonpath_ng.lexer

import mlcroissant as mlc  # noqa: E402

logging.disable(logging.WARNING)


def read(path):
    try:
        dataset = mlc.Dataset(path)
        issues = dataset.metadata.ctx.issues
        sets = dataset.metadata.record_sets
        records = {one.uuid: sum(1 for _ in dataset.records(one.uuid)) for one in sets}
        return {"warnings": sorted(issues.warnings), "records": records}
    except Exception as error:  # whatever a reader stumbles over
        return {"error": str(error)}


json.dump([read(path) for path in sys.argv[1:]], sys.stdout)
