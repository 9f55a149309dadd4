"""The HTTPS listener: HTTP/1.1 and HTTP/2 under TLS, and the policy of MTA-STS (RFC 8461)."""

import socket
import subprocess

import pytest

HOST = "mta-sts.telfortglasvezel.nl"


def fetch(provider, *options, host=HOST, path="/.well-known/mta-sts.txt"):
    door = provider.door("https")
    command = ["curl", "--silent", "--show-error", "--include", "--max-time", "20", "--cacert", provider.ca]
    command += ["--resolve", f"{host}:{door.port}:{door.address}", *options, f"https://{host}:{door.port}{path}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_the_policy_is_published(provider, version):
    head, body = fetch(provider, version).replace("\r\n", "\n").split("\n\n", 1)
    status, *headers = head.lower().splitlines()
    assert status.split()[:2] == [{"--http1.1": "http/1.1", "--http2": "http/2"}[version], "200"]
    assert "content-type: text/plain; charset=utf-8" in headers
    assert "x-content-type-options: nosniff" in headers
    assert body.splitlines() == ["version: STSv1", "mode: testing", "mx: mx.telfortglasvezel.nl", "max_age: 604800"]


def test_other_hosts_have_none(provider):
    assert " 404" in fetch(provider, host="smtp.telfortglasvezel.nl").splitlines()[0]
    assert " 404" in fetch(provider, path="/.well-known/nothing").splitlines()[0]


def test_plain_http_is_told_so(provider):
    door = provider.door("https")
    with socket.create_connection((door.address, door.port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while more := plain.recv(4096):
            answer += more
    head, body = answer.split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert f"Content-Length: {len(body)}".encode() in head
