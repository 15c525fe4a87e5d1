"""In place of a Python: hands `-c PROGRAM`, and the programs of packages/warehouse/src/python, to the process that has dbt
loaded; everything else is that Python's own."""

import json
import os
import socket
import struct
import sys

PYTHON, SERVER = "{python}", "{server}"

# As run-python.ts starts our programs.
ISOLATED = ["-E", "-s", "-B", "-W", "ignore"]

arguments = sys.argv[1:]
if arguments[: len(ISOLATED)] == ISOLATED:
    arguments = arguments[len(ISOLATED) :]
elif arguments[:2] == ["-I", "-c"]:
    arguments = arguments[1:]
elif arguments[:1] != ["-c"]:
    os.execv(PYTHON, [PYTHON, *arguments])
order = json.dumps([arguments, os.getcwd(), dict(os.environ)]).encode()
server = socket.socket(socket.AF_UNIX)
server.connect(SERVER)
socket.send_fds(server, [struct.pack("!I", len(order))], [0, 1, 2])
server.sendall(order)
answer = server.recv(4)
if len(answer) < 4:
    sys.exit("the process that has dbt loaded did not say how the program ended")
(status,) = struct.unpack("!i", answer)
if os.WIFSIGNALED(status):
    os.kill(os.getpid(), os.WTERMSIG(status))
sys.exit(os.WEXITSTATUS(status))
