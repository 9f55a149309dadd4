"""How a person works with each webmail. What happens on a screen is timed by the page itself (`watch.js`)."""

from pathlib import Path

from stage.accounts import PASSWORD

FOLDER = Path(__file__).resolve().parent


def script(*names):
    return "\n".join((FOLDER / name).read_text() for name in names)


class Face:
    """A webmail in a tab."""

    #: Where mail is, for who is logged in.
    mail = "/"

    def __init__(self, server, tab):
        self.origin = f"https://localhost:{server.port['https']}"
        self.tab, self.page = tab, tab.page

    def enter(self, person):
        """Logs in and waits for the first list."""
        raise NotImplementedError

    def open_mail(self):
        """Loads the page anew; gives the milliseconds until the first list is drawn."""
        self.page.goto(self.origin + self.mail, wait_until="commit")
        return self.page.evaluate("bench.firstList")

    def open_mail_anew(self):
        """The same by a browser that was never here, but knows who is logged in."""
        self.tab.forget(self.origin)
        return self.open_mail()

    def settle(self):
        """Waits until the browser has kept what it keeps for the next time."""

    def row(self, index):
        """The row, to be tapped on."""
        raise NotImplementedError

    def read(self, index):
        """Opens a message of the list by a tap; gives the milliseconds until its words are drawn, and those until its layout
        is, or `None` where it has none."""
        self.page.evaluate("index => bench.reveal(index)", index)
        # a promise that is kept in the page: the tap comes after this
        self.page.evaluate("""index => {
            const subject = bench.subject(index);
            bench.words = bench.drawn(() => bench.isOpen(subject));
            bench.layout = bench.words.then((words) => (bench.isLaidOut() ? words : bench.drawn(bench.isLaidOut)));
        }""", index)
        self.row(index).tap()
        words, layout = self.page.evaluate("Promise.all([bench.words, bench.layout]).then((all) => all.map((moment) => moment - bench.touched))")
        return words, layout if self.page.evaluate("bench.hasLayout()") else None

    def back(self):
        """From the message to the list, on a screen that has room for one of them."""
        raise NotImplementedError

    def next_rows(self):
        """To the rows after the first 50; gives the milliseconds until they are drawn."""
        raise NotImplementedError

    def oldest(self):
        """To the end of the list; gives the milliseconds until it is drawn."""
        raise NotImplementedError


class GlaspostFace(Face):
    script = script("watch.js", "glaspost.js")

    def enter(self, person):
        self.page.goto(self.origin)
        self.page.get_by_label("Email address").fill(person)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.page.evaluate("bench.firstList")

    def settle(self):
        self.page.evaluate("bench.drawn(bench.isKept)")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        # each of them is kept a moment after it has come
        self.page.wait_for_timeout(3000)

    def row(self, index):
        return self.page.locator(f'[role=option][aria-posinset="{index + 1}"]')

    def back(self):
        self.page.get_by_role("button", name="Back", exact=True).tap()
        self.page.locator(".reader article").first.wait_for(state="detached")

    def next_rows(self):
        return self.page.evaluate("bench.jump(50)")

    def oldest(self):
        return self.page.evaluate("bench.jump(bench.total())")


class RoundcubeFace(Face):
    script = script("watch.js", "roundcube.js")
    #: Its session remembers the page of the list.
    mail = "/?_task=mail&_page=1"

    def enter(self, person):
        self.page.goto(self.origin)
        self.page.locator("#rcmloginuser").fill(person)
        self.page.locator("#rcmloginpwd").fill(PASSWORD)
        self.page.locator("#rcmloginsubmit").click()
        self.page.wait_for_url("**/?_task=mail*")
        self.page.evaluate("bench.firstList")

    def row(self, index):
        return self.page.locator("#messagelist tbody tr.message").nth(index).locator(".subject a")

    def back(self):
        self.page.locator("#layout-content .header a.back-list-button").tap()
        self.page.locator("#messagelist tbody tr.message").first.wait_for()

    def next_rows(self):
        return self._page("#rcmbtnnext, .pagenav .nextpage")

    def oldest(self):
        return self._page(".pagenav .lastpage")

    def _page(self, button):
        self.page.evaluate("() => { const before = bench.subject(0); bench.opening = bench.others(before) }")
        self.page.locator(button).first.tap()
        return self.page.evaluate("bench.opening.then((moment) => moment - bench.touched)")


FACES = {"glaspost": GlaspostFace, "roundcube": RoundcubeFace}
