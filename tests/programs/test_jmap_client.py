"""The crate `jmap-client`: a visit by a program that stands on it (`tests/programs/jmap-client`)."""

import json
import re

import pytest

from certificates import Authority
from provider import ANNA, HOUSE, PASSWORD, tool
from server import Server

VISIT = HOUSE / "target" / "debug" / "visit"
RECIPIENT = "renee@buren.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server whose HTTPS listener is `localhost`: the crate asks the system for addresses, and takes no other answer."""
    folder = tmp_path_factory.mktemp("visit")
    authority = Authority(folder / "authority")
    shown = authority.issue("localhost")
    made = Server(folder / "server")
    made.authority = authority.file
    text = made.config.read_text()
    before, mark, https = text.partition('service = "https"')
    https, count = re.subn(r'address = \["[^:]*:(\d+)"\]\nnames = \[[^]]*\]', r'address = ["127.0.0.1:\1"]\nnames = ["localhost"]', https, count=1)
    assert mark and count
    text = re.sub(r'chain = .*\nkey = .*\n', lambda _: f'chain = "{shown.chain}"\nkey = "{shown.key}"\n', before + mark + https, count=1)
    made.config.write_text(text)
    with made:
        yield made
        made.stop()
        made.run("store", "check")


@pytest.fixture(scope="module")
def port(server):
    return re.search(r'service = "https"\nname = "https"\naddress = \["127\.0\.0\.1:(\d+)"', server.config.read_text())[1]


def visit(server, port, password=PASSWORD, check=True):
    """What the program found; it trusts the test's own authority, as it would one of the system's."""
    environment = {"SSL_CERT_FILE": str(server.authority), "PATH": "/usr/bin"}
    assert VISIT.exists(), "`make test` builds it: cargo build --locked --manifest-path tests/programs/jmap-client/Cargo.toml"
    return tool(VISIT, f"https://localhost:{port}", ANNA, password, RECIPIENT, env=environment, check=check)


def test_a_program_on_the_crate_does_all_that_it_does(server, port):
    found = json.loads(visit(server, port).stdout)
    assert found["username"] == ANNA
    assert found["calls"] > 1
    assert found["mailboxes"] == {"inbox": "INBOX", "may_read": True, "renamed": "visited", "below_the_inbox": True, "gone": True}
    assert found["emails"] == {
        "found": True, "subject": "visit: an email", "preview": "This is a test.", "from": "visitor@buren.example",
        "false_is_refused": True, "keywords": ["$seen", "visited"], "in_the_trash": True, "added": True, "removed": True, "destroyed": True,
    }
    assert found["event"] == {"state_is_one_of_the_method": True}
    assert found["socket"]["answered"] and found["socket"]["pushed"] and found["socket"]["mailboxes"] > 3
    assert found["submission"] == {"identity": ANNA, "of_the_draft": True, "final": True, "recipients": [RECIPIENT]}


def test_a_wrong_password_is_told(server, port):
    refused = visit(server, port, "wrong", check=False)
    assert refused.returncode == 1 and "401" in refused.stderr
