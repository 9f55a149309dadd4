"""Pages of the https listener, fetched by curl."""

import subprocess

HOST = "webmail.telfortglasvezel.nl"


def fetch(port, address, ca, path, *options):
    """Status, header fields in lower case, and body."""
    command = ["curl", "--silent", "--show-error", "--include", "--max-time", "20", "--cacert", ca]
    command += ["--resolve", f"{HOST}:{port}:{address}", *options, f"https://{HOST}:{port}{path}"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    head, body = done.stdout.split(b"\r\n\r\n", 1)
    status, *lines = head.decode().lower().splitlines()
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines), body
