"""What changes nothing: FETCH, SEARCH, SORT, THREAD, STATUS, NOOP, IDLE. What it says is held against what is known."""

import asyncio

from strict import Violation
from stress.letters import WORDS
from stress.naming import FLEETING
from stress.sets import numbers, printed
from stress.wire import Gone

ITEMS = ("FLAGS", "UID", "RFC822.SIZE", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE", "BODY.PEEK[]", "BODY.PEEK[HEADER]",
         "BODY.PEEK[HEADER.FIELDS (X-Kenmerk)]", "BODY.PEEK[TEXT]<0.100>", "EMAILID", "THREADID", "PREVIEW", "BODY[]")


async def noop(client):
    await client.must(client.dice.choice(["NOOP", "NOOP", "CHECK"]))


async def fetch(client):
    view, dice = client.view, client.dice
    if not view.rows:
        return await noop(client)
    items = ["UID", *dice.sample(ITEMS, dice.randint(1, 3))]
    first = dice.randint(1, len(view.rows))
    last = min(len(view.rows), first + dice.choice([0, 0, 1, 5, 20]))
    changed = ""
    if view.condstore and dice.random() < 0.3:
        since = max(1, view.settled - dice.randint(0, 20))
        changed = f" (CHANGEDSINCE {since})"
    asked = view.rows[first - 1:last]
    outcome = await client.say(f"FETCH {first}:{last} ({' '.join(items)}){changed}", holding=True, asked=True)
    # RFC 2180, 4.1: a message that another session has expunged may be refused; what is there is told all the same.
    if outcome.ok and not changed:
        told = {id(row) for row, facts in view.fetches if b"UID" in facts}
        if missing := [row for row in asked if id(row) not in told]:
            raise Violation(f"FETCH {first}:{last} said nothing of {missing}")
    if changed:
        check_changed(view, since)


def check_changed(view, since):
    for row, facts in view.fetches:
        if b"MODSEQ" not in facts or int(facts[b"MODSEQ"][0]) <= since:
            raise Violation(f"CHANGEDSINCE {since} told of {row}: {facts}")


async def uid_fetch(client):
    view, dice = client.view, client.dice
    known = [row.uid for row in view.rows if row.uid]
    if not known:
        return await client.synchronise()
    wanted = printed(dice.sample(known, min(len(known), dice.choice([1, 2, 10]))))
    modifier = ""
    if view.condstore and dice.random() < 0.4:
        vanished = " VANISHED" if view.qresync else ""
        since = max(1, view.settled - dice.randint(0, 20))
        wanted, modifier = "1:*", f" (CHANGEDSINCE {since}{vanished})"
    items = " ".join(dice.sample(ITEMS, dice.randint(1, 3)))
    await client.must(f"UID FETCH {wanted} (UID {items}){modifier}", asked=True)
    if modifier:
        check_changed(view, since)


async def search(client):
    """By what never changes: then the answer is known."""
    view, dice = client.view, client.dice
    word = dice.choice(WORDS)
    by_uid = dice.random() < 0.6
    key = dice.choice([f"SUBJECT {word}", f"HEADER Subject {word}", f"TEXT {word}", f"SUBJECT {word} NOT LARGER 1000000"])
    returning = dice.choice(["", "", "RETURN (ALL) ", "RETURN (MIN MAX COUNT ALL) "])
    verb = "UID SEARCH" if by_uid else "SEARCH"
    before = list(view.rows)
    outcome = await client.must(f"{verb} {returning}{key}", holding=not by_uid)
    found = searched(outcome)
    if by_uid:
        known = {row.uid for row in before + view.rows}
        if None not in known and not set(found) <= known:
            raise Violation(f"{verb} found {sorted(set(found) - known)}, of which this session was never told")
    elif found and max(found) > len(before):
        raise Violation(f"{verb} found {max(found)} of {len(before)}")
    else:
        found = [before[number - 1].uid for number in found]
    check_found(client, word, found, before)


async def saved(client):
    """`$` is what was found, without what is gone (RFC 5182)."""
    word = client.dice.choice(WORDS)
    outcome = await client.must(f"UID SEARCH RETURN (SAVE ALL) SUBJECT {word}")
    found = set(searched(outcome))
    await client.must("UID FETCH $ (UID RFC822.SIZE)", asked=True)
    told = {row.uid for row, facts in client.view.fetches if b"RFC822.SIZE" in facts}
    if not told <= found:
        raise Violation(f"$ is {sorted(told)}, and {sorted(found)} was found")
    if lost := found & set(client.view.uids()) - told:
        raise Violation(f"$ is without {sorted(lost)}, which is there")


