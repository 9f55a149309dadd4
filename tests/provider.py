"""The provider under test: `glaspost demo` in a folder of its own, and the plain ways to talk to it."""

import email
import email.policy
import imaplib
import json
import os
import poplib
import signal
import smtplib
import socket
import ssl
import subprocess
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from waiting import wait_for

HOUSE = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("GLASPOST", HOUSE / "target" / "debug" / "glaspost"))
ANNA = "anna@telfortglasvezel.nl"
BRAM = "bram@telfortglasvezel.nl"
PASSWORD = "glaspost-demo"
#: Own networks are 127.0.0.0/24; this loopback address is outside.
OUTSIDE = "127.9.0.1"


@dataclass(frozen=True)
class Door:
    """One address of a listener."""

    name: str
    protocol: str
    address: str
    port: int
    tls: str
    names: tuple


class Provider:
    """A demo: started, stopped, killed and started again on the same folder."""

    def __init__(self, folder, *arguments, ports="free", accounts=0, environment=None):
        self.folder = Path(folder)
        self.environment = {**os.environ, **(environment or {})}
        self.arguments = [*arguments, "--ports", ports, "--accounts", str(accounts)]
        self.process = None
        self.facts = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def start(self):
        self.launch()
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise AssertionError(f"the demo did not start: {self.log()}")
        self.facts = json.loads(line)
        return self

    def launch(self):
        """Starts the process, and does not wait for its doors."""
        log = open(self.folder.parent / f"{self.folder.name}.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "demo", "--dir", self.folder, "--json", *self.arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=self.environment,
        )
        log.close()

    def log(self):
        return (self.folder.parent / f"{self.folder.name}.log").read_text(errors="replace")

    def configure(self, more, says="reloaded"):
        """Adds to the configuration, and waits until it holds."""
        with open(self.facts["config"], "a") as file:
            file.write(f"\n{more}")
        self.reload(says)

    def reload(self, says="reloaded"):
        """Has it read its configuration again, and waits for what it says of it."""
        before = len(self.log())
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: says in self.log()[before:])

    def stop(self, within=15):
        """SIGTERM: sessions are told, commits end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(within) == 0, self.log()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *words, check=True, stdin=None):
        """A command of the program on this provider's configuration."""
        done = subprocess.run(
            [PROGRAM, "--config", self.facts["config"], *words],
            capture_output=True, text=True, input=stdin, timeout=120, env=self.environment,
        )
        if check:
            assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def check_store(self):
        self.run("store", "check")

    @property
    def ca(self):
        return self.facts["ca"]

    @property
    def outside(self):
        return Path(self.facts["outside"])

    def door(self, protocol, tls=None):
        for listener in self.facts["listeners"]:
            if listener["protocol"] == protocol and tls in (None, listener["tls"]):
                return Door(**{**listener, "names": tuple(listener["names"])})
        raise LookupError(f"no {protocol} listener with tls {tls}")

    def trust(self):
        return ssl.create_default_context(cafile=self.ca)

    def imap(self, who=ANNA, tls="implicit", password=PASSWORD):
        door = self.door("imap", tls)
        if tls == "implicit":
            context = self.trust()
            context.check_hostname = False
            client = imaplib.IMAP4_SSL(door.address, door.port, ssl_context=context, timeout=30)
        else:
            client = imaplib.IMAP4(door.address, door.port, timeout=30)
        client.login(who, password)
        return client

    def pop3(self, who=ANNA, tls="none"):
        door = self.door("pop3", tls)
        if tls == "implicit":
            context = self.trust()
            context.check_hostname = False
            client = poplib.POP3_SSL(door.address, door.port, context=context, timeout=30)
        else:
            client = poplib.POP3(door.address, door.port, timeout=30)
        client.user(who)
        client.pass_(PASSWORD)
        return client

    def smtp(self, protocol="mx", source=None, helo="mail.example.org"):
        door = self.door(protocol)
        return smtplib.SMTP(door.address, door.port, helo, timeout=30, source_address=(source, 0) if source else None)

    def submission(self, who=ANNA, source=None):
        client = self.smtp("submission", source)
        context = self.trust()
        context.check_hostname = False
        client.starttls(context=context)
        client.ehlo()
        client.login(who, PASSWORD)
        return client

    def lmtp(self):
        door = self.door("lmtp")
        return smtplib.LMTP(door.address, door.port, "mail.example.org", timeout=30)

    def deliver(self, text, to=ANNA, sender="renee@buren.example"):
        """A message from the Internet."""
        with self.smtp() as client:
            client.sendmail(sender, [to], text)

    def talk(self, door):
        """A plain socket to a listener."""
        connection = socket.create_connection((door.address, door.port), timeout=30)
        return connection, connection.makefile("rb")

    def count(self, needle, who=ANNA, mailbox="INBOX"):
        """How many messages hold `needle` in their bytes, by IMAP."""
        return len([raw for raw in self.messages(who, mailbox) if needle.encode() in raw])

    def messages(self, who=ANNA, mailbox="INBOX"):
        with self.imap(who) as client:
            client.select(mailbox, readonly=True)
            _, parts = client.fetch("1:*", "(BODY.PEEK[])")
            return [part[1] for part in parts if isinstance(part, tuple)]

    def wait_outside(self, needle, within=30):
        """The message that holds `needle`, once the sink has it."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for file in self.outside.glob("*.eml"):
                raw = file.read_bytes()
                if needle.encode() in raw:
                    return email.message_from_bytes(raw, policy=email.policy.default)
            time.sleep(0.05)
        raise AssertionError(f"{needle} did not leave: {self.log()[-3000:]}")


def unique():
    """A word that stands in no other message."""
    return f"kenmerk-{uuid.uuid4().hex[:12]}"


def letter(word, sender="renee@buren.example", to=ANNA, body="Hallo.\r\n"):
    return f"From: <{sender}>\r\nTo: <{to}>\r\nSubject: {word}\r\nMessage-ID: <{word}@buren.example>\r\n\r\n{body}"


def tool(*words, check=True, **more):
    """A real client."""
    more.setdefault("timeout", 120)
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, errors="replace", **more)
    if check:
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done
