"""docs/security.md, I01 to I26: what a hostile IMAP client must not do by what it sends."""

import itertools
import os
import time

from bounds.wire import Wire
from provider import ANNA, BRAM, letter, unique
from watch import MIB, Watch, memory

KIB = 1024


def i01_literals(provider):
    for literal in ("{4294967296}", "{99999999999999999999}", "{-1}", "{4294967295}", "{8193}", "{4294967296+}", "{8193+}"):
        with Wire(provider) as client:
            client.send(f"a LOGIN {literal}\r\n")
            heard = client.reply()
            assert heard.tag == "a" and heard.status in ("BAD", "NO") or heard.status == "BYE", (literal, heard)
            if "+" not in literal:
                client.send("b NOOP\r\n")
                assert client.reply().tag == "b", "the literal was waited for"


def test_i01_a_literal_that_is_refused_is_not_waited_for(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=2 * MIB):
        i01_literals(provider)


def i03_memory_before_login(provider, words=(b"a ID ", b"a LOGIN ", b"a X"), connections=100):
    """A hundred clients send a megabyte each in one line; gives what the server holds for each."""
    before = memory(provider.process.pid)
    clients = [Wire(provider) for _ in range(connections)]
    for number, client in enumerate(clients):
        client.send(words[number % len(words)] + b"(" * MIB)
    # In the order of each connection: whoever answers has read it all.
    for client in clients:
        client.send(b"\r\nb NOOP\r\n")
        assert client.reply().status == "BAD"
    # Again without an end: now each holds what it may.
    for number, client in enumerate(clients):
        assert client.until("b")[-1].status == "OK"
        client.send(words[number % len(words)] + b"(" * 8_000)
    held = (memory(provider.process.pid) - before) / connections
    for client in clients:
        client.send(b"\r\n")
        client.until("a")
        client.socket.close()
    return held


def test_i03_memory_before_login(provider):
    # The first time the server's own memory grows to its working size.
    i03_memory_before_login(provider)
    with Watch(provider.process.pid, provider.imap(BRAM)):
        held = i03_memory_before_login(provider)
    assert held < 16 * KIB, f"{held / KIB:.1f} KiB a connection"


def i05_nesting(provider):
    with Wire(provider, ANNA) as client:
        client.say("SELECT INBOX")
        for depth in (64, 1_000, 100_000):
            open_, shut = "(" * depth, ")" * depth
            for command in (
                f"FETCH 1 {open_}FLAGS{shut}", f"STORE 1 FLAGS {open_}x{shut}", f"LIST {open_}{shut} \"\" *",
                f"LIST \"\" {open_}*{shut}", f"APPEND INBOX {open_}{shut} {{1}}", f"SETMETADATA INBOX {open_}{shut}",
                f"SEARCH {open_}ALL{shut}",
                f"ID {open_}{shut}", f"STATUS INBOX {open_}{shut}", f"FETCH 1 BODY[HEADER.FIELDS {open_}X{shut}]",
            ):
                status = client.status(command)
                assert status.startswith(("BAD", "NO")), (command[:40], depth, status)
                assert client.status("NOOP") == "OK"
            # No parentheses, and not read by recursion: as many as there may be keys.
            for command in ("SEARCH " + "NOT " * depth + "ALL", "SEARCH " + "OR ALL " * depth + "ALL"):
                assert client.status(command).split(" ")[0] in ("OK", "BAD", "NO")
                assert client.status("NOOP") == "OK"


