"""Kills the server at a step of a delivery: when the far side has heard so much, and has not answered yet."""

import json
import threading
import time

from far import WILLING

#: Where a delivery can be cut off: before each answer of the far side, in the middle of the message, and behind the last answer.
STEPS = ("greeting", "hello", "mail", "rcpt", "data", "line", "dot", "after")
#: From which step on the far side may have had the whole message.
WHOLE = ("dot", "after")


class Killer:
    """Strikes once each time that it is armed."""

    def __init__(self, provider, far):
        self.provider, self.far = provider, far
        self.struck = threading.Event()

    def arm(self, step):
        self.struck.clear()
        match step:
            case "line":
                self.far.on_line = self.strike_in_the_middle
            case "after":
                self.far.on_replied = lambda _: self.strike()
            case _:
                self.far.say(**{step: lambda _: self.strike() or WILLING[step]})

    def strike_in_the_middle(self, _, number):
        if number == 5:
            self.strike()
            # The rest may have been sent already.
            raise ConnectionResetError

    def strike(self):
        if not self.struck.is_set():
            self.provider.kill()
            self.struck.set()

    def wait_and_start(self, within=30):
        """The server again, after the kill; the far side is willing from then on."""
        assert self.struck.wait(within), f"nobody came so far: {self.provider.log()[-3000:]}"
        self.far.be_willing()
        self.provider.start()

    def arrived(self, word, within=30):
        """Has what waits tried, until it has left; gives how often the far side had the whole message."""
        end = time.monotonic() + within
        while waits := queue(self.provider):
            assert time.monotonic() < end, waits
            self.provider.run("queue", "retry", "--all", "--reason", "a test", check=False)
            time.sleep(0.1)
        return len([one for one in self.far.taken if word.encode() in one.body])


def queue(provider):
    return json.loads(provider.run("queue", "list", "--json").stdout)


def reports(provider, word):
    """What Anna was told about a message."""
    return [raw for raw in provider.messages() if word.encode() in raw and b"multipart/report" in raw]
