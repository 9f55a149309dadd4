"""docs/security.md, I27 and I28: many sessions on one mailbox."""

import threading
import time

from bounds.wire import Wire
from provider import ANNA, BRAM, letter, unique
from watch import Watch, memory

KIB = 1024


def i27_interleaving(provider, rounds=12):
    """Some expunge, move, rename and delete while others fetch and idle; all reads strictly."""
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
        # the end of it all: who hears of a message and of its flag at once is told of the message only, but of each message
        assert other.append(letter("i28 the last").encode(), "i28") == "OK"
    heard = []
    for client in clients:
        last, count = None, 0
        while last is None or last.values[:2] != [str(changes + 1).encode(), b"EXISTS"]:
            last, count = client.reply(), count + 1
        heard.append(count)
    grown = max(grown, memory(provider.process.pid) - before)
    for client in clients:
        client.send(b"DONE\r\n")
    for number, client in enumerate(clients):
        *more, end = client.until("idle")
        assert end.status == "OK"
        heard[number] += len(more)
        client.socket.close()
    with Wire(provider, ANNA) as client:
        client.say("DELETE i28")
    return grown / many, heard


def test_i28_an_idle_crowd_is_cheap(provider):
    # The first crowd brings the server to its working size; what one more session takes is asked.
    i28_idle_crowd(provider, many=250)
    with Watch(provider.process.pid, provider.imap(BRAM)):
        each, heard = i28_idle_crowd(provider)
    # 9 KiB in most runs of this build, and now and then a mebibyte for all of them that the allocator keeps beside
    assert each < 12 * KIB, f"{each / KIB:.1f} KiB each"
    # EXISTS and RECENT for each message at most, a FETCH for each that was marked, and what is said in between.
    assert max(heard) <= 21 * 3 + 5, max(heard)


ATTACKS = [i27_interleaving, i28_idle_crowd]
