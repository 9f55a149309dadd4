"""A client of JMAP that hides nothing: one call, one answer, as plain Python values."""

import contextlib
import http.client
import os
import queue
import socket
import ssl
import threading
from unittest import mock

import requests

from provider import ANNA, PASSWORD

CORE = "urn:ietf:params:jmap:core"


@contextlib.contextmanager
def names_of(provider):
    """While this lasts, the names of the HTTPS listener lead to it, and its authority is trusted."""
    door = provider.door("https")
    ask = socket.getaddrinfo

    def getaddrinfo(host, port, *more, **named):
        return ask(door.address if host in door.names else host, port, *more, **named)

    with mock.patch("socket.getaddrinfo", getaddrinfo), mock.patch.dict("os.environ", REQUESTS_CA_BUNDLE=str(provider.ca)):
        yield f"{door.names[0]}:{door.port}"


class Asking:
    """Somebody who asks by JMAP."""

    def __init__(self, host, user=ANNA, password=PASSWORD, **fields):
        self.host = host
        self.http = requests.Session()
        if user:
            self.http.auth = (user, password)
        self.http.headers.update(fields)

    def url(self, path):
        return f"https://{self.host}{path}"

    def session(self):
        answer = self.http.get(self.url("/.well-known/jmap"), timeout=30)
        answer.raise_for_status()
        return answer.json()

    @property
    def account(self):
        """One's own account."""
        return next(id for id, account in self.session()["accounts"].items() if account["isPersonal"])

    def request(self, calls, using=None, **more):
        """The whole answer of HTTP to a request."""
        using = list(self.session()["capabilities"]) if using is None else using
        body = {"using": using, "methodCalls": calls, **more}
        return self.http.post(self.session()["apiUrl"], json=body, timeout=60)

    def call(self, method, **arguments):
        """The answer to one call; an error raises."""
        (name, answer, _), = self.request([[method, arguments, "c"]]).json()["methodResponses"]
        assert name == method, f"{method}: {answer}"
        return answer

    def listen(self, types="*", closeafter="no", ping=0, **headers):
        """Begins to listen: see `Listening`."""
        url = self.session()["eventSourceUrl"].format(types=types, closeafter=closeafter, ping=ping)
        request = self.http.prepare_request(requests.Request("GET", url, headers=headers))
        return Listening(self.host, request)


class Listening:
    """What an EventSource hears; each event is a dict of its fields."""

    def __init__(self, host, request):
        name, _, port = host.rpartition(":")
        context = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"])
        self.connection = http.client.HTTPSConnection(name, int(port), context=context, timeout=120)
        self.connection.request("GET", request.path_url, headers=dict(request.headers))
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.events = queue.Queue()
        if self.answer.status == 200:
            threading.Thread(target=self.read, daemon=True).start()

    def __enter__(self):
        assert self.answer.status == 200, self.answer.read()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def read(self):
        event = {}
        with contextlib.suppress(OSError, http.client.HTTPException):
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(":")
                if name:
                    event[name] = value.lstrip()
                elif event and not value:
                    self.events.put(event)
                    event = {}
        self.events.put(None)

    def next(self, within=20):
        """The next event; None at the end."""
        return self.events.get(timeout=within)
