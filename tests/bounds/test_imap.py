"""THREATS I01 to I28: what a hostile IMAP client, or a hostile message, must not do."""

import os
import time

import pytest

from bounds.attack import without_limits
from provider import ANNA, BRAM, PROGRAM, letter, unique
from strict import Literal, Quoted
from watch import MIB, Watch, memory
from bounds.wire import Wire, noop

KIB = 1024
#: Messages that are searched; 100,000 take minutes to make.
MANY = int(os.environ.get("GLASPOST_SEARCHED", "10000"))


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with without_limits(tmp_path_factory) as provider:
        yield provider


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


def i15_slow_reader(provider):
    """Asks for much and reads nothing; gives what the server holds."""
    word = unique()
    provider.deliver(letter(word, body="regel die niemand leest\r\n" * 400_000))
    with Wire(provider, ANNA, receive=8_192) as slow:
        slow.say("SELECT INBOX")
        before = memory(provider.process.pid)
        slow.socket.settimeout(1)
        try:
            for number in range(5_000):
                slow.send(b"c%d FETCH 1:* BODY.PEEK[]\r\n" % number)
        except TimeoutError:
            pass
        assert noop(provider, BRAM) < 1
        held = memory(provider.process.pid) - before
    return held


def test_i15_what_is_not_read_is_not_made(provider):
    i15_slow_reader(provider)
    with Watch(provider.process.pid, provider.imap(BRAM)):
        held = i15_slow_reader(provider)
    # A block of the compressed message is decompressed beside the buffer.
    assert held < 2 * MIB, f"{held / KIB:.0f} KiB"


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


HOSTILE = [b"\\", b'"', b'\\"', b"a\\\"b\\\\", b"\xff\xfe", "é😀".encode(), b"{5}", b"{5+}", b"* OK x", b")(", b"\x01\x7f",
           b"=?utf-8?Q?=0D=0Ax_OK?=", b"=?utf-8?Q?=00?=", b"=?utf-8?B?IkQKUw==?=", b"a\r\n b", b"a\r\n\t* BYE", b"a\rb", b"", b"NIL", b"%*[]"]


