"""What changes, as it changes: by EventSource and by WebSocket (RFC 8620, 7.3; RFC 8887)."""

import asyncio
import base64
import json
import os
import smtplib
import ssl
import threading
import time

import jmapc
import pytest
import requests
import websocket

from asking import CORE, Asking
from provider import ANNA, BRAM, PASSWORD, Provider
from watch import memory

WEBSOCKET = "urn:ietf:params:jmap:websocket"


def deliver(provider, subject, to=ANNA):
    door = provider.door("mx")
    with smtplib.SMTP(door.address, door.port, local_hostname="mail.example.org") as smtp:
        smtp.sendmail("a@example.org", [to], f"From: a@example.org\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nhello\r\n")


def socket(anna, host, **more):
    url = anna.session()["capabilities"][WEBSOCKET]["url"]
    assert url == f"wss://{host}/jmap/ws"
    ca = {"ca_certs": os.environ["REQUESTS_CA_BUNDLE"]}
    header = [f"{name}: {value}" for name, value in more.items()]
    request = anna.http.prepare_request(requests.Request("GET", f"https://{host}/"))
    header.append(f"Authorization: {request.headers['Authorization']}")
    return websocket.create_connection(url, subprotocols=["jmap"], sslopt=ca, header=header, timeout=20)


def test_a_delivery_is_told_and_its_state_is_that_of_the_method(provider, anna):
    with anna.listen() as listening:
        deliver(provider, "told")
        event = listening.next()
    assert event["event"] == "state"
    change = json.loads(event["data"])
    assert change["@type"] == "StateChange"
    states = change["changed"][anna.account]
    assert anna.call("Email/get", accountId=anna.account, ids=[])["state"] == states["Email"]
    assert anna.call("Mailbox/get", accountId=anna.account, ids=[])["state"] == states["Mailbox"]


def test_types_are_those_that_were_asked_for(provider, anna):
    with anna.listen(types="Mailbox,Nothing") as mailboxes, anna.listen(types="Nothing") as nothing:
        deliver(provider, "some")
        assert list(json.loads(mailboxes.next()["data"])["changed"][anna.account]) == ["Mailbox"]
        assert nothing.events.empty()


def test_closeafter_ends_after_one(provider, anna):
    with anna.listen(closeafter="state") as listening:
        deliver(provider, "once")
        assert listening.next()["event"] == "state"
        assert listening.next() is None


def test_what_was_missed_is_told_at_once(provider, anna):
    with anna.listen() as listening:
        deliver(provider, "first")
        last = listening.next()["id"]
        while not listening.events.empty():
            last = listening.next()["id"]
    with anna.listen(**{"Last-Event-ID": last}) as again:
        deliver(provider, "second")
        known = again.next()["id"]
    assert known != last
    with anna.listen(**{"Last-Event-ID": last}) as late:
        assert late.next()["event"] == "state"


def test_jmapc_hears_a_delivery(provider, host):
    client = jmapc.Client.create_with_password(
        host=host, user=ANNA, password=PASSWORD,
        event_source_config=jmapc.EventSourceConfig(types="Email", closeafter="state"),
    )
    events = client.events
    # its answer begins when it listens: the first look makes the connection
    threading.Timer(1, deliver, (provider, "jmapc")).start()
    event = next(events)
    assert list(event.data.changed) == [client.account_id]
    assert event.data.changed[client.account_id].email


def test_a_websocket_answers_and_pushes(provider, anna, host):
    talk = socket(anna, host)
    assert talk.getsubprotocol() == "jmap"
    talk.send(json.dumps({"@type": "Request", "id": "R1", "using": [CORE, WEBSOCKET],
                          "methodCalls": [["Core/echo", {"hello": True}, "a"]]}))
    answer = json.loads(talk.recv())
    assert (answer["@type"], answer["requestId"]) == ("Response", "R1")
    assert answer["methodResponses"] == [["Core/echo", {"hello": True}, "a"]]
    talk.send(json.dumps({"@type": "Request", "id": "R2", "using": ["urn:x"], "methodCalls": []}))
    error = json.loads(talk.recv())
    assert (error["@type"], error["requestId"]) == ("RequestError", "R2")
    talk.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": ["Email"]}))
    # answers come in the order of what was said: push is on once this one is there
    talk.send(json.dumps({"@type": "Request", "id": "R3", "using": [CORE], "methodCalls": []}))
    assert json.loads(talk.recv())["requestId"] == "R3"
    deliver(provider, "by socket")
    change = json.loads(talk.recv())
    assert list(change["changed"][anna.account]) == ["Email"]
    talk.close()
    again = socket(anna, host)
    again.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": None, "pushState": change["pushState"] + "x"}))
    assert json.loads(again.recv())["@type"] == "StateChange"
    again.close()


