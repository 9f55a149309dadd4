"""A client of JMAP that prepares what a load asks: one account's session, and calls with their answers."""

import base64
import http.client
import json
import ssl
from urllib.parse import urlsplit

from stage.accounts import PASSWORD
from stage.server import HOST

CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"


class Asking:
    def __init__(self, server, person):
        # A certificate of our own, for names that lead nowhere.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.http = http.client.HTTPSConnection(HOST, server.port["https"], context=context, timeout=300)
        login = base64.b64encode(f"{person}:{PASSWORD}".encode()).decode()
        self.fields = {"Authorization": f"Basic {login}", "Host": "localhost", "Content-Type": "application/json"}
        session = self.answer("GET", "/.well-known/jmap")
        self.path = urlsplit(session["apiUrl"]).path
        self.account = session["primaryAccounts"][MAIL]

    def answer(self, method, path, body=None):
        self.http.request(method, path, body, self.fields)
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status in (301, 302, 307, 308):
            return self.answer(method, urlsplit(answer.headers["Location"]).path, body)
        if answer.status != 200:
            raise RuntimeError(f"JMAP: {path}: {answer.status}: {text[:500]}")
        return json.loads(text)

    def request(self, method, **arguments):
        """The text of a request with one call."""
        call = [method, {"accountId": self.account, **arguments}, "c"]
        return json.dumps({"using": [CORE, MAIL], "methodCalls": [call]})

    def call(self, method, **arguments):
        """The answer to one call; an error raises."""
        (name, answer, _), = self.answer("POST", self.path, self.request(method, **arguments))["methodResponses"]
        if name != method:
            raise RuntimeError(f"JMAP: {method}: {answer}")
        return answer
