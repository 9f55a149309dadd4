"""`glaspost serve` on what a demo left, with settings of the test's own, as systemd would start it."""

import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import tomllib

from provider import PROGRAM, Provider


#: Below those that connections get by themselves (32768 and up), each worker of a run a part of its own: a port that is free now is
#: free still when the server begins.
FIRST_PORT, PORTS_EACH = 16_000, 2_000
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = itertools.cycle(range(FIRST_PORT + WORKER * PORTS_EACH, FIRST_PORT + (WORKER + 1) * PORTS_EACH))


def free_port():
    """A port on which nobody listens, at any address."""
    for port in PORTS:
        with contextlib.suppress(OSError), socket.create_server(("", port)):
            return port


class Server:
    """A server with a configuration of its own; the demo before it has made the accounts and certificates."""

    def __init__(self, folder, settings=""):
        folder.mkdir(exist_ok=True)
        with Provider(folder / "demo") as demo:
            demo.stop()
            self.facts = demo.facts
            text = open(demo.facts["config"]).read()
        text = re.sub(r":0\"", lambda _: f':{free_port()}"', text)
        self.config = folder / "glaspost.toml"
        self.config.write_text(f"{text}\n{settings}")
        self.log_file = folder / "serve.log"
        self.notes_path = folder / "notify"
        self.process = None
        #: More of it, from the next start on.
        self.environment = {}

    def __enter__(self):
        self.notes_path.unlink(missing_ok=True)
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notes.bind(str(self.notes_path))
        self.notes.settimeout(20)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--config", self.config], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.environment, "NOTIFY_SOCKET": str(self.notes_path)},
            )
        assert "READY=1" in self.note(), self.log()
        return self

    def __exit__(self, *_):
        self.notes.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def note(self):
        """The next thing that systemd is told."""
        return self.notes.recv(4096).decode().splitlines()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(12) == 0, self.log()

    def run(self, *words, check=True, stdin=None):
        """A command of the program on this server's configuration."""
        done = subprocess.run([PROGRAM, "--config", self.config, *words], capture_output=True, text=True, input=stdin, timeout=120)
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def log(self):
        return self.log_file.read_text(errors="replace")

    def connect(self, name):
        """A connection to the listener of that name, and its lines."""
        listeners = tomllib.loads(self.config.read_text())["listener"]
        address = next(listener["address"][0] for listener in listeners if listener["name"] == name)
        host, _, port = address.rpartition(":")
        connection = socket.create_connection((host, int(port)), timeout=30)
        return connection, connection.makefile("rb")
