"""docs/security.md, P01 to P09: what a hostile POP3 client, or a loss in the middle, must not do."""

import poplib
import threading

import pytest

from provider import BRAM, Provider, letter, unique
from watch import MIB, Watch


def say(lines, connection, command):
    connection.sendall(command.encode("latin-1") + b"\r\n")
    return lines.readline()


def test_p01_no_tls_within_110(provider):
    connection, lines = provider.talk(provider.door("pop3", "none"))
    with connection:
        lines.readline()
        connection.sendall(b"CAPA\r\n")
        capabilities = iter(lines.readline, b".\r\n")
        assert b"STLS\r\n" not in [line.upper() for line in capabilities]
        assert say(lines, connection, "STLS").startswith(b"-ERR")


def p02_numbers(provider):
    provider.deliver(letter(unique()))
    client = provider.pop3()
    for number in ("0", "-1", "4294967297", "18446744073709551617", "x", "1x", "+1", "0x1", "01e0", ""):
        for command in (f"RETR {number}", f"DELE {number}", f"LIST {number}", f"UIDL {number}", f"TOP {number} 0"):
            if number == "" and command.split()[0] in ("LIST", "UIDL"):
                continue
            with pytest.raises(poplib.error_proto):
                client._shortcmd(command)
            # Twenty errors end a session.
            assert client.noop().startswith(b"+OK")
            if command.startswith("TOP"):
                client.rset()
                client.quit()
                client = provider.pop3()
    for command in ("TOP 1 -1", "TOP 1 x", "TOP 1"):
        with pytest.raises(poplib.error_proto):
            client._shortcmd(command)
    count = client.stat()[0]
    client.quit()
    client = provider.pop3()
    assert client.stat()[0] == count > 0
    client.quit()


def test_p02_numbers_do_not_wrap(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=16 * MIB):
        p02_numbers(provider)


def test_p04_lost_before_quit_nothing_is_deleted(provider):
    word = unique()
    provider.deliver(letter(word))
    client = provider.pop3()
    for number in range(1, client.stat()[0] + 1):
        client.dele(number)
    client.sock.close()
    client.file.close()
    assert provider.count(word) == 1


def test_p04_killed_within_quit_all_or_nothing(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        for delay in (0.0, 0.002, 0.005, 0.02):
            words = [unique() for _ in range(20)]
            for word in words:
                provider.deliver(letter(word))
            client = provider.pop3()
            count = client.stat()[0]
            for number in range(1, count + 1):
                client.dele(number)
            timer = threading.Timer(delay, provider.kill)
            client._putcmd("QUIT")
            timer.start()
            try:
                heard = client.file.readline()
            except OSError:
                heard = b""
            timer.join()
            provider.start()
            left = provider.pop3().stat()[0]
            assert left in (0, count), f"{left} of {count} after a kill {delay} s into QUIT"
            assert left == 0 or not heard.startswith(b"+OK"), "what was acknowledged came back"
        provider.stop()
        provider.check_store()


def test_p07_uidls_stay_after_a_restart(tmp_path):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        for _ in range(5):
            provider.deliver(letter(unique()))
        before = provider.pop3().uidl()[1]
        assert len(set(before)) >= 5
        for line in before:
            name = line.split(b" ")[1]
            assert 1 <= len(name) <= 70 and all(0x21 <= byte <= 0x7E for byte in name)
        provider.stop()
        provider.start()
        assert provider.pop3().uidl()[1] == before
        provider.kill()
        provider.start()
        assert provider.pop3().uidl()[1] == before
        provider.stop()


def p08_long_lines(provider):
    for piece in (b"x", b"\0", b" ", b"\xff"):
        connection, lines = provider.talk(provider.door("pop3", "none"))
        with connection:
            lines.readline()
            connection.sendall(b"NOOP " + piece * 300 + b"\r\n")
            assert lines.readline().startswith(b"-ERR")
            try:
                connection.sendall(piece * MIB)
                rest = lines.read()
            except (ConnectionResetError, BrokenPipeError):
                continue
            assert rest.startswith(b"-ERR") or rest == b""


def test_p08_a_line_has_an_end(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=8 * MIB):
        p08_long_lines(provider)


ATTACKS = [p02_numbers, p08_long_lines]
