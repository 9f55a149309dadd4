"""A certificate that has been renewed is taken at a reload, whatever else is wrong with the file."""

import re
import shutil
import signal
import smtplib
import ssl
from pathlib import Path

import pytest

from certificates import Authority
from server import Server

#: A route whose password cannot be read, a listener whose certificate is nowhere, and no configuration at all.
FAULTS = {
    "password": '[[route]]\nkind = "smart-host"\nhosts = ["a.example"]\nuser = "u"\npassword-file = "/nowhere/password"\n',
    "listener": '[[listener]]\nservice = "mx"\nname = "second"\naddress = ["192.0.2.1:25"]\n',
    "text": "this is no configuration\n",
}


def shown(server):
    """The certificate that the MX shows."""
    address = re.search(r'name = "mx"\naddress = \["([^:]+):(\d+)', server.config.read_text())
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(address[1], int(address[2]), timeout=20) as client:
        client.starttls(context=context)
        return ssl.DER_cert_to_PEM_cert(client.sock.getpeercert(binary_form=True))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("renewal")) as running:
        yield running
        running.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_renewed_certificate_is_taken_beside_a_fault(server, tmp_path, fault):
    text = server.config.read_text()
    chain, key = (Path(re.search(rf'"([^"]+/tls\.{kind})"', text)[1]) for kind in ("pem", "key"))
    before = shown(server)
    new = Authority(tmp_path / "ca").issue("mx.example")
    shutil.copy(new.chain, chain)
    shutil.copy(new.key, key)
    server.config.write_text(f"{text}\n{FAULTS[fault]}")
    logged = len(server.log())
    server.process.send_signal(signal.SIGHUP)
    assert "RELOADING=1" in server.note() and "READY=1" in server.note()
    server.config.write_text(text)
    assert "stay" in server.log()[logged:], server.log()[logged:]
    assert shown(server) != before and shown(server) in new.chain.read_text()
