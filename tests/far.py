"""A mail server at the far side, which does what a test tells it: takes mail, refuses it, hangs up."""

import hashlib
import select
import socket
import threading
import time
from dataclasses import dataclass

#: What is said at each step of a session unless a test says otherwise.
WILLING = {
    "greeting": "220 far.example ESMTP",
    "starttls": "220 2.0.0 go on",
    "hello": "250-far.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING",
    "mail": "250 2.1.0 fine",
    "rcpt": "250 2.1.5 fine",
    "data": "354 go on",
    "dot": "250 2.0.0 kept",
}
#: In the place of an answer: the connection ends without one.
HANG_UP = "(hang up)"


@dataclass(frozen=True)
class Endless:
    """In the place of an answer: these bytes again and again, so many seconds apart, until the other side has had enough."""

    piece: bytes
    pause: float = 0

    def pour(self, connection):
        while True:
            connection.sendall(self.piece)
            # What the other side says is of no interest; that it has gone is.
            while select.select([connection], [], [], self.pause)[0]:
                if not connection.recv(65_536):
                    return


@dataclass(frozen=True)
class Taken:
    """A message that came whole, whether or not its reply was sent."""

    sender: str
    recipients: tuple
    body: bytes
    reply: str
    #: The version of TLS that it came over, or nothing.
    tls: str = ""

    @property
    def sha256(self):
        return hashlib.sha256(self.body).hexdigest()


class Far:
    """Listens until the `with` ends. `down()` closes the port, `up()` opens the same one again."""

    def __init__(self, address="127.0.0.4", **answers):
        self.address = address
        self.port = 0
        self.answers = {**WILLING, **answers}
        #: An `ssl.SSLContext` for STARTTLS, which the answer to EHLO has to offer.
        self.tls = None
        #: Is called with the session and a number, from 1 on, for each line of a message that comes.
        self.on_line = None
        #: Is called with the session when a message was taken and its reply has been sent.
        self.on_replied = None
        self.taken = []
        # messages whose reply is not sent yet
        self.owing = 0
        #: What each session said, byte for byte.
        self.heard = []
        self.sessions = 0
        #: From which address each session came.
        self.peers = []
        self.listener = None
        self.open = set()
        self.changed = threading.Condition()

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()

    def __str__(self):
        return f"{self.address}:{self.port}"

    def up(self):
        self.listener = socket.create_server((self.address, self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()
        return self

    def down(self):
        if self.listener:
            # Wakes the thread that accepts.
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None

    def hang_up(self):
        """Ends every session that is open, none between a message and its reply: who hears nothing tries again later."""
        with self.changed:
            self.changed.wait_for(lambda: not self.owing, 10)
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def say(self, **answers):
        """From now on: `far.say(rcpt="450 4.2.1 later")`; `far.say(rcpt=None)` is willing again.

        An answer is a text, bytes that go as they are, `HANG_UP`, an `Endless`, or what gives one of these for a session.
        """
        self.answers |= {step: WILLING[step] if text is None else text for step, text in answers.items()}

    def be_willing(self):
        """Takes whatever comes, again."""
        self.on_line = self.on_replied = None
        self.say(**dict.fromkeys(self.answers))

    def wait_for(self, right, within=30, what="the far server"):
        """Waits until `right(taken)` gives something true, and gives it."""
        end = time.monotonic() + within
        with self.changed:
            while not (found := right(self.taken)):
                left = end - time.monotonic()
                assert left > 0, f"{what}: not within {within} s; taken {[t.recipients for t in self.taken]}, {self.sessions} sessions"
                self.changed.wait(left)
        return found

    def wait_for_message(self, word, within=30):
        """The message that holds `word`, once it was taken with 250."""
        return self.wait_for(
            lambda taken: next((t for t in taken if word.encode() in t.body and t.reply.startswith("2")), None), within, word)

    def wait_for_sessions(self, number, within=30):
        self.wait_for(lambda _: self.sessions >= number, within, f"session {number}")

    def _accept(self, listener):
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            with self.changed:
                self.sessions += 1
                self.peers.append(peer[0])
                self.changed.notify_all()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self.open.add(connection)
        try:
            with connection, connection.makefile("rb") as lines:
                record = bytearray()
                self.heard.append(record)
                _Session(self, connection, _Recorded(lines, record)).run()
        except OSError:
            pass
        finally:
            self.open.discard(connection)


class _HungUp(OSError):
    pass


class _Recorded:
    """Lines, each of which is written down as it came."""

    def __init__(self, lines, record):
        self.lines, self.record = lines, record

    def readline(self):
        line = self.lines.readline()
        self.record += line
        return line


class _Session:
    def __init__(self, far, connection, lines):
        self.far, self.connection, self.lines = far, connection, lines
        self.sender, self.recipients = "", []
        self.tls = ""

    def chosen(self, step):
        answer = self.far.answers[step]
        return answer(self) if callable(answer) else answer

    def say(self, answer):
        """Says it, and gives it as a text."""
        if answer == HANG_UP:
            raise _HungUp
        if isinstance(answer, Endless):
            answer.pour(self.connection)
            raise _HungUp
        self.connection.sendall(answer if isinstance(answer, bytes) else answer.encode() + b"\r\n")
        return shown(answer)

    def answer(self, step):
        return self.say(self.chosen(step))

    def run(self):
        self.answer("greeting")
        while line := self.lines.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                self.answer("hello")
            elif verb == b"MAIL":
                self.sender, self.recipients = line.split(b"<")[1].split(b">")[0].decode(), []
                self.answer("mail")
            elif verb == b"RCPT":
                recipient = line.split(b"<")[1].split(b">")[0].decode()
                if self.answer("rcpt").startswith("2"):
                    self.recipients.append(recipient)
            elif verb == b"DATA":
                if not self.recipients:
                    self.connection.sendall(b"503 5.5.1 no recipient\r\n")
                elif self.answer("data").startswith("3"):
                    self.take()
            elif verb == b"STAR" and self.far.tls:
                if not self.answer("starttls").startswith("220"):
                    continue
                self.connection = self.far.tls.wrap_socket(self.connection, server_side=True)
                self.lines = _Recorded(self.connection.makefile("rb"), self.lines.record)
                self.tls = self.connection.version()
            elif verb == b"QUIT":
                self.connection.sendall(b"221 2.0.0 bye\r\n")
                return
            else:
                self.connection.sendall(b"250 2.0.0 fine\r\n")

    def take(self):
        body = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _HungUp
            body.append(line[1:] if line.startswith(b".") else line)
            if self.far.on_line:
                self.far.on_line(self, len(body))
        answer = self.chosen("dot")
        taken = Taken(self.sender, tuple(self.recipients), b"".join(body), shown(answer), self.tls)
        owes = isinstance(answer, (str, bytes)) and answer != HANG_UP
        # Before the reply, so that a test that saw the sender's success finds the message.
        with self.far.changed:
            self.far.taken.append(taken)
            self.far.owing += owes
            self.far.changed.notify_all()
        try:
            self.say(answer)
        finally:
            with self.far.changed:
                self.far.owing -= owes
                self.far.changed.notify_all()
        if self.far.on_replied:
            self.far.on_replied(self)


def shown(answer):
    return answer if isinstance(answer, str) else answer.decode("latin-1") if isinstance(answer, bytes) else repr(answer)
