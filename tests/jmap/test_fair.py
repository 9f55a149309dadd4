"""One account that asks for all it may have leaves room for the next one (docs/security.md: J01, J25, X08)."""

import collections
import threading

import requests

from asking import CORE, Asking
from provider import ANNA, BRAM, letter, unique
from watch import Watch

#: Who asks at once: more than may.
ASKING = 12
#: Messages that are searched, and how often by one request.
MESSAGES = 100
SEARCHES = 8
#: How often a search of all texts is answered meanwhile, and how much more often the neighbour is.
SEARCHED = 8
MORE = 4


class Neighbour:
    """Somebody else, whose smallest question is answered."""

    def __init__(self, host):
        self.asking = Asking(host, BRAM)
        self.api = self.asking.session()["apiUrl"]

    def noop(self):
        call = ["Core/echo", {"hello": True}, "a"]
        answer = self.asking.http.post(self.api, json={"using": [CORE], "methodCalls": [call]}, timeout=60)
        assert answer.json()["methodResponses"] == [call]


def fill(provider):
    with provider.imap(ANNA) as client:
        client.create("fair")
        for number in range(MESSAGES):
            word = unique()
            body = f"een regel tekst om door te zoeken {word}\r\n" * 150
            client.append("fair", None, None, letter(f"{word} {number}", body=body).encode())


def ask_for_all(anna, over, seen):
    """Searches every text again and again."""
    session, account = anna.session(), anna.account
    while not over.is_set():
        calls = [["Email/query", {"accountId": account, "filter": {"body": unique()}}, "c"] for _ in range(SEARCHES)]
        body = {"using": list(session["capabilities"]), "methodCalls": calls}
        try:
            answer = anna.http.post(session["apiUrl"], json=body, timeout=300)
        except requests.ConnectionError:
            # who was refused before his request was read is hung up on, and comes again
            continue
        seen[answer.json()["limit"] if answer.status_code == 400 else answer.status_code] += 1


def test_x08_an_account_at_its_limits_keeps_nobody_else_waiting(provider, host):
    fill(provider)
    over, seen, listeners = threading.Event(), collections.Counter(), [Asking(host).listen() for _ in range(20)]
    assert [listener.answer.status for listener in listeners] == [200] * 20
    assert Asking(host).listen().answer.status == 429
    threads = [threading.Thread(target=ask_for_all, args=(Asking(host), over, seen)) for _ in range(ASKING)]
    # who waited for his turn behind all of that would be answered less often than it is
    with Watch(provider.process.pid, Neighbour(host), within=30, pause=0) as watch:
        for thread in threads:
            thread.start()
        while not (seen[200] >= SEARCHED and seen["maxConcurrentRequests"]) and not watch.fault:
            assert any(thread.is_alive() for thread in threads)
            over.wait(0.05)
        searched, answered = seen[200], watch.noops
        over.set()
        for thread in threads:
            thread.join(300)
    assert set(seen) == {200, "maxConcurrentRequests"}
    assert answered >= MORE * searched, f"{answered} answers beside {searched} searches"
    for listener in listeners:
        listener.close()