def test_j10_a_page_of_another_site_opens_no_socket(host):
    asking = Asking(host, None)
    body = {"username": ANNA, "password": PASSWORD, "for": "browser"}
    cookie = asking.http.post(asking.url("/jmap/login"), json=body, timeout=30).headers["Set-Cookie"].partition(";")[0]
    ca = {"ca_certs": os.environ["REQUESTS_CA_BUNDLE"]}
    for origin, opens in [(f"https://{host}", True), ("https://evil.example", False)]:
        try:
            websocket.create_connection(
                f"wss://{host}/jmap/ws", subprotocols=["jmap"], sslopt=ca, cookie=cookie, origin=origin, timeout=20,
            ).close()
            assert opens
        except websocket.WebSocketBadStatusException as refused:
            assert not opens and refused.status_code == 403


def test_a_delivery_is_told_soon(provider, anna):
    """From the end of DATA to the event: both ends in Python, on a machine that is busy with other things."""
    with anna.listen(types="Email") as listening:
        for number in range(5):
            deliver(provider, f"soon {number}")
            begun = time.monotonic()
            assert listening.next()["event"] == "state"
            assert time.monotonic() - begun < 2


@pytest.mark.parametrize("way", ["EventSource", "WebSocket"])
def test_bram_hears_nothing_of_anna(provider, host, way):
    bram = Asking(host, BRAM)
    if way == "EventSource":
        with bram.listen() as listening:
            deliver(provider, "not his")
            deliver(provider, "his", BRAM)
            assert list(json.loads(listening.next()["data"])["changed"]) == [bram.account]
    else:
        talk = socket(bram, host)
        talk.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": None}))
        talk.send(json.dumps({"@type": "Request", "using": [CORE], "methodCalls": []}))
        talk.recv()
        deliver(provider, "not his")
        deliver(provider, "his", BRAM)
        assert list(json.loads(talk.recv())["changed"]) == [bram.account]
        talk.close()


def test_j25_hundreds_of_listeners_stay_cheap(tmp_path):
    """What they cost once the first ones have warmed the server up, TLS and all."""
    with Provider(tmp_path / "demo", "--no-limits", accounts=60) as provider:
        users = [word for word in provider.run("account", "list").stdout.split() if word.endswith("@telfortglasvezel.nl")]
        growth, after = asyncio.run(crowd(provider, users[:55], 100, 800))
        assert growth < 40 * 1_024, f"{growth / 1_024:.0f} KiB each"
        assert after < 2, "the last one is told as late as that"
        provider.stop()


async def crowd(provider, users, first, count):
    """How much each listener after the first ones takes, and how late a delivery is told among them."""
    door, pid = provider.door("https"), provider.process.pid
    context = ssl.create_default_context(cafile=provider.ca)
    context.check_hostname = False

    async def listen(number):
        user = users[number % len(users)]
        reader, writer = await asyncio.open_connection(door.address, door.port, ssl=context, server_hostname=door.names[0])
        login = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        writer.write(f"GET /jmap/events?types=*&closeafter=no&ping=0 HTTP/1.1\r\nHost: {door.names[0]}\r\n"
                     f"Authorization: Basic {login}\r\n\r\n".encode())
        await reader.readuntil(b":\n")
        return user, reader, writer

    listeners = [await listen(number) for number in range(first)]
    before = memory(pid)
    listeners += [await listen(number) for number in range(first, count)]
    growth = (memory(pid) - before) / (count - first)
    user, reader, _ = listeners[-1]
    deliver(provider, "among many", user)
    begun = time.monotonic()
    await asyncio.wait_for(reader.readuntil(b"event: state"), 20)
    after = time.monotonic() - begun
    for _, _, writer in listeners:
        writer.close()
    return growth, after
