"""What changes messages: STORE, APPEND, COPY, MOVE, EXPUNGE. What was asked for is noted before it is sent."""

from strict import Violation
from stress.letters import write
from stress.sets import numbers, printed

FLAGS = ("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "$Forwarded", "werk")


def pick(client, most):
    """Rows of the view, neighbours or here and there; ascending."""
    rows, dice = [row for row in client.view.rows if row.uid], client.dice
    count = min(len(rows), dice.randint(1, most))
    if dice.random() < 0.5:
        return sorted(dice.sample(rows, count), key=lambda row: row.uid)
    first = dice.randint(0, len(rows) - count)
    return rows[first:first + count]


def named(client, rows, by_uid):
    """The set that names these rows."""
    if by_uid:
        return printed(row.uid for row in rows)
    wanted = {id(row) for row in rows}
    return printed(index + 1 for index, row in enumerate(client.view.rows) if id(row) in wanted)


async def store(client, flag=None):
    view, dice = client.view, client.dice
    rows = pick(client, 6)
    by_uid = dice.random() < 0.5
    sign = "+" if flag else dice.choice(["", "+", "-"])
    flags = frozenset([flag]) if flag else frozenset(dice.sample(FLAGS, dice.randint(1, 2)))
    silent = ".SILENT" if dice.random() < 0.4 else ""
    unchanged = ""
    if view.condstore and dice.random() < 0.4:
        since = max(row.modseq for row in rows) if dice.random() < 0.7 else max(1, view.settled - dice.randint(0, 50))
        unchanged = f" (UNCHANGEDSINCE {since})"
    if "\\Deleted" in flags:
        view.box.deleted |= {row.uid for row in rows}
    verb, which = ("UID STORE" if by_uid else "STORE"), named(client, rows, by_uid)
    outcome = await client.say(f"{verb} {which}{unchanged} {sign}FLAGS{silent} ({' '.join(flags)})", holding=not by_uid)
    refused = set(numbers(outcome.argument)) if outcome.code == "MODIFIED" else set()
    if not by_uid:
        refused = {view.rows[number - 1].uid for number in refused}
    told = {id(row): facts for row, facts in view.fetches}
    for row in rows:
        facts = told.get(id(row), {})
        if unchanged and row.uid not in refused and b"MODSEQ" in facts and row.uid not in view.box.gone:
            check_unchanged(view.box, row, since, facts)
        if silent and b"FLAGS" not in facts and row.uid not in refused and row.flags is not None:
            row.flags = changed(row.flags, sign, flags)


def check_unchanged(box, row, since, facts):
    """What was stored on condition had not been changed (RFC 7162, 3.1.3)."""
    now = int(facts[b"MODSEQ"][0])
    if between := box.changed_since(row.uid, since, now):
        # What was set already changes nothing, and may be told with the mod-sequence that it has.
        if now not in box.states.get(row.uid, ()):
            raise Violation(f"UID {row.uid} changed at {between}, and UNCHANGEDSINCE {since} stored at {now}")


def changed(before, sign, flags):
    return {"": flags, "+": before | flags, "-": before - flags}[sign]


async def delete(client):
    await store(client, "\\Deleted")


async def expunge(client):
    view = client.view
    deleted = [row.uid for row in view.rows if row.uid and row.flags and "\\Deleted" in row.flags]
    if client.dice.random() < 0.5 or not deleted:
        await client.must("EXPUNGE")
        return
    chosen = client.dice.sample(deleted, client.dice.randint(1, len(deleted)))
    others = {row.uid for row in view.rows} - set(chosen)
    before = {uid for uid in others if uid}
    await client.must(f"UID EXPUNGE {printed(chosen)}")
    client.truth.suspicions += [(view.box, uid, f"UID EXPUNGE {chosen} took {uid}") for uid in before - set(view.uids())]


async def append(client, count=1):
    """APPEND of one or several (RFC 3502), into a mailbox that is shared or that is the client's own."""
    dice, truth = client.dice, client.truth
    name = dice.choice([*client.shared, *([client.view.name] * 3 if client.view else []), *client.own])
    box = truth.named(name)
    letters = []
    parts = [f"APPEND {name}"]
    for _ in range(count):
        answers = dice.choice(client.lately) if client.lately and dice.random() < 0.4 else None
        letter, raw = write(dice, next(truth.numbers), answers)
        truth.letters[letter.word] = letter
        client.lately.append(letter.word)
        letters.append(letter)
        flags = dice.choice(["", " (\\Seen)", " (\\Flagged werk)"])
        date = dice.choice(["", ' "25-Nov-2026 01:02:03 +0100"'])
        parts += [f"{flags}{date} ", raw]
    highest = box.highest_uid if box else 0
    outcome = await client.say([parts[0] + parts[1], *parts[2:]])
    if outcome.code == "TRYCREATE":
        return
    if outcome.code != "APPENDUID":
        raise Violation(f"APPEND: {outcome.line!r}")
    validity, uids = outcome.argument.split()
    uids = numbers(uids)
    if len(uids) != count:
        raise Violation(f"{count} appended as {uids}")
    target = truth.box(name, int(validity))
    if target is box and uids[0] <= highest:
        raise Violation(f"APPENDUID {uids}, and UID {highest} was there before")
    for uid, letter in zip(uids, letters):
        target.content(uid, letter.word)
    if name in client.own:
        client.own[name] += count


async def multiappend(client):
    await append(client, client.dice.randint(2, 6))


async def replace(client):
    """A new letter takes the place of an old one (RFC 8508): there is never none and never both."""
    view, dice, truth = client.view, client.dice, client.truth
    [row] = pick(client, 1)
    uid, by_uid = row.uid, dice.random() < 0.5
    letter, raw = write(dice, next(truth.numbers))
    truth.letters[letter.word] = letter
    view.box.moved.add(uid)
    highest = view.box.highest_uid
    outcome = await client.say([f"{'UID ' if by_uid else ''}REPLACE {named(client, [row], by_uid)} {view.name} (\\Draft) ", raw])
    if not outcome.ok:
        # Somebody else has expunged it.
        if outcome.code not in ("NONEXISTENT", "EXPUNGEISSUED", "TRYCREATE"):
            raise Violation(f"REPLACE: {outcome.line!r}")
        return
    validity, new = outcome.codes["APPENDUID"].split()
    if int(new) <= highest or int(validity) != view.box.validity:
        raise Violation(f"REPLACE as {outcome.codes['APPENDUID']}, and UID {highest} was there before")
    view.box.content(int(new), letter.word)
    if uid in view.uids():
        raise Violation(f"REPLACE put {new} into the place of UID {uid}, and did not say that it is gone")


async def copy(client, verb="COPY"):
    view, dice, truth = client.view, client.dice, client.truth
    rows = pick(client, 5)
    source = view.box
    name = dice.choice([*client.shared, *client.own])
    by_uid = dice.random() < 0.5
    words = [source.letters[row.uid] for row in rows if row.uid in source.letters]
    target = truth.named(name)
    highest = target.highest_uid if target else 0
    if verb == "MOVE":
        source.moved |= {row.uid for row in rows}
    which = named(client, rows, by_uid)
    try:
        outcome = await client.say(f"{'UID ' if by_uid else ''}{verb} {which} {name}")
    except BaseException:
        # Nobody has heard where they went.
        for box in truth.all_named(name):
            box.adrift |= set(words)
        raise
    argument = outcome.argument if outcome.code == "COPYUID" else outcome.codes.get("COPYUID")
    if argument is None:
        return
    validity, old, new = argument.split()
    old, new = numbers(old), numbers(new)
    box = truth.box(name, int(validity))
    if box is target and min(new) <= highest:
        raise Violation(f"COPYUID {new}, and UID {highest} was there before")
    if not set(old) <= {row.uid for row in rows}:
        raise Violation(f"{verb} of {which} took {old}")
    truth.copied(source, old, box, new)
    if name in client.own:
        client.own[name] += len(new)
    if verb == "MOVE" and (left := set(old) & set(view.uids())) and not (box is source):
        raise Violation(f"MOVE took {sorted(left)}, and did not say that they are gone")


async def move(client):
    await copy(client, "MOVE")
