"""What watches the server: /healthz, /readyz and /metrics on a listener of their own."""

import re
import urllib.error
import urllib.request

import pytest

from provider import letter, unique


def get(provider, path):
    door = provider.door("metrics")
    try:
        with urllib.request.urlopen(f"http://{door.address}:{door.port}{path}", timeout=10) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_it_is_alive_and_ready(provider):
    assert get(provider, "/healthz")[0] == 200
    status, _, text = get(provider, "/readyz")
    assert status == 200, text
    checks = text.splitlines()
    assert checks and all(line.startswith("[+]") for line in checks), text


def test_nothing_else_is_there(provider):
    assert get(provider, "/")[0] == 404
    assert get(provider, "/../etc/passwd")[0] in (400, 404)


def samples(provider):
    status, headers, text = get(provider, "/metrics")
    assert status == 200 and headers["Content-Type"].startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")
    found, families = {}, set()
    for line in text.splitlines():
        if line.startswith("# "):
            families.add(line.split()[2] if len(line.split()) > 2 else "")
            continue
        name, labels, value = re.fullmatch(r'([a-z_]+)(\{[^}]*\})? (\S+)', line).groups()
        assert name.startswith("glaspost_"), line
        found[name + (labels or "")] = float(value)
    return found


def test_metrics_are_openmetrics_and_move(provider):
    before = samples(provider)
    for _ in range(3):
        provider.deliver(letter(unique()))
    after = samples(provider)
    grown = [name for name in after if after[name] > before.get(name, 0)]
    assert any("mx" in name for name in grown), grown
    assert set(before) <= set(after), set(before) - set(after)


@pytest.mark.parametrize("request_bytes", [b"\x16\x03\x01", b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 5000, b"EHLO x\r\n", b"\0" * 100_000],
                         ids=["tls", "long-header", "smtp", "zeros"])
def test_rubbish_does_no_harm(provider, request_bytes):
    connection, lines = provider.talk(provider.door("metrics"))
    with connection:
        try:
            connection.sendall(request_bytes)
            connection.shutdown(1)
            lines.read()
        except OSError:
            pass
    assert get(provider, "/healthz")[0] == 200