async def pipelined(client):
    """Several commands before the first answer (RFC 9051, 5.5)."""
    commands = ["NOOP", "UID FETCH 1:* (UID FLAGS)", "CHECK", "UID SEARCH ALL"]
    tags = [await client.begin(command, asked=True) for command in client.dice.sample(commands, 3)]
    for tag in tags:
        client.view.begin(asked=True)
        outcome = await client.finish(tag)
        if not outcome.ok:
            raise Violation(f"pipelined: {outcome.line!r}")


def searched(outcome):
    """The numbers of SEARCH, SORT or ESEARCH."""
    for values in outcome.told:
        if values[0] in (b"SEARCH", b"SORT"):
            # RFC 7162, 3.1.5: `(MODSEQ n)` may stand at the end.
            return [int(value) for value in values[1:] if not isinstance(value, list)]
        if values[0] == b"ESEARCH":
            return numbers(values[values.index(b"ALL") + 1]) if b"ALL" in values else []
    raise Violation("a search without an answer")


def check_found(client, word, found, before):
    box, letters = client.view.box, client.truth.letters
    if len(set(found)) != len(found):
        raise Violation(f"found twice: {found}")
    for uid in found:
        letter = letters.get(box.letters.get(uid))
        if letter and letter.subject != word:
            raise Violation(f"UID {uid} is about {letter.subject}, and was found by {word}")
    still = {row.uid for row in client.view.rows}
    for row in before:
        letter = letters.get(box.letters.get(row.uid))
        gone = row.uid not in still or row.uid in box.gone
        if letter and letter.subject == word and row.uid not in found and not gone:
            client.truth.suspicions.append((box, row.uid, f"UID {row.uid} is about {word}, and was not found"))


async def sort(client):
    view, dice = client.view, client.dice
    by_uid = dice.random() < 0.6
    verb = "UID SORT" if by_uid else "SORT"
    reverse = dice.random() < 0.5
    before = list(view.rows)
    outcome = await client.must(f"{verb} ({'REVERSE ' if reverse else ''}SIZE) UTF-8 ALL", holding=not by_uid)
    found = searched(outcome)
    sizes = {row.uid: row.size for row in before + view.rows if row.uid}
    if not by_uid:
        found = [before[number - 1].uid for number in found]
    known = [sizes[uid] for uid in found if sizes.get(uid) is not None]
    if known != sorted(known, reverse=reverse):
        raise Violation(f"{verb} by size: {known}")


async def thread(client):
    view, dice = client.view, client.dice
    by_uid = dice.random() < 0.6
    verb = "UID THREAD" if by_uid else "THREAD"
    before = len(view.rows)
    outcome = await client.must(f"{verb} {dice.choice(['REFERENCES', 'ORDEREDSUBJECT'])} UTF-8 ALL", holding=not by_uid)
    found = sorted(flat(outcome.told[0][1:]))
    if len(set(found)) != len(found):
        raise Violation(f"threaded twice: {found}")
    if not by_uid and found != list(range(1, before + 1)) and len(found) > before:
        raise Violation(f"{verb} of {before}: {found}")


def flat(threads):
    rest, found = [threads], []
    while rest:
        for value in rest.pop():
            if isinstance(value, list):
                rest.append(value)
            else:
                found.append(int(value))
    return found


async def idle(client):
    tag = await client.begin("IDLE")
    if await client.until_asked(tag):
        raise Violation("IDLE refused")
    listening = asyncio.create_task(client.finish(tag))
    await asyncio.sleep(client.dice.random() * 0.5)
    try:
        await client.wire.send(b"DONE\r\n")
    except Gone:
        pass  # What has come says why.
    outcome = await listening
    if not outcome.ok:
        raise Violation(f"IDLE: {outcome.line!r}")


async def status(client):
    """Numbers of a mailbox that others change: they never go back."""
    name = client.dice.choice(client.shared)
    box = client.truth.named(name)
    before = box and (box.highest_uid, box.modseq)
    outcome = await client.say(f"STATUS {name} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ SIZE)")
    if outcome.code == "NONEXISTENT" and name == FLEETING:
        return
    if not outcome.ok:
        raise Violation(f"STATUS {name}: {outcome.line!r}")
    [values] = [told for told in outcome.told if told[0] == b"STATUS"]
    facts = {bytes(key): int(value) for key, value in zip(values[2][::2], values[2][1::2])}
    if facts[b"UNSEEN"] > facts[b"MESSAGES"] or facts[b"MESSAGES"] >= facts[b"UIDNEXT"]:
        raise Violation(f"STATUS {name}: {facts}")
    if before and facts[b"UIDVALIDITY"] == box.validity:
        if facts[b"UIDNEXT"] <= before[0] or facts[b"HIGHESTMODSEQ"] < before[1]:
            raise Violation(f"STATUS {name} went back behind {before}: {facts}")
