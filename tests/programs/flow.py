"""imapflow, a client in Node, as many web applications use it: driven through `node/drive.mjs`."""

import json
import select
import subprocess
from pathlib import Path

from provider import ANNA, PASSWORD

NODE = Path(__file__).resolve().parent / "node"


class Flow:
    """One client; `flow("fetch", range="1:*", query={…})` does what the driver calls so."""

    def __init__(self, provider, who=ANNA, **how):
        self.process = subprocess.Popen(
            ["node", NODE / "drive.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=NODE, text=True
        )
        door = provider.door("imap", "implicit")
        self.capabilities = self("connect", host=door.address, port=door.port, ca=str(provider.ca), user=who, **{"pass": PASSWORD}, **how)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __call__(self, deed, within=60, **arguments):
        self.process.stdin.write(json.dumps({"do": deed, **arguments}) + "\n")
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], within)[0], f"{deed} {arguments}: no answer in {within} s"
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, f"{deed} {arguments}: {answer['error']}"
        return answer["value"]
