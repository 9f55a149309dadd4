"""Mailboxes: CREATE, RENAME, DELETE, LIST, SUBSCRIBE; of a client's own, of which all is known, and one that anybody deletes."""

from strict import Violation

#: A mailbox that any client deletes and makes again, whoever has it open.
FLEETING = "Vluchtig"


async def create(client):
    if len(client.own) >= 6:
        return await remove(client)
    name = f"{client.name}-{next(client.truth.numbers)}"
    if client.own and client.dice.random() < 0.3:
        name = f"{client.dice.choice(sorted(client.own))}/{name}"
    await client.must(f"CREATE {name}")
    client.own[name] = 0


async def rename(client):
    if not client.own:
        return await create(client)
    old = client.dice.choice(sorted(client.own))
    new = f"{client.name}-{next(client.truth.numbers)}"
    await client.must(f"RENAME {old} {new}")
    # RFC 9051, 6.3.6: what is inside goes along.
    for name in [name for name in client.own if name == old or name.startswith(f"{old}/")]:
        client.own[new + name[len(old):]] = client.own.pop(name)


async def remove(client):
    name = client.dice.choice(sorted(client.own))
    inside = [other for other in client.own if other.startswith(f"{name}/")]
    outcome = await client.say(f"DELETE {name}")
    if not inside and not outcome.ok:
        raise Violation(f"DELETE {name}: {outcome.line!r}")
    if outcome.ok and not inside:
        del client.own[name]
    elif outcome.ok:
        # The name stays, without a mailbox (RFC 9051, 6.3.5): the next one inside brings no surprise if it goes first.
        for other in sorted(inside, key=len, reverse=True):
            await client.must(f"DELETE {other}")
            del client.own[other]
        del client.own[name]


async def list_own(client):
    """LIST of what only this client makes is exact."""
    status = client.dice.random() < 0.5
    returning = " RETURN (STATUS (MESSAGES))" if status else ""
    outcome = await client.must(f'LIST "" {client.name}-*{returning}')
    there = {listed[3].decode() for listed in outcome.told if listed[0] == b"LIST" and b"\\NonExistent" not in listed[1]}
    if there != set(client.own):
        raise Violation(f"LIST says {sorted(there)}, and there are {sorted(client.own)}")
    for told in outcome.told:
        if told[0] == b"STATUS" and int(told[2][1]) != client.own[told[1].decode()]:
            raise Violation(f"{told}: there are {client.own[told[1].decode()]}")


async def list_all(client):
    verb = client.dice.choice(["LIST", "LSUB"])
    outcome = await client.must(f'{verb} "" *')
    names = [told[3] for told in outcome.told if told[0] == verb.encode()]
    if len(set(names)) != len(names):
        raise Violation(f"{verb} names one twice: {names}")
    if verb == "LIST" and not {name.strip('"').encode() for name in client.shared if name != FLEETING} <= set(names):
        raise Violation(f"LIST leaves out a mailbox: {names}")


async def fleeting(client):
    if FLEETING not in client.shared:
        return await list_all(client)
    verb = client.dice.choice(["DELETE", "CREATE", "CREATE"])
    outcome = await client.say(f"{verb} {FLEETING}")
    if not outcome.ok and outcome.code not in ("NONEXISTENT", "ALREADYEXISTS"):
        raise Violation(f"{verb}: {outcome.line!r}")
