"""From which address of this machine mail leaves, and by which name; and that a connection is used again."""

import re
import smtplib

import pytest

from far import Far
from provider import ANNA, BRAM, letter, unique
from server import Server

SOURCES = """
[[queue.sources]]
name = "news"
addresses = [{ address = "127.0.0.21", host-name = "news.provider.example" }]
sender-domains = ["nieuws.example"]

[[queue.sources]]
name = "rest"
addresses = [{ address = "127.0.0.22", host-name = "out.provider.example" }]
listeners = ["relay"]
"""


@pytest.fixture(scope="module")
def far_side():
    with Far("127.0.0.7") as far:
        yield far


@pytest.fixture(scope="module")
def server(tmp_path_factory, far_side):
    made = Server(tmp_path_factory.mktemp("sources"), SOURCES)
    host = f'smart-host = {{ host = "{far_side.address}", port = {far_side.port} }}\nkeep-connections = "3 s"'
    made.config.write_text(re.sub(r"smart-host = .*", host, made.config.read_text()))
    with made as running:
        yield running
        running.stop()


def send(server, sender, *recipients):
    word = unique()
    connection, _ = server.connect("relay")
    host, port = connection.getpeername()
    connection.close()
    with smtplib.SMTP(host, port, "pc.example.org", timeout=30) as client:
        client.sendmail(sender, list(recipients), letter(word, sender, BRAM))
    return word


def test_each_by_its_address_and_name(server, far_side):
    for sender, address, name in [(ANNA, "127.0.0.22", b"out"), ("redactie@nieuws.example", "127.0.0.21", b"news")]:
        word = send(server, sender, "klant@elders.example")
        far_side.wait_for_message(word)
        assert far_side.peers[-1] == address
        assert far_side.heard[-1].startswith(b"EHLO " + name + b".provider.example\r\n")


def test_the_next_message_goes_by_the_same_connection(server, far_side):
    far_side.hang_up()
    before = far_side.sessions
    for number in range(3):
        far_side.wait_for_message(send(server, ANNA, f"klant@plaats{number}.example"))
    assert far_side.sessions == before + 1
