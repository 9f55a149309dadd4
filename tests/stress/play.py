"""The whole: so many clients for so long, each choosing its commands by weight; at the end all views are compared."""

import asyncio
import collections
import random
import time

from provider import ANNA, BRAM
from strict import Violation
from stress import naming, reading, truth, writing
from stress.client import Away, Client, Deleted, leave_quietly
from stress.view import View
from stress.visitors import collect, receive
from stress.wire import Gone

SHARED = ("INBOX", "Archief", "Werk", naming.FLEETING)
#: Each fifth client is somebody else, with whom these mailboxes are shared (RFC 4314).
GUESTS = 5
AS_GUEST = tuple(f'"{truth.SHARED}{name}"' for name in SHARED if name != naming.FLEETING)
#: A mailbox is kept at about this size: below it grows, above it shrinks.
ROOM = 60

#: (weight, deed) of a client with a mailbox open.
OPENED = (
    (6, reading.noop), (8, reading.fetch), (10, reading.uid_fetch), (4, reading.search), (2, reading.sort), (2, reading.thread),
    (3, reading.idle), (3, reading.status), (12, writing.store), (4, naming.list_own), (1, naming.list_all), (2, reading.saved),
    (2, reading.pipelined), (2, writing.replace),
)
GROWING = ((3, writing.append), (2, writing.multiappend), (4, writing.copy))
SHRINKING = ((5, writing.delete), (3, writing.expunge), (2, writing.move))
NAMES = ((2, naming.create), (1, naming.rename), (1, naming.fleeting))
#: Deeds that name messages, and so need a view of which all is known, with something in it.
NAMING_MESSAGES = (
    writing.store, writing.delete, writing.copy, writing.move, writing.replace, reading.search, reading.sort, reading.saved
)


