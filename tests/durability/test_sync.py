"""No reply before the disk has it: the program's system calls, seen by strace, in their order (docs/security.md, R25).

A kill does not show this, since what was written lives on in the machine's memory.
"""

import re
import time

import pytest

from calls import SYNCS, Calls
from far import Far
from load import lmtp_data
from provider import ANNA, BRAM, Provider, letter, unique

CALL = re.compile(r"^(\d+) +([\d.]+) (.*)$")
START = re.compile(r"(\w+)\((\d+)<([^>]*)>")


class Trace(Calls):
    """System calls of a running program, in the order of their ends."""

    def __init__(self, provider, file):
        super().__init__(provider, file, "-s", "1000", "-e", f"trace={SYNCS},sync_file_range,sendto,write,writev,pwrite64")

    def steps(self):
        """What matters: `("pack written" | "pack synced" | "mail written" | "mail synced" | "told", text)`."""
        begun = {}
        for line in self.file.read_text(errors="replace").splitlines():
            pid, _, rest = CALL.match(line).groups()
            if "resumed>" in rest:
                name, path, text = begun.pop(pid, ("", "", ""))
            elif started := START.match(rest):
                name, path, text = started[1], started[3], rest
                if "<unfinished" in rest and "sync" in name:
                    begun[pid] = (name, path, text)
                    continue
            else:
                continue
            place = "pack" if "/packs/" in path or "/large/" in path or "/spool" in path else "mail" if "/mail.db" in path else None
            if place:
                yield (f"{place} {'synced' if 'sync' in name else 'written'}", path)
            elif path.startswith(("socket:", "TCP")) or "TCP" in path:
                yield ("told", text)


def judge(steps, reply, blob):
    """That before `reply` the commit was written and synced, and before it the message's bytes."""
    before, told = [], False
    for step, text in steps:
        if step == "told" and reply in text:
            told = True
            break
        if step == "told":
            # An earlier reply: 354, 250 to RCPT.
            before = []
        else:
            before.append(step)
    assert told, f"{reply} was not seen"
    assert "mail written" in before, f"nothing was written before {reply}"
    last = len(before) - 1 - before[::-1].index("mail written")
    assert "mail synced" in before[last:], f"{reply} was said before the commit was synced: {before}"
    if blob:
        assert "pack written" in before, f"no bytes were written before {reply}: {before}"
        assert "pack synced" in before[:last], f"the commit was made before the bytes were synced: {before}"


def message(client, to, sender="renee@buren.example"):
    client.mail(sender)
    assert client.rcpt(to)[0] == 250
    return lambda: client.data(letter(unique(), sender, to))


def by_lmtp(provider, _):
    client = provider.lmtp()
    client.ehlo()
    client.mail("renee@buren.example")
    client.rcpt(ANNA)
    return lambda: lmtp_data(client, letter(unique()).encode(), 1)


def by_mx(provider, _):
    client = provider.smtp()
    client.ehlo()
    return message(client, ANNA)


def by_relay_to_elsewhere(provider, _):
    client = provider.smtp("relay", "127.0.0.1")
    client.ehlo()
    return message(client, "klant@elders.example", ANNA)


def imap(command, *flags):
    def begin(provider, _):
        client = provider.imap(tls="starttls")
        client.create("Archief")
        client.select("INBOX")
        client.append("INBOX", None, None, letter(unique()).encode())
        client.store("*", "FLAGS", f"({' '.join(flags)})")
        client.noop()
        return lambda: command(client)
    return begin


def by_mx_to_several(provider, _):
    client = provider.smtp()
    client.ehlo()
    client.mail("renee@buren.example")
    assert client.rcpt(ANNA)[0] == client.rcpt(BRAM)[0] == 250
    return lambda: client.data(letter(unique()))


def by_pop3(provider, _):
    provider.deliver(letter(unique()))
    client = provider.pop3()
    client.dele(1)
    return client.quit


ACTS = {
    "mx": (by_mx, "250 2.0.0", True),
    "intake": (by_mx_to_several, "250 2.0.0", True),
    "lmtp": (by_lmtp, "250 2.0.0", True),
    "queue": (by_relay_to_elsewhere, "250 2.0.0", True),
    "append": (imap(lambda client: client.append("INBOX", None, None, letter(unique()).encode())), "OK [APPENDUID", True),
    "store": (imap(lambda client: client.store("1", "FLAGS", f"({unique()})")), " OK ", False),
    "copy": (imap(lambda client: client.copy("1", "Archief")), "[COPYUID", False),
    "expunge": (imap(lambda client: client.expunge(), r"\Deleted"), " OK ", False),
    "move": (imap(lambda client: client.uid("MOVE", "1:*", "Archief")), "[COPYUID", False),
    "create": (imap(lambda client: client.create(unique())), " OK ", False),
    "quit": (by_pop3, "+OK", False),
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Far("127.0.0.7", greeting="421 4.3.2 closed") as far:
        with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(far)) as running:
            yield running
            running.stop()
            running.check_store()


@pytest.mark.parametrize("name", ACTS)
def test_r25_the_disk_has_it_first(provider, tmp_path, name):
    begin, reply, blob = ACTS[name]
    act = begin(provider, tmp_path)
    with Trace(provider, tmp_path / "trace") as trace:
        act()
        time.sleep(0.2)
    judge(list(trace.steps()), reply, blob)


def test_a_sync_of_the_log_leaves_its_times_alone(provider, tmp_path):
    """SQLite is built to use fdatasync (.cargo/config.toml): fsync is a transaction of the file system more."""
    act = by_lmtp(provider, tmp_path)
    with Trace(provider, tmp_path / "trace") as trace:
        act()
        time.sleep(0.2)
    syncs = re.findall(r"(f(?:data)?sync)\(\d+<[^>]*/mail\.db-wal>", trace.file.read_text(errors="replace"))
    assert syncs and set(syncs) == {"fdatasync"}


@pytest.mark.parametrize("steps, right", [
    (["pack written", "pack synced", "mail written", "mail synced"], True),
    (["pack written", "pack synced", "mail written"], False),
    (["pack written", "mail written", "pack synced", "mail synced"], False),
    (["mail written", "mail synced"], False),
    (["pack written", "pack synced", "mail synced", "mail written"], False),
])
def test_the_judge(steps, right):
    trace = [("told", "354"), *((step, "") for step in steps), ("told", "250 2.0.0")]
    if right:
        judge(trace, "250 2.0.0", True)
    else:
        with pytest.raises(AssertionError):
            judge(trace, "250 2.0.0", True)
