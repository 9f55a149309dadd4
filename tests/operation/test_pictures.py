"""Images of the web that a message shows: what their servers hear, and at which addresses they may be (docs/security.md: J05, W05)."""

import contextlib
import re
from html import unescape

import pytest
import requests

from certificates import Authority
from names import Names
from provider import unique
from sending import arrive, asked_by_anna, server_on
from web import Web

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
#: Web servers: where they are; the second one is in no network that may be asked.
SERVERS = {"pictures.example": "127.0.31.1", "inside.example": "127.0.32.1"}
PAGES = {
    "/a.gif": (200, "image/gif", GIF),
    "/page": (200, "image/png", b"<html><script>x</script>"),
    "/drawing": (200, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/large": (200, "image/gif", GIF + bytes(5 << 20)),
    "/none": (404, "image/gif", GIF),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server, the web servers, and a browser's questions."""
    folder = tmp_path_factory.mktemp("pictures")
    authority = Authority(folder / "authority")
    zone = "".join(f"{name}. 60 A {address}\n" for name, address in SERVERS.items())
    # names of this machine
    zone += "loop.example. 60 A 127.0.0.1\nown.example. 60 AAAA ::1\n"
    with contextlib.ExitStack() as stack:
        servers = {}
        for name, address in SERVERS.items():
            context = authority.issue(name, name, "loop.example", "own.example").context()
            servers[name] = stack.enter_context(Web(address, context, dict(PAGES)))
        names = stack.enter_context(Names(folder / "names", {"example.": zone}, ["example."]))
        made = server_on(folder / "server", names, f'authorities = "{authority.file}"', inner="127.0.31.0/24")
        server = stack.enter_context(made)
        yield Place(server, servers, *stack.enter_context(asked_by_anna(server)))
        server.stop()
        server.run("store", "check")


class Place:
    def __init__(self, server, servers, http, base):
        self.server, self.servers, self.http, self.base = server, servers, http, base

    def call(self, method, **arguments):
        body = {"using": ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], "methodCalls": [[method, arguments, "c"]]}
        return self.http.post(f"{self.base}/jmap/api", json=body, timeout=30).json()["methodResponses"][0][1]

    def deliver(self, body):
        """A message with this HTML; gives the path of its document."""
        word = unique()
        arrive(self.server, f"{word}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8", body)
        account = next(iter(self.http.get(f"{self.base}/jmap/session", timeout=30).json()["primaryAccounts"].values()))
        [email] = self.call("Email/query", accountId=account, filter={"subject": word})["ids"]
        [told] = self.call("Email/get", accountId=account, ids=[email], properties=["htmlBody"])["list"]
        return f"/jmap/html/{account}/{email}/{told['htmlBody'][0]['partId']}"

    def get(self, path, **more):
        return self.http.get(self.base + path, timeout=60, allow_redirects=False, **more)

    def images(self, *urls):
        """The answers for these images of one message."""
        page = self.get(self.deliver("".join(f'<img src="{url}">' for url in urls)) + "?remote=1")
        assert page.status_code == 200
        return [self.get(unescape(path)) for path in re.findall(r'<img src="(/jmap/image/[^"]+)"', page.text)]


def test_w05_an_image_comes_through_the_server_and_says_nothing_of_who_reads(place):
    path = place.deliver('<p>Hallo<img src="http://pictures.example/a.gif?who=anna#x">')
    page = place.get(path)
    assert page.status_code == 200 and "src=" not in page.text and 'data-remote="1"' in page.text
    assert not place.servers["pictures.example"].asked
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'" in policy and "script" not in policy
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy and "frame-ancestors 'self'" in policy
    assert page.headers["cache-control"] == "private, no-store" and page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer" and page.headers["cross-origin-resource-policy"] == "same-origin"
    shown = place.get(path + "?remote=1")
    [image] = re.findall(r'<img src="(/jmap/image/[^"]+)"', shown.text)
    place.servers["pictures.example"].pages["/a.gif?who=anna"] = PAGES["/a.gif"]
    answer = place.get(unescape(image), headers={"Referer": "https://secret.example/", "Cookie": "x=y", "User-Agent": "somebody"})
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, GIF, "image/gif")
    assert answer.headers["content-disposition"].startswith("attachment") and answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    [(method, asked, body, header)] = place.servers["pictures.example"].asked
    assert (method, asked, body) == ("GET", "/a.gif?who=anna", b"")
    assert set(header) == {"host", "user-agent", "connection", "accept"}
    assert "somebody" not in str(header)


def test_w05_what_is_no_image_is_not_given_out(place):
    base = "https://pictures.example"
    answers = place.images(*(f"{base}{path}" for path in ("/page", "/drawing", "/large", "/none", "/nowhere")))
    assert [answer.status_code for answer in answers] == [502] * 5
    assert all(b"<" not in answer.content for answer in answers)


def test_j05_no_image_is_asked_for_in_our_own_network(place):
    for server in place.servers.values():
        server.asked.clear()
    refused = place.images("https://inside.example/a.gif", "http://inside.example/a.gif?x", "https://loop.example/a.gif",
                           "https://own.example/a.gif", "https://nobody.example/a.gif")
    assert [answer.status_code for answer in refused] == [502] * 5
    # addresses, ports and other ways are no images at all
    assert place.images("https://127.0.31.1/a.gif", "https://[::1]/a.gif", "http://0x7f.1/", "https://pictures.example:25/a.gif",
                        "ftp://pictures.example/a.gif", "//pictures.example/a.gif", "file:///etc/passwd", "https://localhost/") == []
    assert not any(server.asked for server in place.servers.values())


def test_j05_only_what_was_shown_to_the_reader_is_asked_for(place):
    page = place.get(place.deliver('<img src="https://pictures.example/a.gif">') + "?remote=1")
    [path] = re.findall(r'<img src="(/jmap/image/[^"]+)"', page.text)
    path = unescape(path)
    assert place.get(path).status_code == 200
    place.servers["pictures.example"].asked.clear()
    assert place.get(path.replace("a%2Egif", "b%2Egif")).status_code == 404
    assert place.get("/jmap/image/" + "0" * 64 + path[path.index("?"):]).status_code == 404
    assert requests.get(place.base + path, verify=place.http.verify, timeout=30).status_code == 401
    assert not place.servers["pictures.example"].asked


def test_j07_html_of_what_one_does_not_see_is_not_there(place):
    path = place.deliver("<p>geheim")
    account, email, part = path.split("/")[3:]
    for other in (f"/jmap/html/x/{email}/{part}", f"/jmap/html/{account}/x/{part}", f"/jmap/html/{account}/{email}/99"):
        answer = place.get(other)
        assert answer.status_code == 404 and "geheim" not in answer.text
    assert requests.get(place.base + path, verify=place.http.verify, timeout=30).status_code == 401
    too_deep = place.get(place.deliver("<div>\r\n" * 100_000))
    assert (too_deep.status_code, too_deep.json()["detail"]) == (422, "the HTML is too complicated")
    too_long = place.get(place.deliver("hallo\r\n" * 400_000))
    assert (too_long.status_code, too_long.json()["detail"]) == (422, "the HTML is too long")
