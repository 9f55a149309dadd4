"""A client: its connection, the mailbox that it has opened, and what it kept of those it had open before."""

import asyncio
import re
from dataclasses import dataclass, field

from provider import PASSWORD
from strict import Violation
from stress.naming import FLEETING
from stress.sets import printed
from stress.view import View
from stress.wire import Gone, Wire

CODE = re.compile(rb"\[([A-Z0-9.-]+)(?: ([^\]]*))?\] ")


class Away(Exception):
    """The mailbox that is open has been deleted by somebody else, and what was asked of it is refused."""


class Deleted(Exception):
    """The mailbox that is open has been deleted by somebody else, and the server has ended the session."""


@dataclass
class Outcome:
    """How a command ended, and what was said meanwhile that is not about the mailbox."""

    status: str
    code: str
    argument: bytes
    line: bytes
    told: list = field(default_factory=list)
    codes: dict = field(default_factory=dict)

    @property
    def ok(self):
        return self.status == "OK"


@dataclass(frozen=True)
class Kept:
    """What a client keeps of a mailbox when it leaves."""

    validity: int
    modseq: int
    rows: dict


class Client:
    def __init__(self, provider, truth, dice, name, who):
        self.provider, self.truth, self.dice, self.name, self.who = provider, truth, dice, name, who
        self.wire = self.view = self.opening = None
        self.qresync = self.condstore = self.rev2 = False
        self.number = 0
        self.said = 0
        #: {mailbox: Kept}
        self.kept = {}
        #: Mailboxes of this client alone: {name: number of messages}
        self.own = {}
        #: Whether the session was ended before what it asked for was answered.
        self.unsure = False

    # The connection.

    async def connect(self):
        secure = self.dice.random() < 0.2
        self.wire = await Wire.open(self.provider, secure)
        self.view = self.opening = None
        self.qresync = self.condstore = self.rev2 = False
        greeting = await self.wire.reply()
        if greeting.status != "OK":
            raise Violation(f"greeting: {greeting.line!r}")
        await self.must(f'LOGIN {self.who} "{PASSWORD}"')
        if self.dice.random() < 0.3:
            await self.must("COMPRESS DEFLATE")
            self.wire.compress()
        kind = self.dice.random()
        if kind < 0.4:
            await self.must("ENABLE QRESYNC")
            self.qresync = self.condstore = True
        elif kind < 0.6:
            await self.must("ENABLE CONDSTORE")
            self.condstore = True
        if self.dice.random() < 0.2:
            await self.must("ENABLE IMAP4rev2")
            self.rev2 = True
        if self.unsure:
            await self.learn_own()

    async def learn_own(self):
        """Asks which mailboxes are this client's own: the answer to what it did last was never heard."""
        outcome = await self.must(f'LIST "" {self.name}-* RETURN (STATUS (MESSAGES))')
        self.own = {told[1].decode(): int(told[2][1]) for told in outcome.told if told[0] == b"STATUS"}
        self.unsure = False

    async def disconnect(self):
        if self.wire:
            self.keep()
            self.wire.drop()
            await self.wire.close()
        self.wire = self.view = None

    async def logout(self):
        self.keep()
        fleeting = self.view and self.view.name == FLEETING
        self.view = None
        try:
            await self.must("LOGOUT")
        except Gone:
            if not fleeting:
                raise
        await self.wire.close()
        self.wire = None

    # Commands.

    async def must(self, command, **how):
        outcome = await self.say(command, **how)
        if outcome.code == "NONEXISTENT" and self.view and self.view.name == FLEETING:
            raise Away
        if not outcome.ok:
            raise Violation(f"{command!r}: {outcome.line!r}")
        return outcome

    async def say(self, command, holding=False, asked=False):
        """Says a command, whose parts may be literals (bytes), and takes in all that is told up to its end."""
        tag = await self.begin(command, holding, asked)
        return await self.finish(tag)

    async def begin(self, command, holding=False, asked=False):
        self.number += 1
        self.said += 1
        tag = f"{self.name}.{self.number}"
        if self.view:
            self.view.begin(holding, asked)
        parts = [command] if isinstance(command, str) else command
        line = tag.encode() + b" "
        for part in parts:
            if isinstance(part, str):
                line += part.encode()
                continue
            if self.dice.random() < 0.5:
                line += b"{%d+}\r\n" % len(part)
            else:
                await self.wire.send(line + b"{%d}\r\n" % len(part))
                line = b""
                if refused := await self.until_asked(tag):
                    self.refused = refused
                    return tag
            line += part
        await self.wire.send(line + b"\r\n")
        return tag

    refused = None

    async def until_asked(self, tag):
        """Waits for `+`; what is told meanwhile counts. Gives the tagged reply of a server that will not have the literal."""
        while True:
            reply = await self.wire.reply()
            if reply.tag == "+":
                return None
            if reply.tag == tag:
                return reply
            self.untagged(reply, None)

    async def finish(self, tag):
        outcome = Outcome("", "", b"", b"")
        reply, self.refused = self.refused, None
        while reply is None or reply.tag != tag:
            reply = await self.wire.reply()
            if reply.tag == "*":
                self.untagged(reply, outcome)
            elif reply.tag != tag:
                raise Violation(f"neither untagged nor {tag}: {reply.line!r}")
        outcome.status, outcome.code, outcome.line = reply.status, reply.code, reply.line
        if found := CODE.search(reply.line):
            outcome.argument = found[2] or b""
        if self.view and reply.code == "HIGHESTMODSEQ":
            self.view.code(reply.code, outcome.argument)
        if self.view:
            self.view.end()
        if outcome.status == "BAD":
            raise Violation(f"BAD: {reply.line!r}")
        if outcome.code in ("UNAVAILABLE", "SERVERBUG", "LIMIT", "INUSE"):
            raise Violation(f"refused: {reply.line!r}")
        return outcome

    def untagged(self, reply, outcome):
        if reply.status == "BYE" and self.view is not None:
            if self.view.name == FLEETING:
                raise Deleted
            raise Violation(f"thrown out: {reply.line!r}")
        if reply.status:
            if not reply.code:
                return
            argument = CODE.search(reply.line)[2] or b""
            if reply.code == "CLOSED":
                # What follows is about the mailbox that is being opened (RFC 7162, 3.2.11).
                self.view, self.opening = self.opening, None
            elif self.view and reply.code != "COPYUID":
                self.view.code(reply.code, argument)
            if outcome:
                outcome.codes[reply.code] = argument
        elif not (self.view and self.view.take(reply.values)) and outcome:
            outcome.told.append(reply.values)

    # The mailbox.

    async def open(self, name, examine=0.1):
        """SELECT, or now and then EXAMINE, with what this client kept if it can say so."""
        readonly = self.dice.random() < examine
        verb = "EXAMINE" if readonly else "SELECT"
        kept = self.kept.get(name)
        highest = self.truth.named(name)
        highest = highest and (highest.validity, highest.highest_uid, highest.modseq)
        view = View(self.truth, name, self.qresync, self.condstore, who=self.who)
        parameter, all_is_told = "", True
        if self.qresync and kept and self.dice.random() < 0.8:
            view.cache = {uid: row for uid, row in kept.rows.items()}
            known = ""
            if kept.rows and self.dice.random() < 0.3:
                known, all_is_told = f" {printed(kept.rows)}", False
            parameter = f" (QRESYNC ({kept.validity} {kept.modseq}{known}))"
        elif self.dice.random() < 0.1:
            parameter = " (CONDSTORE)"
            self.condstore = view.condstore = True
        self.keep()
        before, self.opening = self.view, view
        if before is None:
            self.view, self.opening = view, None
        outcome = await self.say(f"{verb} {name}{parameter}")
        if not outcome.ok:
            # RFC 9051, 6.3.2: then no mailbox is selected.
            self.view = self.opening = None
            return False
        if self.opening is not None:
            raise Violation(f"no CLOSED between {before.name} and {name}")
        self.opened(view, kept, highest, outcome, all_is_told)
        view.writable = not readonly
        return True

    def opened(self, view, kept, highest, outcome, all_is_told):
        if view.cache is not None:
            if kept.validity != view.box.validity:
                view.cache = {}
                all_is_told = False
            view.opened_with_cache(all_is_told)
            view.end()
        next_uid = int(outcome.codes["UIDNEXT"])
        if highest and highest[0] == view.box.validity:
            if next_uid <= highest[1]:
                raise Violation(f"UIDNEXT {next_uid}, and UID {highest[1]} was there before")
            if int(outcome.codes["HIGHESTMODSEQ"]) < highest[2]:
                raise Violation(f"HIGHESTMODSEQ {outcome.codes['HIGHESTMODSEQ']} after {highest[2]}")

    def keep(self):
        """Remembers what is known of the mailbox that is being left, as of the last command that ended."""
        view = self.view
        # Only who has enabled QRESYNC is told from where to ask again (RFC 7162, 3.2). Who has been told of a message, and has
        # not asked about it, goes on from what was kept before.
        if view and view.box and view.settled and view.qresync and view.cache is None and view.first_unknown() is None:
            self.kept[view.name] = Kept(view.box.validity, view.settled, view.kept())

    async def synchronise(self):
        """Asks about the messages of which only the number is known."""
        view = self.view
        first = view.first_unknown()
        if first is None:
            return
        if first == 0:
            start = 1
        else:
            start = view.rows[first - 1].uid + 1
        modseq = " MODSEQ" if view.condstore else ""
        await self.must(f"UID FETCH {start}:* (UID FLAGS RFC822.SIZE{modseq} BODY.PEEK[HEADER.FIELDS (X-Kenmerk)])", asked=True)

    async def settle(self):
        """Until all is known of all that has been told."""
        for _ in range(50):
            await self.must("NOOP")
            if self.view.first_unknown() is None:
                return
            await self.synchronise()
        raise Violation("this session never comes to know all of its mailbox")


async def leave_quietly(client):
    """For the end of a session that has failed already."""
    try:
        await client.disconnect()
    except (Gone, OSError, asyncio.CancelledError):
        pass
