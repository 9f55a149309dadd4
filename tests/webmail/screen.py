"""A person's screen: a page of the webmail with a language, colours and a size."""

import time
from itertools import product
from urllib.parse import urlsplit

from playwright.sync_api import expect

from provider import ANNA, PASSWORD

# as long as an act may wait, on a machine that does other things too
expect.set_options(timeout=20_000)

HOST = "webmail.telfortglasvezel.nl"
#: The password of an account of a test's own.
SECRET = "een lang wachtwoord"
SIZES = {"desktop": (1300, 800), "phone": (360, 740)}
#: Each language, colour and size.
EVERY = list(product(["nl", "en"], ["light", "dark"], SIZES))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What can be scrolled to the side: the page, or a part of it.
SIDEWAYS = """() => [document.documentElement, ...document.body.querySelectorAll("*")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .filter((one) => one === document.documentElement || ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
    .map(({ tagName, className, scrollWidth, clientWidth }) => `${tagName} ${className}: ${scrollWidth} > ${clientWidth}`)"""
WORDS = {
    "nl": {
        "address": "E-mailadres", "password": "Wachtwoord", "log in": "Inloggen", "reply": "Beantwoorden",
        "forward": "Doorsturen", "new": "Nieuw bericht", "to": "Aan", "subject": "Onderwerp", "text": "Bericht",
        "send": "Verzenden", "undo": "Ongedaan maken", "archive": "Archiveren", "delete": "Verwijderen", "flag": "Ster geven",
        "unread": "Markeren als ongelezen", "move": "Verplaatsen…", "inbox": "Postvak IN", "archived": "Archief",
        "trash": "Prullenbak", "sent": "Verzonden", "drafts": "Concepten", "boxes": "Mappen", "search": "Zoeken in mail",
        "back": "Terug", "settings": "Instellingen", "attach": "Bestanden bijvoegen", "close": "Sluiten", "log out": "Uitloggen",
        "contacts": "Contacten", "search contacts": "Zoeken in contacten", "save": "Bewaren", "sender": "Over de afzender",
        "formatting": "Opmaak", "bold": "Vet", "list": "Lijst", "link": "Link", "cc": "Cc en Bcc toevoegen", "plan": "Later verzenden",
        "options": "Meer opties", "fate": "Wat er van dit bericht is geworden",
    },
    "en": {
        "address": "Email address", "password": "Password", "log in": "Log in", "reply": "Reply", "forward": "Forward",
        "new": "New message", "to": "To", "subject": "Subject", "text": "Message", "send": "Send", "undo": "Undo",
        "archive": "Archive", "delete": "Delete", "flag": "Flag", "unread": "Mark as unread", "move": "Move to…",
        "inbox": "Inbox", "archived": "Archive", "trash": "Trash", "sent": "Sent", "drafts": "Drafts", "boxes": "Mailboxes",
        "search": "Search mail", "back": "Back", "settings": "Settings", "attach": "Attach files", "close": "Close",
        "contacts": "Contacts", "search contacts": "Search contacts", "save": "Save", "sender": "About the sender",
        "log out": "Log out", "formatting": "Formatting", "bold": "Bold", "list": "List", "link": "Link",
        "cc": "Add Cc and Bcc", "plan": "Send later", "options": "More options", "fate": "What became of this message",
    },
}


def eventually(look, within=20):
    """What `look` gives as soon as that is something."""
    end = time.monotonic() + within
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    assert found
    return found


class Screen:
    def __init__(self, chromium, language="nl", size="desktop", colours="light", reduced_motion="reduce"):
        width, height = SIZES[size]
        self.language = language
        self.is_phone = size == "phone"
        self.context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale={"nl": "nl-NL", "en": "en-GB"}[language],
            color_scheme=colours,
            ignore_https_errors=True,
            has_touch=self.is_phone,
            is_mobile=self.is_phone,
            reduced_motion=reduced_motion,
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        #: What no screen may have.
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(f"a fault of the page: {error}"))
        self.page.on("console", self.heard)
        self.page.on("request", self.asked)

    def heard(self, message):
        # that nobody is logged in, and that a connection broke, the browser says by itself
        if message.type == "error" and "Failed to load resource" not in message.text and "net::ERR" not in message.text:
            self.faults.append(f"the console: {message.text}")

    def asked(self, request):
        url = urlsplit(request.url)
        # the viewer of PDFs is a part of the browser, made of files that no page can ask for
        if url.hostname != HOST and url.scheme not in ("data", "blob", "chrome", "chrome-extension"):
            self.faults.append(f"a request to somebody else: {request.url}")

    def word(self, name):
        return WORDS[self.language][name]

    def button(self, name, within=None):
        return (within or self.page).get_by_role("button", name=self.word(name), exact=True)

    def open(self):
        self.page.goto(f"https://{HOST}/")
        return self

    def log_in(self, who=ANNA, password=PASSWORD):
        self.open()
        self.page.get_by_label(self.word("address")).fill(who)
        self.page.get_by_label(self.word("password"), exact=True).fill(password)
        self.button("log in").click()
        return self

    def row(self, text):
        """The row of the list in which this stands."""
        return self.page.get_by_role("option").filter(has_text=text)

    def read(self, text):
        """Opens a message; gives the open one."""
        self.row(text).click()
        article = self.page.get_by_role("article").last
        # the words stand there until the layout is drawn
        article.locator(".page.shown, .text:not(.meanwhile .text)").first.wait_for()
        return article

    def go(self, mailbox):
        if self.is_phone:
            self.button("boxes").click()
        links = self.page.get_by_role("navigation").get_by_role("link")
        links.filter(has_text=self.word(mailbox)).click()
        return self

    def settings(self, section):
        """Opens a section of the settings by its name there."""
        self.page.get_by_role("link", name=self.word("settings"), exact=True).click()
        navigation = self.page.get_by_role("navigation", name=self.word("settings"))
        navigation.get_by_role("link", name=section, exact=True).click()
        self.page.get_by_role("heading", name=section, exact=True).wait_for()
        return self

    def contacts(self):
        self.page.get_by_role("link", name=self.word("contacts"), exact=True).click()
        self.page.get_by_role("searchbox", name=self.word("search contacts")).wait_for()
        return self

    def named(self, recipient):
        """A recipient of the message that is written."""
        return self.page.locator(".composer").get_by_title(recipient, exact=True)

    def violations(self, axe):
        self.page.evaluate(axe)
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]

    def sideways(self):
        """What one would have to scroll to the side."""
        return self.page.evaluate(SIDEWAYS)

    def close(self):
        self.context.close()
