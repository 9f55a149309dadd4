"""What the works of webmail need beside their server: a browser, and a mailbox that nobody ever tidied."""

import contextlib
import time
from dataclasses import dataclass

from playwright.sync_api import Error

from stage.accounts import HOARDER, PASSWORD
from stage.chromium import PHONE, Browser
from stage.webmail.faces import FACES
from stage.works import Stage

MESSAGES = 100_000
#: The newest of them are as people get them: half with a layout, one of seven with an attachment. They are what is read.
LIFELIKE = 100


@dataclass
class Desk(Stage):
    browser: Browser | None = None
    messages: int = MESSAGES
    minutes: float = 10

    def pause(self, seconds):
        """A person looks; one who only sees whether it works does not."""
        time.sleep(seconds * self.part)

    def fill(self, server):
        """The same messages in the INBOX of each server, in the same order."""
        def make():
            lifelike = min(LIFELIKE, self.messages // 2)
            self.load.run(server, "imap", "fill", user=HOARDER, password=PASSWORD, mailbox="INBOX", count=self.messages - lifelike,
                          sessions=1, at_once=100, size_from=1024, size_to=2048)
            self.load.run(server, "smtp", "corpus", count=lifelike, sessions=1, to=HOARDER)
            server.settle()

        self.once(server, "INBOX", make)

    @contextlib.contextmanager
    def face(self, server, screen=PHONE, slow=True):
        """The server's webmail with the first list on the screen; from here on the machine and the network are the phone's."""
        self.fill(server)
        kind = FACES[server.name]
        with self.browser.tab(screen, kind.script) as tab:
            face = kind(server, tab)
            face.enter(HOARDER)
            if slow:
                tab.slow_down()
            try:
                yield face
            except Error as error:
                raise RuntimeError(f"{error}\nat {face.page.url}") from error
