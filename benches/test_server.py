"""What starts, ends and starts anew: a server of a few lines, in a group of processes as any has."""

import sys
import time
from pathlib import Path

from stage import group
from stage.server import DOORS, Server

#: It opens its ports, and has a child that nobody waits for.
PROGRAM = """
import socket, subprocess, sys
child = subprocess.Popen(["sleep", "60"])
open(sys.argv[1], "w").write(str(child.pid))
doors = [socket.create_server(("127.0.0.1", int(port)), backlog=8) for port in sys.argv[2:]]
doors[0].accept()
while True:
    doors[0].accept()
"""


class Doors(Server):
    name = "doors"

    def prepare(self, accounts):
        (self.folder / "kept").write_text("mail")

    def commands(self):
        return [[sys.executable, "-c", PROGRAM, self.folder / "child", *(self.port[door] for door in DOORS)]]


def test_a_server_that_is_started_anew_keeps_its_folder_and_none_of_its_processes(tmp_path):
    group.adopt_orphans()
    server = Doors(tmp_path, None)
    server.start([])
    try:
        first, = server.running
        child = int((server.folder / "child").read_text())
        assert first.pid in server.group.pids() and server.group.cpu_seconds() >= 0
        began = time.monotonic()
        server.restart()
        assert time.monotonic() - began < 5, "all end when they are asked"
        second, = server.running
        assert first.poll() is not None and second.pid != first.pid and second.pid in server.group.pids()
        assert first.pid not in server.group.pids()
        if server.group.means == "control group":
            assert not Path(f"/proc/{child}").exists()
        assert (server.folder / "kept").read_text() == "mail"
    finally:
        server.stop()
    assert server.running == [] and server.group is None
