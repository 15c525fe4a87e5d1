"""Programs for Python, run in forks of a process that has dbt loaded: loading it takes half of the time of a build.

Reads the path of a socket from its arguments, that of a folder for what it keeps, and that of one for the builds that the
tests of this run share. A client sends the arguments, the folder and the environment of `python -c PROGRAM ...` or
`python FILE ...` with its own standard streams, and gets the exit status, as `waitpid` gives it. Ends with its standard input,
that is with whoever started it.
"""

import gc
import importlib
import importlib.metadata
import inspect
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
import types

import shared_builds

LOADED = ["dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb", "dbt_common.clients.agate_helper", "babel.dates"]

# Of what a build checks, dbt makes JSON Schemas: another second, if each build makes its own.
CHECKED = {
    "dbt.contracts.project": ["Configuration", "PackageConfig", "ProfileConfig", "Project", "ProjectFlags"],
    "dbt.contracts.selection": ["SelectorFile"],
    "dbt.contracts.graph.nodes": ["GenericTestNode", "ModelNode", "SeedNode"],
    "dbt.contracts.graph.unparsed": ["UnparsedModelUpdate", "UnparsedSourceDefinition", "UnparsedUnitTest"],
    "dbt.artifacts.resources.v1.components": ["Contract"],
    "dbt.artifacts.resources.v1.config": ["TestConfig"],
    "dbt.artifacts.resources.v1.model": ["ModelConfig"],
    "dbt.artifacts.resources.v1.seed": ["SeedConfig"],
    "dbt.artifacts.resources.v1.source_definition": ["SourceConfig"],
    "dbt.artifacts.resources.v1.unit_test_definition": ["UnitTestConfig"],
}

# An empty project: parsing it reads the 665 macros that dbt and dbt-duckdb bring, a third of the time of a build.
EMPTY = {
    "dbt_project.yml": 'name: empty\nversion: "1.0.0"\nprofile: empty\n',
    "profiles.yml": 'empty: {target: run, outputs: {run: {type: duckdb, path: ":memory:"}}}\n',
}

OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def invoke(command, project, logs, target):
    """Runs dbt in this process, which says nothing unless it fails."""
    from dbt.cli.main import dbtRunner
    from dbt.parser import models

    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", target, "--log-path", logs]
    # The static parser starts threads of its own, for good; dbt does without it when it gives up.
    extract, models.py_extract_from_source = models.py_extract_from_source, give_up
    done = dbtRunner().invoke(["--quiet", command, *places])
    models.py_extract_from_source = extract
    if not done.success:
        sys.exit(f"dbt cannot {command} {project}; see {logs}/dbt.log")


def give_up(_):
    from dbt_extractor import ExtractionError

    raise ExtractionError


def kept_parses(folder):
    """Where dbt's own macros lie, parsed, and what dbt made of our project; parsed once for each version of dbt."""
    versions = [importlib.metadata.version(name) for name in ("dbt-core", "dbt-adapters", "dbt-duckdb")]
    kept = os.path.join(folder, "-".join(["parsed", *versions]))
    if not os.path.exists(kept):
        os.makedirs(folder, exist_ok=True)
        made = tempfile.mkdtemp(dir=folder)
        for name, text in EMPTY.items():
            with open(os.path.join(made, name), "w") as file:
                file.write(text)
        invoke("parse", made, made, os.path.join(made, "macros"))
        invoke("parse", OURS, made, os.path.join(made, "ours"))
        try:
            os.rename(made, kept)
        except OSError:  # another run was quicker
            shutil.rmtree(made)
    return os.path.join(kept, "macros"), os.path.join(kept, "ours")


