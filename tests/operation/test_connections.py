"""docs/security.md, X03: connections from one address, at once and within a minute; an IPv6 /64 is one address."""

import socket
import time

import pytest

from server import Server, free_port

FIRST, LATER = b"220 ", b"421 "


def can_listen(address):
    try:
        with socket.create_server((address, 0), family=socket.AF_INET6 if ":" in address else socket.AF_INET):
            return True
    except OSError:
        return False


#: What this machine has to connect from and to.
LOOPBACKS = [address for address in ("127.0.0.1", "::1") if can_listen(address)]


def listener(name, address, port, more=""):
    return f'[[listener]]\nservice = "mx"\nname = "{name}"\naddress = ["{address}:{port}"]\n{more}\n'


class Doors:
    """A server with an MX that tells by PROXY who comes, and one on each loopback address."""

    def __init__(self, folder, settings=""):
        self.ports = {address: free_port() for address in ("proxied", *LOOPBACKS)}
        plain = [listener(f"mx-{number}", f"[{address}]" if ":" in address else address, self.ports[address])
                 for number, address in enumerate(LOOPBACKS)]
        proxied = listener("mx-proxied", "127.0.0.1", self.ports["proxied"], 'proxies = ["127.0.0.0/8"]')
        self.server = Server(folder, "\n".join([*plain, proxied, settings]))

    def by_proxy(self, client):
        """A connection that a proxy passes on for `client`, and its first line."""
        connection = socket.create_connection(("127.0.0.1", self.ports["proxied"]), timeout=30)
        family = "TCP6" if ":" in client else "TCP4"
        connection.sendall(f"PROXY {family} {client} {'2001:db8::25' if ':' in client else '192.0.2.25'} 40000 25\r\n".encode())
        return connection, connection.makefile("rb").readline()

    def direct(self, address, source):
        connection = socket.create_connection((address, self.ports[address]), timeout=30, source_address=(source, 0))
        return connection, connection.makefile("rb").readline()


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    """With the limits of production."""
    doors = Doors(tmp_path_factory.mktemp("doors"))
    with doors.server as running:
        yield doors
        running.stop()


def fill(connect, addresses, places=50):
    """Takes all places of one household; the next one is turned away, and the places come back."""
    held = []
    for number in range(places):
        connection, first = connect(addresses[number % len(addresses)])
        assert first.startswith(FIRST), (number, first)
        held.append(connection)
    for address in addresses[:5]:
        connection, first = connect(address)
        assert first.startswith(LATER) and connection.recv(100) == b""
        connection.close()
    # Who is in goes on.
    held[0].sendall(b"NOOP\r\n")
    assert held[0].recv(100).startswith(b"250")
    return held


def let_go(connect, address, held):
    for connection in held:
        connection.close()
    end = time.monotonic() + 10
    while True:
        connection, first = connect(address)
        connection.close()
        if first.startswith(FIRST):
            return
        assert time.monotonic() < end, "the places were not given back"
        time.sleep(0.2)


def test_x03_a_64_is_one_address(doors):
    """Fifty connections from as many addresses of one network are fifty from one."""
    addresses = [f"2001:db8:1:2::{number:x}:{number:x}" for number in range(1, 60)]
    held = fill(doors.by_proxy, addresses)
    # The network beside it is somebody else.
    neighbour, first = doors.by_proxy("2001:db8:1:3::1")
    assert first.startswith(FIRST)
    neighbour.close()
    let_go(doors.by_proxy, addresses[0], held)


def test_x03_an_ipv4_address_is_one_however_it_is_written(doors):
    """A mapped address is the IPv4 address itself; its neighbour is another."""
    held = fill(doors.by_proxy, ["198.51.100.7", "::ffff:198.51.100.7"])
    neighbour, first = doors.by_proxy("198.51.100.8")
    assert first.startswith(FIRST)
    neighbour.close()
    let_go(doors.by_proxy, "198.51.100.7", held)


@pytest.mark.parametrize("address", LOOPBACKS)
def test_x03_fifty_at_once(doors, address):
    source = "127.9.5.1" if address == "127.0.0.1" else address

    def connect(source):
        return doors.direct(address, source)
    let_go(connect, source, fill(connect, [source]))


@pytest.mark.parametrize("client", ["2001:db8:9:9::%x", "203.0.113.9"])
def test_x03_three_hundred_new_ones_within_a_minute(doors, client):
    answers = []
    for number in range(1, 311):
        connection, first = doors.by_proxy(client % number if "%" in client else client)
        connection.close()
        answers.append(first[:4])
    # Some of them may still be open when the next one comes, never fifty.
    assert answers.count(FIRST) == 300 and answers[300:] == [LATER] * 10
    other, first = doors.by_proxy("2001:db8:9:8::1" if "%" in client else "203.0.113.10")
    assert first.startswith(FIRST)
    other.close()


def test_x03_the_numbers_are_settings(tmp_path):
    doors = Doors(tmp_path, "[limits]\nconnections-per-address = 2\nnew-connections-per-minute = 5\n")
    with doors.server as running:
        held = fill(doors.by_proxy, ["2001:db8:1:2::1"], places=2)
        for connection in held:
            connection.close()
        first = [doors.by_proxy("192.0.2.1") for _ in range(2)]
        assert all(line.startswith(FIRST) for _, line in first)
        running.stop()
