"""Secure defaults: tickets of TLS end with the keys that made them, which rotate every six hours; nothing is kept, and
nothing is taken before a handshake is done (RFC 5077, 5.5; RFC 8446, 8)."""

import socket
import ssl

import pytest

from clock import HOUR, Clock
from provider import Provider, tool


def trust(provider, version):
    """A context of its own: a session belongs to the one that it came from."""
    context = provider.trust()
    context.check_hostname = False
    context.minimum_version = context.maximum_version = version
    return context


def greeted(provider, context, session=None):
    """Whether a handshake went by the ticket, and the ticket that it brought."""
    door = provider.door("imap", "implicit")
    with socket.create_connection((door.address, door.port), timeout=30) as plain:
        with context.wrap_socket(plain, session=session) as connection:
            assert connection.recv(1_000).startswith(b"* OK")
            return connection.session_reused, connection.session


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_tickets_end_with_their_keys(tmp_path, version):
    clock = Clock(tmp_path)
    with Provider(tmp_path / "demo", environment=clock.environment) as provider:
        context = trust(provider, version)
        reused, first = greeted(provider, context)
        assert not reused and first.has_ticket
        assert greeted(provider, context, first)[0], "a fresh ticket is taken"
        # Another key makes the tickets by now; the one before is kept for six hours more.
        clock.advance(7 * HOUR)
        reused, second = greeted(provider, context, first)
        assert reused
        clock.advance(7 * HOUR)
        assert not greeted(provider, context, first)[0], "its key is gone"
        assert greeted(provider, context, second)[0]
        # In memory alone: after a restart there are other keys.
        assert greeted(provider, context, second)[0]
        provider.stop()
        provider.start()
        assert not greeted(provider, context, second)[0]
        provider.stop()


def test_tls_takes_no_early_data(provider):
    door = provider.door("imap", "implicit")
    words = ["openssl", "s_client", "-connect", f"{door.address}:{door.port}", "-tls1_3", "-CAfile", provider.ca, "-ign_eof"]
    said = tool(*words, input="z LOGOUT\r\n").stdout
    assert "BYE" in said and "Max Early Data: 0" in said, said
