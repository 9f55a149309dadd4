"""A server that finds its way by a DNS of the test's own, and mail that leaves by it."""

import contextlib
import re
import smtplib
import socket
import tomllib
from unittest import mock

import requests

from control import data
from provider import ANNA, PASSWORD, letter, unique
from server import Server
from waiting import wait_for


def server_on(folder, names, queue="", *, inner):
    """A server that asks `names` alone, without a smart host; `queue` holds more settings of that table, `inner` the
    networks in which other servers may be."""
    queue += "\ninner-networks = " + str(inner.split()).replace("'", '"')
    made = Server(folder, f'[dns]\nservers = ["127.0.0.1:{names.port}"]\ntrust-anchors = "{names.anchors()}"\n')
    made.config.write_text(re.sub(r"smart-host = .*\n", lambda _: f"{queue}\n", made.config.read_text()))
    return made


@contextlib.contextmanager
def asked_by_anna(server):
    """Anna's questions to the HTTPS listener of a server, by its name, and the address that they begin with."""
    listeners = tomllib.loads(server.config.read_text())["listener"]
    door = next(listener for listener in listeners if listener["service"] == "https")
    name, (host, _, port) = door["names"][0], door["address"][0].rpartition(":")
    ask = socket.getaddrinfo
    with mock.patch("socket.getaddrinfo", lambda asked, *more, **named: ask(host if asked == name else asked, *more, **named)):
        session = requests.Session()
        # the machine may have authorities of its own
        session.auth, session.verify, session.trust_env = (ANNA, PASSWORD), str(server.facts["ca"]), False
        yield session, f"https://{name}:{port}"


def send(server, domain, sender=ANNA, people=("klant",)):
    """Sends a message by the relay to people of a domain, as a customer's machine does, and gives the word in it."""
    word = unique()
    listeners = tomllib.loads(server.config.read_text())["listener"]
    host, _, port = next(one["address"][0] for one in listeners if one["service"] == "relay").rpartition(":")
    with smtplib.SMTP(host, int(port), source_address=("127.0.0.1", 0), timeout=30) as client:
        client.sendmail(sender, [f"{one}@{domain}" for one in people], letter(word, sender, f"klant@{domain}"))
    return word


def reason(server, domain):
    """Why the message to a domain waits, once it was tried."""
    def right():
        pending = [one for entry in data(server, "queue", "list") for one in entry["recipients"]]
        return next((one["reply"] for one in pending if one["address"].endswith(f"@{domain}") and one["attempts"]), None)
    return wait_for(right)


def arrive(server, subject, body="hello", to=ANNA):
    """A message from the Internet; it is in the mailbox when this returns. More fields may stand behind the subject."""
    listeners = tomllib.loads(server.config.read_text())["listener"]
    host, _, port = next(one["address"][0] for one in listeners if one["service"] == "mx").rpartition(":")
    with smtplib.SMTP(host, int(port), local_hostname="mail.example.org", timeout=30) as client:
        client.sendmail("a@example.org", [to], f"Subject: {subject}\r\n\r\n{body}\r\n")