def test_i05_nesting_has_an_end(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i05_nesting(provider)


def i06_numbers(provider):
    provider.deliver(letter(unique()))
    with Wire(provider, ANNA) as client:
        client.say("SELECT INBOX")
        exists = len(client.say("UID SEARCH ALL")[0].values) - 1
        for number in ("0", "4294967296", "18446744073709551616", "-1", "1:0", "0:*", "1,0", "1:4294967296"):
            for command in (f"FETCH {number} FLAGS", f"UID FETCH {number} FLAGS", f"STORE {number} +FLAGS (\\Seen)",
                            f"COPY {number} INBOX", f"SEARCH UID {number}"):
                assert client.status(command).startswith("BAD"), command
            assert client.status("NOOP") == "OK"
        # Past the end.
        assert client.status(f"FETCH {exists + 1} FLAGS").startswith(("BAD", "NO"))
        assert client.status("UID FETCH 4294967295 FLAGS") == "OK"
        for partial in ("<4294967295.4294967295>", "<0.4294967295>", "<18446744073709551615.1>"):
            heard = client.say(f"FETCH 1 BODY.PEEK[]{partial}")
            assert heard[-1].status in ("OK", "BAD")
            assert sum(len(reply.line) for reply in heard) < 64 * KIB
        for section in (".".join(["1"] * 1_000), "4294967295", "4294967296", "0", "1.0", "1.MIME.1"):
            heard = client.say(f"FETCH 1 BODY.PEEK[{section}]")
            assert heard[-1].status in ("OK", "BAD", "NO"), section
        assert client.status("NOOP") == "OK"


def test_i06_numbers_do_not_wrap(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=16 * MIB):
        i06_numbers(provider)


def i08_traversal(provider):
    before = {path for path, _, _ in os.walk(provider.folder.parent)}
    with Wire(provider, ANNA) as client, Wire(provider, BRAM) as other:
        for name in (b'"../../x"', b'"..\\\\x"', b'"~bram"', b'"~other/INBOX"', b'"/etc/passwd"', b'"."', b'".."', b'"a/../../b"',
                     b'"user.bram"', b'"Other Users/bram"', b'"INBOX/../bram"', b'"a//b"', b'"%00"', b'"&AAAALg-"'):
            client.say(b"CREATE " + name)
            client.say(b"SELECT " + name)
            client.say(b"UNSELECT")
        for name in (b"nul\0name", b'"nul\0name"'):
            tag = client.begin(b"CREATE " + name)
            assert client.until(tag)[-1].status in ("BAD", "NO")
        client.send(b"n CREATE {3}\r\n")
        if client.reply().tag == "+":
            client.send(b"a\0b\r\n")
            assert client.until("n")[-1].status in ("BAD", "NO")
        theirs = [reply.line for reply in other.say('LIST "" *')[:-1]]
        assert not [line for line in theirs if b".." in line or b"passwd" in line or b"~" in line], theirs
        for reply in client.say('LIST "" *')[:-1]:
            if reply.values[3] != b"INBOX":
                client.send(b"d DELETE {%d}\r\n" % len(reply.values[3]))
                assert client.reply().tag == "+"
                client.send(reply.values[3] + b"\r\n")
                assert client.until("d")[-1].status in ("OK", "NO")
    # No folder, no file of that name anywhere: names are records.
    assert {path for path, _, _ in os.walk(provider.folder.parent)} == before


def test_i08_names_lead_nowhere(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i08_traversal(provider)


def i10_patterns(provider):
    with Wire(provider, ANNA) as client:
        client.say("CREATE " + "a" * 200)
        for pattern in ("%*" * 500, "*a" * 500 + "b", "%a" * 340 + "/b", "*" * 1_000 + "x"):
            for command in ("LIST", "LSUB", "LIST (SUBSCRIBED)"):
                begun = time.monotonic()
                assert client.status(f'{command} "" "{pattern}"') == "OK"
                assert time.monotonic() - begun < 1
        client.say("DELETE " + "a" * 200)


def test_i10_a_pattern_costs_its_length(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i10_patterns(provider)


def i17_append(provider):
    with Wire(provider, BRAM) as client:
        client.say("CREATE i17")
        message = letter(unique()).encode()
        # The connection is lost in mid literal.
        for at in (0, 1, len(message) - 1):
            with Wire(provider, BRAM) as broken:
                broken.send(b"a APPEND i17 {%d}\r\n" % len(message))
                assert broken.reply().tag == "+"
                broken.send(message[:at])
        # The second message of two is bad (RFC 3502): a command that is not offered is no half append either.
        client.send(b"m APPEND i17 {%d}\r\n" % len(message))
        assert client.reply().tag == "+"
        client.send(message + b" {99999999999}\r\n")
        assert client.until("m")[-1].status in ("BAD", "NO")
        # NUL outside a binary literal.
        assert client.append(b"Subject: x\r\n\r\na\0b\r\n", "i17") in ("BAD", "NO")
        assert client.append(message, "nowhere") == "NO"
        assert [r.line for r in client.say("STATUS i17 (MESSAGES)")][0].endswith(b"(MESSAGES 0)")
        # A bare line end becomes a whole one.
        bare = b"Subject: x\n\nbare\nlines\r\n"
        assert client.append(bare, "i17") == "OK"
        client.say("SELECT i17")
        heard = client.say("FETCH 1 BODY.PEEK[]")
        assert heard[0].values[2][1] == b"Subject: x\r\n\r\nbare\r\nlines\r\n"
        client.say("DELETE i17")


def test_i17_append_is_all_or_nothing(provider):
    with Watch(provider.process.pid, provider.imap(ANNA)):
        i17_append(provider)


def test_i17_over_quota(provider):
    provider.run("account", "quota", BRAM, "1MiB")
    try:
        with Wire(provider, BRAM) as client:
            # Never more than one message over.
            statuses = [client.append(b"Subject: x\r\n\r\n" + b"x" * 2_000_000) for _ in range(3)]
            assert statuses[1:] == ["NO", "NO"]
            assert client.replies.last.code == "OVERQUOTA"
    finally:
        provider.run("account", "quota", BRAM, "1GiB")


def i19_keywords(provider):
    with Wire(provider, ANNA) as client:
        client.say("CREATE i19")
        client.append(letter(unique()).encode(), "i19")
        promised = [r.line for r in client.say("SELECT i19") if r.code == "PERMANENTFLAGS"]
        assert b"\\*" in promised[0]
        assert client.status("STORE 1 +FLAGS (" + "k" * 10_000 + ")").startswith(("NO", "BAD"))
        refused = 0
        for start in range(0, 10_000, 100):
            words = " ".join(f"wort{number}" for number in range(start, start + 100))
            status = client.status(f"STORE 1 +FLAGS.SILENT ({words})")
            refused += status == "NO [LIMIT]"
            assert status in ("OK", "NO [LIMIT]"), status
        assert refused, "10,000 keywords were taken"
        promised = [r.line for r in client.say("SELECT i19") if r.code == "PERMANENTFLAGS"]
        assert b"\\*" not in promised[0]
        client.say("UNSELECT")
        client.say("DELETE i19")


def test_i19_keywords_have_an_end(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i19_keywords(provider)


def i24_starttls(provider):
    with Wire(provider) as client:
        before = client.say("CAPABILITY")[0]
        assert client.greeting.status == "OK" and "PREAUTH" not in client.greeting.status
        assert b"STARTTLS" in before.line
        # What comes in the same segment is not executed after it (CVE-2011-1926).
        client.send(b"s STARTTLS\r\nx LOGOUT\r\ny ID (\"name\" \"before\")\r\n")
        heard = client.reply()
        if heard.tag == "s" and heard.status == "OK":
            context = provider.trust()
            context.check_hostname = False
            try:
                tls = context.wrap_socket(client.socket)
            except (OSError, ValueError):
                return
            tls.sendall(b"z CAPABILITY\r\n")
            line = tls.recv(65536)
            assert b"x OK" not in line and b"y OK" not in line and b"STARTTLS" not in line and b"PREAUTH" not in line
            tls.close()


def test_i24_nothing_from_before_tls_is_kept(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i24_starttls(provider)


def i26_collisions(provider):
    """Names that collide in common unkeyed hashes (FNV-1a, DJB2 x33, Java's x31), as keywords and as mailboxes."""
    pairs = ["".join(parts) for parts in itertools.product(("Ez", "FY"), repeat=10)]
    with Wire(provider, ANNA) as client:
        client.say("CREATE i26")
        client.append(letter(unique()).encode(), "i26")
        client.say("SELECT i26")
        begun = time.monotonic()
        # Below the limit of keywords.
        for start in range(0, 900, 100):
            assert client.status(f"STORE 1 +FLAGS.SILENT ({' '.join(pairs[start:start + 100])})").startswith(("OK", "NO"))
        for name in pairs[:60]:
            client.say(f"CREATE i26/{name}")
        took = time.monotonic() - begun
        for name in pairs[:60]:
            client.say(f"DELETE i26/{name}")
        client.say("UNSELECT")
        client.say("DELETE i26")
    return took


def test_i26_names_that_collide_cost_no_more(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        assert i26_collisions(provider) < 10


ATTACKS = [i01_literals, i03_memory_before_login, i05_nesting, i06_numbers, i08_traversal, i10_patterns, i17_append, i19_keywords, i24_starttls, i26_collisions]