class Play:
    def __init__(self, provider, seed, clients):
        self.provider, self.seed = provider, seed
        self.truth = truth.Truth()
        self.until = asyncio.Event()
        self.clients = []
        for number in range(clients):
            guest = number % GUESTS == GUESTS - 1
            client = Client(provider, self.truth, random.Random(f"{seed}/{number}"), f"c{number}", BRAM if guest else ANNA)
            client.shared, client.lately = AS_GUEST if guest else SHARED, collections.deque(maxlen=20)
            self.clients.append(client)
        self.deeds = collections.Counter()

    async def run(self, seconds):
        await self.prepare()
        visitors = [(receive, "lmtp"), (collect, "pop3"), (collect, "pop3 too")]
        tasks = [asyncio.create_task(self.live(client)) for client in self.clients]
        tasks += [
            asyncio.create_task(visitor(self.provider, self.truth, random.Random(f"{self.seed}/{name}"), self.until))
            for visitor, name in visitors
        ]
        try:
            timer = asyncio.create_task(self.ring(seconds))
            done, _ = await asyncio.wait([*tasks, timer], return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            self.until.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.compare()
        for client in self.clients:
            await leave_quietly(client)

    async def ring(self, seconds):
        await asyncio.sleep(seconds)
        self.until.set()

    async def prepare(self):
        first = self.clients[0]
        await first.connect()
        for name in SHARED[1:]:
            await first.say(f"CREATE {name}")
        for name in SHARED[:-1]:
            await first.must(f"SETACL {name} {BRAM} lrswite")
        await first.open("INBOX", examine=0)
        await first.must("STORE 1:* +FLAGS.SILENT (\\Deleted)")
        first.view.box.deleted |= {uid for uid in range(1, 100)}
        await first.must("EXPUNGE")
        for _ in range(10):
            await writing.multiappend(first)
        await first.disconnect()

    async def live(self, client):
        """One client until the end: it may be cut off at any moment, and comes again."""
        while not self.until.is_set():
            try:
                await self.step(client)
            except Away:
                self.deeds["away"] += 1
            except Deleted:
                self.deeds["deleted"] += 1
                client.unsure = True
                await client.disconnect()
            except Gone:
                # Who writes while the server says why it ends does not hear it.
                if not (client.view and client.view.name == naming.FLEETING):
                    raise self.fault(client, "the server hung up") from None
                client.unsure = True
                await client.disconnect()
            except (Violation, LookupError, TypeError, ValueError, AttributeError) as violation:
                raise self.fault(client, violation) from violation

    def fault(self, client, why):
        log = b"\n".join(client.wire.log if client.wire else []).decode(errors="replace")
        return Violation(f"seed {self.seed}, {client.name}: {why}\n{log}")

    async def step(self, client):
        dice = client.dice
        if client.wire is None:
            await client.connect()
        chance = dice.random()
        if client.view is None or chance < 0.03:
            await client.open(dice.choice(client.shared))
        elif chance < 0.04:
            self.deeds["logout"] += 1
            await client.logout()
        elif chance < 0.05:
            self.deeds["dropped"] += 1
            await self.drop(client)
        elif chance < 0.06:
            self.deeds["close"] += 1
            await self.close(client)
        else:
            await self.deed(client)

    async def deed(self, client):
        view = client.view
        few = len(view.rows) < ROOM
        choices = (*OPENED, *(GROWING if few else SHRINKING), *(NAMES if client.dice.random() < 0.3 else ()))
        [deed] = client.dice.choices([deed for _, deed in choices], [weight for weight, _ in choices])
        if deed in (writing.store, writing.delete, writing.move, writing.expunge, writing.replace) and not view.writable:
            deed = reading.fetch
        if view.first_unknown() is not None and client.dice.random() < 0.7:
            await client.synchronise()
        if deed in NAMING_MESSAGES and (not view.rows or view.first_unknown() is not None):
            deed = reading.noop
        self.deeds[deed.__name__] += 1
        await deed(client)

    async def close(self, client):
        deleting = client.view.writable and client.dice.random() < 0.5
        client.keep()
        # What CLOSE removes is not told (RFC 9051, 6.4.1): what was kept is true as of before, and QRESYNC tells the rest.
        await client.must("CLOSE" if deleting else "UNSELECT")
        client.view = None

    async def drop(self, client):
        """Cut off: silently, in the middle of an answer, or in the middle of a literal."""
        dice, view = client.dice, client.view
        kind = dice.random()
        if kind < 0.4 and view.rows:
            await client.begin("UID FETCH 1:* (UID FLAGS BODY.PEEK[])", asked=True)
            for _ in range(dice.randint(0, 5)):
                reply = await client.wire.reply()
                if reply.tag != "*":
                    break
                client.untagged(reply, None)
        elif kind < 0.7:
            await client.begin("NOOP")
            await client.wire.send(b"x APPEND INBOX {1000+}\r\nX-Kenmerk: cut-off\r\n")
        await client.disconnect()

    # The end.

    async def compare(self):
        """All views are equal to what a new session finds, and nothing is lost."""
        fresh = Client(self.provider, self.truth, random.Random(0), "fresh", ANNA)
        await fresh.connect()
        found = {}
        for name in SHARED:
            if rows := await self.look(fresh, name):
                found[name] = rows
        for client in self.clients:
            try:
                await self.compare_one(client, found)
            except (Violation, Gone) as violation:
                raise self.fault(client, violation) from violation
        self.truth.audit({(name, validity): set(rows) for name, (validity, rows) in found.items() if name != naming.FLEETING})
        await fresh.disconnect()

    async def look(self, fresh, name):
        """A mailbox as it is: its UIDVALIDITY and {UID: flags}; None if there is none."""
        view = fresh.view = None
        await fresh.disconnect()
        await fresh.connect()
        fresh.kept = {}
        if not await fresh.open(name):
            return None
        view = fresh.view
        for uid in [row.uid for row in view.rows]:
            assert uid is None
        await fresh.must("UID FETCH 1:* (UID FLAGS BODY.PEEK[])", asked=True)
        return view.box.validity, {row.uid: row.flags for row in view.rows}

    async def compare_one(self, client, found):
        if client.wire is None:
            await client.connect()
        if client.view is None:
            await client.open(client.shared[0])
        try:
            await client.settle()
        except Deleted:
            await client.disconnect()
            await client.connect()
            await client.open(client.shared[0])
            await client.settle()
        view = client.view
        validity, rows = found.get(truth.plain(view.name), (None, {}))
        if view.box.validity != validity:
            rows = {}
        mine = {row.uid: row.flags for row in view.rows}
        if client.who != ANNA:
            mine, rows = ({uid: flags - {"\\Seen"} for uid, flags in one.items()} for one in (mine, rows))
        if mine != rows:
            wrong = {uid: (mine.get(uid), rows.get(uid)) for uid in mine.keys() | rows.keys() if mine.get(uid) != rows.get(uid)}
            raise Violation(f"{view.name}: what {client.name} was told, and what is there: {wrong}")


async def play(provider, seed, clients, seconds):
    began = time.monotonic()
    whole = Play(provider, seed, clients)
    await whole.run(seconds)
    said = sum(client.said for client in whole.clients)
    return f"seed {seed}: {clients} clients, {said} commands in {time.monotonic() - began:.0f} s, {dict(whole.deeds)}"
