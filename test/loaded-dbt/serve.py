"""Programs for Python, run in forks of a process that has dbt loaded: loading it takes half of the time of a build.

Reads the path of a socket from its arguments. A client sends the arguments, the folder and the environment of
`python -c PROGRAM ...` with its own standard streams, and gets the exit status, as `waitpid` gives it. Ends with its
standard input, that is with whoever started it.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time

# DuckDB starts a thread when it is loaded, and a fork has none but the one that forked.
LOADED = ["dbt.cli.main", "dbt.task.build", "dbt.adapters.sql", "dbt_common.clients.agate_helper", "babel.dates"]

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
if threading.active_count() > 1 or "duckdb" in sys.modules:
    sys.exit("a loaded module has started a thread, which a fork would not have")
gc.collect()
gc.freeze()
arguments, folder, environment = serve(sys.argv[1])
# From here as a Python that has just been started so.
os.chdir(folder)
os.environ.clear()
os.environ.update(environment)
time.tzset()
sys.stdin = open(0, closefd=False)
sys.stdout = open(1, "w", closefd=False)
sys.stderr = open(2, "w", buffering=1, closefd=False, errors="backslashreplace")
sys.argv = ["-c", *arguments[1:]]
sys.path[0] = ""
exec(compile(arguments[0], "<string>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
