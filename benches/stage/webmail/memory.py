"""Whether memory stays flat: a person who reads, scrolls, searches and writes for minutes, and what is left after each round.

On a desktop and at full speed: so more is done in a minute. Before each look the browser collects its garbage.
"""

import time

from stage.chromium import DESKTOP
from stage.row import Reach, Row
from stage.sample import Sample

#: What is kept for a while has to fill first: this part of the time does not count.
FILLING = 0.25
MESSAGES_A_ROUND = 8
ROWS = (
    Row("memory", "memory of the page after all of it", "MiB", "less", digits=1),
    Row("memory-slope", "memory: more each minute", "KiB", "less", (Reach("absolute", 64),), digits=1),
    Row("nodes-slope", "nodes of documents: more each minute", "", "less", digits=1),
)


def use(server, desk):
    with desk.face(server, DESKTOP, slow=False) as face:
        began = time.monotonic()
        looks = [look(face.tab.cdp, 0)]
        while looks[-1]["seconds"] < desk.minutes * 60 or len(looks) < 3:
            one_round(face.page, len(looks), desk.count(MESSAGES_A_ROUND, 2))
            looks.append(look(face.tab.cdp, time.monotonic() - began))
    counted = [one for one in looks if one["seconds"] >= FILLING * looks[-1]["seconds"]]
    figures = {
        "memory": looks[-1]["octets"] / 2**20,
        "memory-slope": slope([(one["seconds"] / 60, one["octets"] / 1024) for one in counted]),
        "nodes-slope": slope([(one["seconds"] / 60, one["nodes"]) for one in counted]),
    }
    return Sample("memory", server.name, figures, operations=len(looks) - 1, seconds=looks[-1]["seconds"], raw={"looks": looks})


def look(cdp, seconds):
    """What is in use when everything that nobody can reach is gone."""
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    counters = cdp.send("Memory.getDOMCounters")
    octets = cdp.send("Runtime.getHeapUsage")["usedSize"]
    return {"seconds": seconds, "octets": octets, "nodes": counters["nodes"], "listeners": counters["jsEventListeners"]}


def one_round(page, number, messages):
    """Reads, scrolls, searches, writes, and comes back to the top."""
    for place in range(messages):
        index = number * messages % 80 + place
        page.evaluate("index => bench.reveal(index)", index)
        subject = page.evaluate("index => bench.subject(index)", index)
        page.locator(f'[role=option][aria-posinset="{index + 1}"]').click()
        page.evaluate("subject => bench.drawn(() => bench.isOpen(subject))", subject)
    page.evaluate("bench.scroll(3, 120)")
    page.evaluate("bench.jump(bench.total() / 2)")
    search(page, "sender")
    write(page)
    page.evaluate("bench.jump(0)")


def search(page, word):
    field = page.get_by_role("searchbox")
    field.fill(word)
    field.press("Enter")
    page.get_by_role("listbox", name="Search results").wait_for()
    page.evaluate("bench.drawn(() => bench.rows() > 0)")
    page.get_by_role("button", name="Clear the search", exact=True).click()
    page.get_by_role("listbox", name="Messages in Inbox").wait_for()
    page.evaluate("bench.drawn(bench.isWhole)")


def write(page):
    page.get_by_role("button", name="New message", exact=True).click()
    composer = page.locator(".composer")
    composer.get_by_label("Subject", exact=True).fill("A message that is thrown away")
    composer.get_by_label("Message", exact=True).fill("It says nothing.\n" * 20)
    composer.get_by_role("button", name="Discard", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Discard", exact=True).click()
    composer.wait_for(state="detached")


def slope(points):
    """The straight line through these, by least squares: how much more of the second for one more of the first."""
    count = len(points)
    middle, height = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    width = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - height) for x, y in points) / width if width else 0.0
