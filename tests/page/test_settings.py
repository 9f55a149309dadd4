"""The page itself: what customers read at /settings and what `glaspost settings` prints, from the listeners that run."""

import html.parser
import json
import re
import subprocess

import pytest

from fetch import HOST, fetch
from provider import HOUSE, PROGRAM, Provider

EXAMPLE = HOUSE / "examples" / "telfortglasvezel.toml"
FORMATS = ["text", "html", "json"]
#: Words of the page that must be there, in each language.
WORDS = {
    "nl": ["E-mail instellen", "wordt niet ondersteund", "raden het af", "Oude namen", "Bad HELO", "Claws Mail", "jan-pc"],
    "en": ["Set up", "is not supported", "advise against", "Old names", "Bad HELO", "Claws Mail", "jan-pc"],
}


def page(provider, path, *options):
    door = provider.door("https")
    return fetch(door.port, door.address, provider.ca, path, *options)


class Outline(html.parser.HTMLParser):
    """Tags as they open and close, and the cells of each row."""

    VOID = {"meta", "link", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.tags, self.language = [], [], [], None
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "html":
            self.language = dict(attributes)["lang"]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and "thead" not in self.open:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if ("td" in self.open or "th" in self.open) and "thead" not in self.open:
            self.rows[-1][-1] += data


def customers_doors(facts):
    """The listeners that customers use: (port, first name)."""
    return {(door["port"], door["names"][0]) for door in facts["listeners"] if door["protocol"] in ("submission", "relay", "pop3", "imap")}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_the_page_has_every_door(provider, language, version):
    status, headers, body = page(provider, "/settings", version, "--header", f"Accept-Language: {language}")
    assert status == 200 and headers["content-language"] == language
    assert headers["content-type"] == "text/html; charset=utf-8"
    outline = Outline(body.decode())
    assert outline.language == language
    shown = " ".join(" ".join(row) for row in outline.rows)
    doors = customers_doors(provider.facts)
    assert len(doors) == 7
    for port, name in doors:
        assert any(str(port) in " ".join(row) and name in " ".join(row) for row in outline.rows), (port, name, shown)
    for word in WORDS[language]:
        assert word in body.decode(), word
    for old in ["smtp.xmsnet.nl", "pop.xmsnet.nl", "imap.xmsnet.nl"]:
        assert old in shown


def test_the_demo_says_where_it_is(provider):
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", provider.ca, provider.facts["urls"]["settings"]]
    assert "E-mail instellen" in subprocess.run(command, capture_output=True, text=True, timeout=60).stdout


def test_the_language_of_the_address_wins(provider):
    for path, accepted, expected in [("/settings/en", "nl", "en"), ("/settings/nl", "en", "nl"), ("/settings", "de", "nl")]:
        status, headers, body = page(provider, path, "--header", f"Accept-Language: {accepted}")
        assert (status, headers["content-language"]) == (200, expected)
        tags = Outline(body.decode()).tags
        links = {attributes["hreflang"]: attributes["href"] for tag, attributes in tags if tag == "a" and "hreflang" in attributes}
        assert links == {"nl": "/settings/nl", "en": "/settings/en"}
    assert page(provider, "/settings/de")[0] == 404


def test_nothing_but_its_own_style_is_loaded(provider):
    _, headers, body = page(provider, "/settings")
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';") and "unsafe" not in policy
    tags = Outline(body.decode()).tags
    assert not any(tag in ("script", "style", "img", "iframe") or "style" in attributes for tag, attributes in tags)
    [style] = [attributes["href"] for tag, attributes in tags if attributes.get("rel") == "stylesheet"]
    status, headers, css = page(provider, style)
    assert status == 200 and headers["content-type"] == "text/css; charset=utf-8" and b"url(" not in css
    assert "set-cookie" not in headers


def test_it_is_small_kept_and_asked_for_by_head(provider):
    _, plain, body = page(provider, "/settings/nl")
    _, small, packed = page(provider, "/settings/nl", "--header", "Accept-Encoding: gzip")
    assert small["content-encoding"] == "gzip" and len(packed) * 2 < len(body)
    assert page(provider, "/settings/nl", "--compressed")[2] == body
    assert plain["vary"] == small["vary"] == "accept-encoding, accept-language" and plain["etag"] != small["etag"]
    status, again, nothing = page(provider, "/settings/nl", "--header", f"If-None-Match: {plain['etag']}")
    assert (status, again["etag"], nothing) == (304, plain["etag"], b"")
    status, only, nothing = page(provider, "/settings/nl", "--head")
    assert (status, only["content-length"], nothing) == (200, str(len(body)), b"")
    assert page(provider, "/settings/nl", "--request", "POST")[0] == 405


def test_what_is_told_of_bad_helo_is_what_the_server_says(provider):
    _, _, body = page(provider, "/settings/nl")
    for name in ["localhost", "jan_pc"]:
        with provider.smtp("submission") as client:
            code, text = client.docmd("EHLO", name)
        assert f"<code>{code} {text.decode()}</code>" in body.decode()
    with provider.smtp("submission") as client:
        assert client.docmd("EHLO", "jan-pc")[0] == 250


def test_old_names_are_told_as_the_certificate_has_them(provider, tmp_path):
    told = {old["name"]: old["leads-to"] for old in json.loads(provider.run("settings", "--json").stdout)["old-names"]}
    same = "same-server-not-in-certificate"
    assert told == {"smtp.xmsnet.nl": "relay", "pop.xmsnet.nl": same, "imap.xmsnet.nl": same}
    with Provider(tmp_path / "demo", "--cover-old-names") as covered:
        names = json.loads(covered.run("settings", "--json").stdout)["old-names"]
        assert {old["name"]: old["leads-to"] for old in names}["pop.xmsnet.nl"] == "same-server-in-certificate"
        covered.stop()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("form", FORMATS)
def test_the_command_prints_the_same(provider, form, language):
    printed = provider.run("settings", "--format", form, "--language", language).stdout
    _, _, body = page(provider, f"/settings/{language}")
    for port, name in customers_doors(provider.facts):
        assert re.search(rf"\b{port}\b", printed) and name in printed, (port, name)
    if form == "json":
        facts = json.loads(printed)
        assert facts["webmail"] == f"https://{HOST}:{provider.door('https').port}/"
        assert facts["language"] == language and facts["page"] == f"https://{HOST}:{provider.door('https').port}/settings"
        assert {(way["port"], way["server"]) for way in facts["incoming"] + facts["outgoing"]} == customers_doors(provider.facts)
        assert all(way["recommended"] == (way["security"] != "none") for way in facts["incoming"] + facts["outgoing"])
        return
    for word in WORDS[language]:
        assert word in printed, word
    assert f"https://{HOST}:{provider.door('https').port}/" in printed.replace('"', " ").replace("<", " ").split()
    if form == "html":
        outline, served = Outline(printed), Outline(body.decode())
        assert outline.rows == served.rows and outline.language == language
        assert "<link" not in printed, "it stands alone"


def test_the_example_is_the_page_that_started_it(tmp_path):
    """Without a server, and without its certificates."""
    def settings(*options):
        done = subprocess.run([PROGRAM, "--config", EXAMPLE, "settings", *options], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "certificates" in done.stderr, done.stderr
        return done.stdout

    facts = json.loads(settings("--json"))
    ways = {(way["server"], way["port"], way["security"], way["recommended"]) for way in facts["incoming"] + facts["outgoing"]}
    assert ways == {
        ("smtp.telfortglasvezel.nl", 587, "starttls", True),
        ("smtp.xmsnet.nl", 25, "none", False),
        ("smtp.xmsnet.nl", 587, "none", False),
        ("pop3.telfortglasvezel.nl", 995, "tls", True),
        ("pop3.telfortglasvezel.nl", 110, "none", False),
        ("imap.telfortglasvezel.nl", 993, "tls", True),
        ("imap.telfortglasvezel.nl", 143, "starttls", True),
        ("imap.telfortglasvezel.nl", 143, "none", False),
    }
    assert facts["no-port-465"] is True and facts["page"] == f"https://{HOST}/settings"
    assert facts["webmail"] == f"https://{HOST}/" and f"\n  https://{HOST}/\n" in settings()
    assert "E-mail instellen" in settings() and "Set up" in settings("--lang", "en")
    wrong = subprocess.run([PROGRAM, "--config", EXAMPLE, "settings", "--json", "--format", "text"], capture_output=True, timeout=60)
    assert wrong.returncode == 64
    wrong = subprocess.run([PROGRAM, "--config", EXAMPLE, "settings", "--language", "de"], capture_output=True, timeout=60)
    assert wrong.returncode == 64