def keep_parsed(macros, ours):
    """From now on a build finds dbt's own macros parsed, as it would after an earlier build; a project is parsed as ever."""
    from dbt.artifacts.schemas.manifest import WritableManifest
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser import manifest as parsing
    from dbt_common.clients import system
    from dbt_common.clients.jinja import template_cache

    def read(parsed):
        with open(os.path.join(parsed, "partial_parse.msgpack"), "rb") as file:
            return Manifest.from_msgpack(file.read(), decoder=parsing.extended_mashumuro_decoder)

    kept = read(macros)
    # Compiled by dbt when it first needs them, and kept.
    for macro in kept.macros.values():
        template_cache.get_node_template(macro)
    # dbt writes the code that reads and writes each of its classes when it first needs it.
    made = read(ours)
    made.to_msgpack(parsing.extended_mashumaro_encoder)
    for things in (made.nodes, made.sources, made.macros, made.unit_tests):
        for thing in things.values():
            thing.to_resource().to_dict()
            thing.to_dict()
    with open(os.path.join(ours, "manifest.json")) as file:
        WritableManifest.from_dict(json.load(file)).to_dict()

    def read_manifest_for_partial_parse(loader):
        # Hooks are parsed by a full parse alone.
        if loader.root_project.on_run_start or loader.root_project.on_run_end:
            return None
        kept.metadata = loader.manifest.metadata
        kept.state_check = loader.manifest.state_check
        return kept

    parsing.ManifestLoader.read_manifest_for_partial_parse = read_manifest_for_partial_parse
    # Nobody parses the same project in the same folder again.
    parsing.ManifestLoader.write_manifest_for_partial_parse = lambda _: None

    def dump(data, file, **options):
        file.write(json.dumps(data, **options))  # the same text, by the encoder in C

    system.json = types.SimpleNamespace(**{**vars(json), "dump": dump})
    # A project's own `source` or `ref` asks for a full parse, because of models that were parsed with another: there are none.
    parsing.ManifestLoader.skip_partial_parsing_because_of_macros = lambda _: False


def serve(path):
    """Forks for each client; returns in the fork that is to run a program, with its order."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    # Nobody waits for the fork of a client; it waits for its own, which runs the program.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            sys.exit(0)
        client, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            order = receive(client)
            program = os.fork()
            if program == 0:
                client.close()
                return order
            status = os.waitpid(program, 0)[1]
            try:
                client.sendall(struct.pack("!i", status))
            except BrokenPipeError:
                pass  # the client was killed
            os._exit(0)
        client.close()


def receive(client):
    """Takes over the client's streams, and reads what it wants."""
    head, streams, _, _ = socket.recv_fds(client, 4, 3)
    (length,) = struct.unpack("!I", head)
    text = b""
    while len(text) < length:
        part = client.recv(length - len(text))
        if not part:
            os._exit(1)
        text += part
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return json.loads(text)


for name in LOADED:
    importlib.import_module(name)
for module, names in CHECKED.items():
    for name in names:
        getattr(importlib.import_module(module), name).json_schema()
with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    parses = kept_parses(sys.argv[2])
    invoke("parse", OURS, scratch, scratch)
keep_parsed(*parses)
inspect.stack()  # dbt asks for one, which looks at the file of every module
# A fork has none of the threads: DuckDB's end with its connections, the one that it opens by itself too.
sys.modules["duckdb"].default_connection().close()
if len(os.listdir("/proc/self/task")) > 1:
    sys.exit("something loaded has started a thread, which a fork would not have")
gc.collect()
gc.freeze()
shared = sys.argv[3]
arguments, folder, environment = serve(sys.argv[1])
# From here as a Python that has just been started so.
os.chdir(folder)
os.environ.clear()
os.environ.update(environment)
time.tzset()
sys.stdin = open(0, closefd=False)
sys.stdout = open(1, "w", closefd=False)
sys.stderr = open(2, "w", buffering=1, closefd=False, errors="backslashreplace")
if arguments[0] == "-c":
    sys.argv = ["-c", *arguments[2:]]
    sys.path[0] = ""
    exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
else:
    sys.dont_write_bytecode = True
    sys.exit(shared_builds.run(arguments, shared))
