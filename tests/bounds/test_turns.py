"""docs/security.md, X08: work in some sessions (search, copies, flags, hashes, handshakes) leaves others their turn."""

import os
import socket
import ssl
import threading

from bounds.test_imap_search import crowded
from bounds.wire import Wire
from provider import ANNA, BRAM
from watch import Watch

#: Messages of the mailbox that is worked on.
MANY = int(os.environ.get("GLASPOST_WORKED", "10000"))

WORK = [
    "SEARCH OR BODY nergens OR TEXT nooit NOT BODY regel",
    "SEARCH RETURN (COUNT) NOT TEXT regel",
    "UID FETCH 1:* (FLAGS INTERNALDATE ENVELOPE BODYSTRUCTURE)",
    "FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT FROM DATE)]",
    "STORE 1:* +FLAGS.SILENT (\\Flagged werk)",
    "STORE 1:* -FLAGS (\\Flagged)",
    "SORT (SUBJECT) UTF-8 ALL",
    "LIST \"\" \"%*%*%*%*x\"",
]


def read_all(client, tag, heard):
    """Reads on until the command is answered: a reader who stops would be the bottleneck."""
    while reply := client.reply():
        if reply.tag == tag:
            heard.append(reply)
            return


def shake(provider, over):
    """Handshakes, one after another."""
    door = provider.door("imap", "implicit")
    context = provider.trust()
    context.check_hostname = False
    while not over.is_set():
        with socket.create_connection((door.address, door.port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname="imap.telfortglasvezel.nl"):
                pass


def guess(provider, number, over):
    """Logins that cost a hash each."""
    while not over.is_set():
        with Wire(provider, timeout=120) as client:
            tag = client.begin(f"LOGIN stranger{number}@telfortglasvezel.nl wrong")
            client.until(tag)


def x08_work(provider, mailbox="INBOX"):
    """All of it at once, until the slowest command is answered."""
    over, heard = threading.Event(), []
    clients = [Wire(provider, ANNA, timeout=280) for _ in WORK]
    for client in clients:
        client.say(f"SELECT {mailbox}")
    others = [threading.Thread(target=shake, args=(provider, over), daemon=True) for _ in range(2)]
    others += [threading.Thread(target=guess, args=(provider, number, over), daemon=True) for number in range(8)]
    for thread in others:
        thread.start()
    readers = [threading.Thread(target=read_all, args=(client, client.begin(command), heard), daemon=True)
               for client, command in zip(clients, WORK)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join(280)
    over.set()
    for thread in others:
        thread.join(60)
    for client in clients:
        client.socket.close()
    assert len(heard) == len(WORK)
    assert all(reply.status in ("OK", "BAD") or reply.code == "LIMIT" for reply in heard), heard


def test_x08_others_have_their_turn(provider):
    crowded(provider, "x08", MANY)
    with Watch(provider.process.pid, provider.imap(BRAM)) as watch:
        x08_work(provider, "x08")
    assert watch.noops > 20


ATTACKS = [x08_work]
