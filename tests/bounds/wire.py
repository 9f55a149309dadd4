"""A plain IMAP client for attacks: sends bytes, and reads every reply strictly."""

import select
import socket
import time

from provider import ANNA, PASSWORD
from strict import Replies


class Wire:
    """A connection to the IMAP listener; what comes back is parsed by `strict`, and must be well formed."""

    def __init__(self, provider, who=None, password=PASSWORD, timeout=60, source=None, receive=None):
        door = provider.door("imap", "starttls")
        self.socket = socket.socket()
        if receive:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        self.socket.settimeout(timeout)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((door.address, door.port))
        self.replies = Replies()
        self.number = 0
        self.greeting = self.reply()
        if who:
            assert self.say(f"LOGIN {who} {password}")[-1].status == "OK"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def reply(self):
        """The next reply; None at the end."""
        while not (reply := self.replies.next()):
            data = self.socket.recv(65536)
            if not data:
                self.replies.end()
                return None
            self.replies.feed(data)
        return reply

    def until(self, tag):
        """Replies up to the tagged one."""
        heard = []
        while reply := self.reply():
            heard.append(reply)
            if reply.tag == tag:
                break
        assert heard and heard[-1].tag == tag, f"no reply to {tag}: {[r.line[:200] for r in heard[-3:]]}"
        return heard

    def begin(self, command):
        """Sends a command and gives its tag."""
        self.number += 1
        tag = f"t{self.number}"
        self.send(tag.encode() + b" " + (command.encode() if isinstance(command, str) else command) + b"\r\n")
        return tag

    def say(self, command):
        return self.until(self.begin(command))

    def status(self, command):
        """`OK`, `NO` or `BAD`, with its code: `NO [LIMIT]`."""
        reply = self.say(command)[-1]
        return reply.status + (f" [{reply.code}]" if reply.code else "")

    def rest(self, within=30):
        """All replies until the server hangs up."""
        self.socket.settimeout(within)
        heard = []
        try:
            while reply := self.reply():
                heard.append(reply)
        except ConnectionResetError:
            pass
        return heard

    def append(self, message, mailbox="INBOX"):
        self.number += 1
        tag = f"t{self.number}"
        self.send(f"{tag} APPEND {mailbox} {{{len(message)}}}\r\n")
        first = self.reply()
        if first.tag != "+":
            return first.status
        self.send(message + b"\r\n")
        return self.until(tag)[-1].status


def noop(provider, who=ANNA):
    """How long another session's NOOP takes, once it is logged in."""
    with Wire(provider, who) as other:
        begun = time.monotonic()
        assert other.status("NOOP") == "OK"
        return time.monotonic() - begun


def quiet(connection, seconds):
    """Whether nothing comes for so long."""
    return not select.select([connection], [], [], seconds)[0]