def hostile_messages():
    for text in HOSTILE:
        for name in (b"Subject", b"From", b"To", b"Reply-To", b"Message-ID", b"In-Reply-To", b"Date", b"Content-Type",
                     b"Content-Disposition", b"Content-ID", b"Content-Description", b"Content-Transfer-Encoding",
                     b"Content-Language", b"Content-Location", b"Content-MD5"):
            yield name + b": " + text + b"\r\n\r\nbody\r\n"
        quoted = b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        for value in (text, quoted):
            yield (b"From: " + value + b" <" + value + b"@x>\r\nTo: group " + value + b": a@b, " + value + b";\r\n"
                   b"Content-Type: multipart/mixed; boundary=b; x=" + value + b"\r\n\r\n--b\r\n"
                   b"Content-Type: application/x-" + text + b"; name=" + value + b"\r\nContent-ID: " + value + b"\r\n"
                   b"Content-Disposition: attachment; filename=" + value + b"; filename*=utf-8''%0D%0A%00%22\r\n"
                   b"Content-Description: " + value + b"\r\nContent-Transfer-Encoding: " + value + b"\r\n\r\nx\r\n"
                   b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: " + value + b"\r\nFrom: " + value + b"\r\n\r\ny\r\n--b--\r\n")


def i20_reply_injection(provider, messages=None):
    with Wire(provider, ANNA) as client:
        client.say("CREATE i20")
        number = 0
        for message in messages or hostile_messages():
            number += client.append(message, "i20") == "OK"
        client.say("SELECT i20")
        heard = client.say("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY)")
        fetched = [r for r in heard if len(r.values) == 3 and r.values[1] == b"FETCH"]
        assert len(fetched) == number > 0
        client.say("FETCH 1:* (BODY.PEEK[HEADER] BODY.PEEK[1] BODY.PEEK[1.MIME] BODY.PEEK[2.HEADER] BODY.PEEK[TEXT]<0.10>)")
        client.say("FETCH 1:* BODY.PEEK[HEADER.FIELDS (Subject From \"X\\\"Y\" \"\")]")
        client.say("UNSELECT")
        client.say("DELETE i20")
        return fetched


def test_i20_a_reply_is_one_reply(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        fetched = i20_reply_injection(provider)
    flat = []
    open_ = [reply.values[2] for reply in fetched]
    while open_:
        value = open_.pop()
        open_ += value if isinstance(value, list) else []
        flat += [value] if isinstance(value, (Quoted, Literal)) else []
    assert not [value for value in flat if b"\r\n" in value or b"\0" in value], "a header's line end came through"


def test_i20_names_of_mailboxes(provider):
    with Wire(provider, ANNA) as client:
        for name in (b'a"b', b"a\\b", b"a{5}", b"a(b)", b"a%b", b"a]b", b"NIL", b"a b", b"&", b"&AOk-", b"*", b"\xc3\xa9"):
            client.send(b"c CREATE {%d}\r\n" % len(name))
            if client.reply().tag != "+":
                continue
            client.send(name + b"\r\n")
            made = client.until("c")[-1].status == "OK"
            client.say('LIST "" *')
            client.say('LIST "" * RETURN (STATUS (MESSAGES))')
            if made:
                client.send(b"d DELETE {%d}\r\n" % len(name))
                assert client.reply().tag == "+"
                client.send(name + b"\r\n")
                assert client.until("d")[-1].status == "OK", name


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


def crowded(provider, mailbox, messages):
    """A mailbox of so many messages, by copying it into itself; one email has a thousand places at most."""
    with Wire(provider, ANNA, timeout=120) as client:
        client.say(f"CREATE {mailbox}")
        for number in range(200):
            body = "een regel tekst om door te zoeken\r\n" * 8
            client.append(letter(f"{unique()} {number}", body=body).encode(), mailbox)
        client.say(f"SELECT {mailbox}")
        held = 200
        while held < messages:
            take = min(held, messages - held, 20_000)
            assert client.status(f"COPY 1:{take} {mailbox}") == "OK [COPYUID]"
            assert client.status("NOOP") == "OK"
            held += take


COSTLY = [
    # 5,000 keys that each message is asked for, as many as a line may hold.
    lambda: "SEARCH " + " ".join(["OR SUBJECT q TEXT zzzq"] * 1_600),
    lambda: "SEARCH " + " ".join(f"NOT TEXT q{number}z" for number in range(2_400)),
    lambda: "SEARCH " + " ".join(f"OR HEADER X-{number} a TO q{number}" for number in range(1_600)),
    lambda: "SEARCH NOT UID " + ",".join(str(2 * number + 1) for number in range(9_000)),
    lambda: "SEARCH " + "OR ALL " * 4_900 + "ALL",
    lambda: 'SEARCH TEXT "' + "z" * 60_000 + '"',
    lambda: "SEARCH RETURN (ALL) BODY zzzq",
]


def i12_search_cost(provider, mailbox="INBOX", costly=COSTLY):
    clients = [Wire(provider, ANNA, timeout=120) for _ in costly]
    for client in clients:
        client.say(f"SELECT {mailbox}")
    # A string of a megabyte is not read in.
    clients[0].send(b"big SEARCH TEXT {1048576}\r\n")
    assert clients[0].reply().status in ("BAD", "NO")
    tags = [client.begin(make()) for client, make in zip(clients, costly)]
    return clients, tags


def test_i12_a_search_costs_its_own_session_alone(provider):
    crowded(provider, "i12", MANY)
    with Watch(provider.process.pid, provider.imap(BRAM)) as watch:
        clients, tags = i12_search_cost(provider, "i12")
        # Two leave: nothing goes on for them.
        clients.pop().socket.close()
        clients.pop().socket.close()
        begun = time.monotonic()
        for client, tag in zip(clients, tags):
            last = client.until(tag)[-1]
            assert last.status in ("OK", "BAD") or (last.status, last.code) == ("NO", "LIMIT"), last
        assert time.monotonic() - begun < 120
        for client in clients:
            assert client.status("NOOP") == "OK"
    assert watch.noops > 3


def i26_collisions(provider):
    """Names that collide in common unkeyed hashes (FNV-1a, DJB2 x33, Java's x31), as keywords and as mailboxes."""
    import itertools
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


def i27_interleaving(provider, rounds=12):
    """Some expunge, move, rename and delete while others fetch and idle; all reads strictly."""
    import threading
    faults = []

    def attempt(run):
        try:
            run()
        except Exception as fault:  # told by the test's own thread
            faults.append(fault)

    with Wire(provider, ANNA) as maker:
        maker.say("CREATE i27")
        maker.say("CREATE i27b")
        words = [unique() for _ in range(40)]
        for word in words:
            maker.append(letter(word).encode(), "i27")
    over = threading.Event()

    def fetches():
        with Wire(provider, ANNA) as client:
            client.say("SELECT i27 (CONDSTORE)")
            highest = {}
            while not over.is_set():
                for reply in client.say("FETCH 1:* (UID FLAGS MODSEQ ENVELOPE)"):
                    if len(reply.values) == 3 and reply.values[1] == b"FETCH":
                        items = dict(zip(reply.values[2][::2], reply.values[2][1::2]))
                        if b"UID" in items and b"MODSEQ" in items:
                            modseq = int(items[b"MODSEQ"][0])
                            assert modseq >= highest.get(items[b"UID"], 0), "a mod-sequence went back"
                            highest[items[b"UID"]] = modseq
                client.say("NOOP")

    def idles():
        with Wire(provider, ANNA) as client:
            client.say("SELECT i27")
            while not over.is_set():
                tag = client.begin("IDLE")
                while client.reply().tag != "+":
                    pass
                over.wait(0.05)
                client.send(b"DONE\r\n")
                client.until(tag)

    def changes():
        with Wire(provider, ANNA) as client:
            for number in range(rounds):
                here, there = ("i27", "i27b") if number % 2 == 0 else ("i27b", "i27")
                client.say(f"SELECT {here}")
                client.say("STORE 1:10 +FLAGS (\\Flagged)")
                client.say("STORE 1:10 -FLAGS (\\Flagged)")
                client.say(f"MOVE 1:* {there}")
                client.say("CREATE i27x")
                client.append(b"Subject: goes\r\n\r\nx\r\n", "i27x")
                client.say("RENAME i27x i27y")
                client.say("SELECT i27y")
                client.say("STORE 1 +FLAGS (\\Deleted)")
                client.say("EXPUNGE")
                client.say("DELETE i27y")
            client.say("SELECT i27b")
            client.say("MOVE 1:* i27")

    readers = [threading.Thread(target=attempt, args=(run,)) for run in (fetches, fetches, idles)]
    for thread in readers:
        thread.start()
    attempt(changes)
    over.set()
    for thread in readers:
        thread.join(60)
    assert not faults, faults
    subjects = [raw for raw in provider.messages(ANNA, "i27")]
    for word in words:
        assert len([raw for raw in subjects if word.encode() in raw]) == 1, "lost or doubled"
    assert len(subjects) == len(words)
    with Wire(provider, ANNA) as client:
        client.say("DELETE i27")
        client.say("DELETE i27b")


def test_i27_nothing_is_lost_while_others_look(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        i27_interleaving(provider)


def i28_idle_crowd(provider, many=1_000, changes=20):
    """Many idle on one mailbox that changes every 100 ms; gives what each takes and how many replies each has had."""
    with Wire(provider, ANNA) as client:
        client.say("CREATE i28")
    before = memory(provider.process.pid)
    clients = [Wire(provider, ANNA) for _ in range(many)]
    for client in clients:
        client.begin("SELECT i28\r\nidle IDLE")
    for client in clients:
        while client.reply().tag != "+":
            pass
    grown = memory(provider.process.pid) - before
    with Wire(provider, ANNA) as other:
        for number in range(changes):
            assert other.append(letter(f"i28 {number}").encode(), "i28") == "OK"
            time.sleep(0.1)
        other.say("SELECT i28")
        other.say("STORE 1:* +FLAGS (\\Seen)")
    heard = []
    for client in clients:
        last, count = None, 0
        # The last of them hears the end of it all.
        while last is None or not (last.values[:2] == [str(changes).encode(), b"FETCH"]):
            last, count = client.reply(), count + 1
        heard.append(count)
    grown = max(grown, memory(provider.process.pid) - before)
    for client in clients:
        client.send(b"DONE\r\n")
    for client in clients:
        assert client.until("idle")[-1].status == "OK"
        client.socket.close()
    with Wire(provider, ANNA) as client:
        client.say("DELETE i28")
    return grown / many, heard


def test_i28_an_idle_crowd_is_cheap(provider):
    # The first ones find what is kept for all.
    i28_idle_crowd(provider, many=20)
    with Watch(provider.process.pid, provider.imap(BRAM)):
        each, heard = i28_idle_crowd(provider)
    # What is not optimised has larger futures.
    assert each < (12 if "debug" in str(PROGRAM) else 10) * KIB, f"{each / KIB:.1f} KiB each"
    # EXISTS for each change at most, FETCH for each message, and what IDLE begins with.
    assert max(heard) <= 20 * 3 + 5, max(heard)


ATTACKS = [i01_literals, i03_memory_before_login, i05_nesting, i06_numbers, i08_traversal, i10_patterns, i15_slow_reader,
           i17_append, i19_keywords, i20_reply_injection, i24_starttls,
           i26_collisions, i27_interleaving]
