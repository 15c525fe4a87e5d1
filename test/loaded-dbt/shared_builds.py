"""Shares among all tests what dbt made of one landing: tests publish the same night many times, and dbt takes most of its time.

A build is dbt over the files of a project and a landing into a new database, and then the export of its facts. The first such
build is run. A later one whose files, arguments and environment are the same, but for the name of the work folder, gets
what the first one left: dbt's results, the exported facts, and what the export printed. Its database is not there: its views
read the landing of the first build. If anything else is to be exported from it, dbt builds it after all. Only builds
that succeed are shared, and none that an earlier run of the tests made.
"""

import hashlib
import io
import json
import os
import runpy
import shutil
import sys
import tempfile

import yaml

# What dbt leaves that is read afterwards, in the folder of its database.
LEFT = ["dbt.log", "target/run_results.json", "target/manifest.json"]
# Beside a database that was not built: the order that would build it.
PROMISED = "promised.json"
# They differ from one test to the next, and dbt does not read them.
UNREAD = {"TMPDIR", "PATH", "HOME", "PWD"}
# Bytes of a landing or of facts: hardly two tests have the same large ones.
LARGE = 1 << 24
FOLDERS = {
    "model-paths": ["models"],
    "seed-paths": ["seeds"],
    "macro-paths": ["macros"],
    "test-paths": ["tests"],
    "snapshot-paths": ["snapshots"],
    "analysis-paths": ["analyses"],
}


def run(arguments, shared):
    """Runs the program that the arguments name, or gives what it gave before. `shared` is the folder of what is shared."""
    program = os.path.basename(arguments[0])
    if program == "run_dbt.py" and "build" in arguments:
        return share_build(arguments, shared)
    if program == "export_facts.py":
        return share_export(arguments, shared)
    return run_really(arguments)


def share_build(arguments, shared):
    database = os.environ.get("WAREHOUSE_DATABASE", "")
    landing = os.environ.get("WAREHOUSE_LANDING", "")
    if not os.path.isabs(database) or not os.path.isabs(landing) or os.path.exists(database) or is_large(landing):
        return run_really(arguments)
    work = os.path.dirname(os.path.dirname(database))
    environment = sorted((name, value) for name, value in os.environ.items() if name not in UNREAD)
    order = json.dumps([arguments[1:], environment]).replace(work, "<work>")
    name = digest(order, *project_files(), *files_below(landing), *files_below(os.environ.get("WAREHOUSE_SOURCES", "")))
    kept, folder = os.path.join(shared, name), os.path.dirname(database)
    promise = json.dumps(
        {"name": name, "arguments": arguments, "project": os.getcwd(), "environment": dict(os.environ)}
    )
    if os.path.isdir(kept):
        for file in LEFT:
            os.makedirs(os.path.dirname(os.path.join(folder, file)), exist_ok=True)
            shutil.copyfile(os.path.join(kept, file), os.path.join(folder, file))
        write(os.path.join(folder, PROMISED), promise)
        return 0
    status = run_really(arguments)
    if status == 0 and all(os.path.exists(os.path.join(folder, file)) for file in LEFT):
        keep(kept, {file: os.path.join(folder, file) for file in LEFT})
        write(os.path.join(folder, f"built-{PROMISED}"), promise)
    return status


def share_export(arguments, shared):
    text = sys.stdin.read()
    order = json.loads(text)
    folder = os.path.dirname(order["database"])
    promised = read(os.path.join(folder, PROMISED))
    built = promised or read(os.path.join(folder, f"built-{PROMISED}"))
    if built is None:
        return run_really(arguments, text)
    work = os.path.dirname(folder)
    kept = os.path.join(shared, f"{built['name']}-{digest(text.replace(work, '<work>'))}")
    if promised is not None and os.path.isdir(kept):
        shutil.copyfile(os.path.join(kept, "facts"), order["facts"])
        with open(os.path.join(kept, "printed"), encoding="utf-8") as file:
            sys.stdout.write(file.read())
        return 0
    if promised is not None:
        build_after_all(promised)
    printed, stdout = io.StringIO(), sys.stdout
    sys.stdout = printed
    try:
        status = run_really(arguments, text)
    finally:
        sys.stdout = stdout
        stdout.write(printed.getvalue())
    if status == 0 and os.path.getsize(order["facts"]) < LARGE:
        keep(kept, {"facts": order["facts"]}, {"printed": printed.getvalue()})
    return status


def build_after_all(promised):
    """In a fork, which works where the build would have."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.chdir(promised["project"])
        os.environ.clear()
        os.environ.update(promised["environment"])
        os.dup2(2, 1)
        status = 1
        try:
            status = run_really(promised["arguments"])
        finally:
            sys.stdout.flush()
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("a build that succeeded before does not now")


def run_really(arguments, text=None):
    """Runs a program as if Python had just been started for it. Returns its exit code."""
    if text is not None:
        sys.stdin = io.StringIO(text)
    sys.argv = list(arguments)
    sys.path[0] = os.path.dirname(arguments[0])
    try:
        runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    return 0


def project_files():
    """The files of the project in this folder that dbt reads."""
    with open("dbt_project.yml", encoding="utf-8") as file:
        project = yaml.safe_load(file)
    folders = {"dbt_packages"}
    for key, usual in FOLDERS.items():
        folders.update(project.get(key, usual))
    top = [name for name in sorted(os.listdir()) if name.endswith((".yml", ".yaml")) or name == ".user.yml"]
    yield from (part for name in top for part in (name, contents(name)))
    for folder in sorted(folders):
        if "{{" not in folder:  # the folder that the environment names
            yield from files_below(folder)


def files_below(folder):
    """Path and contents of each file, in order."""
    for place, below, names in os.walk(folder, followlinks=True):
        below.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            yield os.path.relpath(path, folder)
            yield contents(path)


def is_large(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names) > LARGE


def contents(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def digest(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def keep(kept, files, texts=None):
    """Whoever keeps the same first, wins."""
    made = tempfile.mkdtemp(dir=os.path.dirname(kept))
    for name, path in files.items():
        os.makedirs(os.path.dirname(os.path.join(made, name)), exist_ok=True)
        shutil.copyfile(path, os.path.join(made, name))
    for name, text in (texts or {}).items():
        write(os.path.join(made, name), text)
    try:
        os.rename(made, kept)
    except OSError:
        shutil.rmtree(made)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)
