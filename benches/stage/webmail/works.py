"""What is measured of a webmail: the first list, opening messages, going on in the list, scrolling, memory."""

from pathlib import PurePosixPath
from statistics import median, quantiles
from urllib.parse import urlsplit

from stage.row import Reach, Row
from stage.sample import Sample
from stage.webmail import memory
from stage.works import Work

LOADS = 5
READ = 50
#: For how long a person looks at a message, and at the list after it.
READING_SECONDS = 1.0
LOOKING_SECONDS = 0.5
#: A finger that flings: rows a frame, and how many frames; then all rows, as who drags the bar through them.
FLING = (3, 600)
DRAG_FRAMES = 1200
OURS = ("glaspost",)


def kind(name, initiator):
    """What a request was for."""
    by_ending = {".js": "script", ".css": "style", ".woff2": "font", ".woff": "font", ".svg": "image", ".png": "image", ".ico": "image", ".gif": "image"}
    return "page" if initiator == "navigation" else by_ending.get(PurePosixPath(urlsplit(name).path).suffix, "data")


def by_kind(fetched):
    """Octets by kind."""
    octets = {}
    for name, size, initiator, *_ in fetched:
        octets[kind(name, initiator)] = octets.get(kind(name, initiator), 0) + size
    return octets


def percentile_95(values):
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def first_list(server, desk):
    """The page by who is logged in: with nothing kept by the browser, then with what it keeps."""
    with desk.face(server) as face:
        cold, fetched = [], []
        for _ in range(desk.repeats(LOADS)):
            cold.append(face.open_mail_anew())
            fetched = face.page.evaluate("until => bench.fetched(until)", cold[-1])
        face.settle()
        warm = [face.open_mail() for _ in range(desk.repeats(LOADS))]
    octets = by_kind(fetched)
    figures = {
        "first-cold": median(cold), "first-warm": median(warm), "first-requests": len(fetched),
        "first-script": octets.get("script", 0) / 1024, "first-octets": sum(octets.values()) / 1024,
    }
    return Sample("first-list", server.name, figures, operations=len(cold), raw={"cold": cold, "warm": warm, "octets": octets, "fetched": fetched})


def opening(server, desk):
    """Message after message from the top of the list, read for a moment each."""
    words, layouts = [], []
    with desk.face(server) as face:
        desk.pause(LOOKING_SECONDS)
        for index in range(desk.count(READ, 4)):
            until_words, until_layout = face.read(index)
            words.append(until_words)
            layouts.append(until_layout)
            desk.pause(READING_SECONDS)
            face.back()
            desk.pause(LOOKING_SECONDS)
    laid_out = [one for one in layouts if one is not None]
    figures = {"open": median(words), "open-95": percentile_95(words)}
    if laid_out:
        figures |= {"open-layout": median(laid_out), "open-layout-95": percentile_95(laid_out)}
    return Sample("opening", server.name, figures, operations=len(words), raw={"words": words, "layouts": layouts})


def going_on(server, desk):
    """The rows after the first 50, and the oldest ones: each time after the list was opened anew."""
    nexts, oldest = [], []
    with desk.face(server) as face:
        for waits, step in ((nexts, face.next_rows), (oldest, face.oldest)):
            for _ in range(desk.repeats(LOADS)):
                face.open_mail_anew()
                desk.pause(READING_SECONDS)
                waits.append(step())
    raw = {"next": nexts, "oldest": oldest}
    return Sample("going-on", server.name, {"next-rows": median(nexts), "oldest-rows": median(oldest)}, operations=len(nexts), raw=raw)


def scrolling(server, desk):
    """Through all rows: the frames of a fling, then of a drag from the top to the end."""
    with desk.face(server) as face:
        face.open_mail_anew()
        desk.pause(READING_SECONDS)
        fling = face.page.evaluate("([rows, frames]) => bench.scroll(rows, frames)", [FLING[0], desk.count(FLING[1])])
        face.page.evaluate("bench.jump(0)")
        frames = desk.count(DRAG_FRAMES)
        drag = face.page.evaluate("([rows, frames]) => bench.scroll(rows, frames)", [desk.messages / frames, frames * 2])
    took = fling["took"] + drag["took"]
    long = fling["long"] + drag["long"]
    longest = max((frame["duration"] for frame in long), default=max(took))
    figures = {"scroll-over": len(long), "scroll-longest": longest, "scroll-95": percentile_95(took)}
    return Sample("scrolling", server.name, figures, operations=len(took), raw={"fling": fling, "drag": drag})


def row(key, title, unit="ms", most=None, ratio=None, digits=0):
    reach = () if most is None else (Reach("absolute", most),)
    return Row(key, title, unit, "less", reach if ratio is None else (*reach, Reach("best", ratio)), digits=digits)


WORKS = (
    Work("first-list", first_list, (
        row("first-cold", "first list, nothing kept by the browser", most=1000),
        row("first-script", "the same: compressed script", "KiB", most=100, digits=1),
        row("first-octets", "the same: all octets", "KiB", digits=1),
        row("first-requests", "the same: requests", ""),
        row("first-warm", "first list, in a browser that was here before", most=1000),
    )),
    Work("opening", opening, (
        row("open", "opening a message: its words, median"),
        row("open-95", "the same, 95 of 100", most=100),
        row("open-layout", "opening a message that has a layout: all of it, median"),
        row("open-layout-95", "the same layouts, 95 of 100"),
    )),
    Work("going-on", going_on, (
        row("next-rows", "the rows after the first 50"),
        row("oldest-rows", "the oldest rows"),
    )),
    Work("scrolling", scrolling, (
        row("scroll-over", "scrolling all rows: frames over 50 ms", "", most=0),
        row("scroll-longest", "the same: the longest frame", most=50, digits=1),
        row("scroll-95", "the same: 95 of 100 frames", digits=1),
    ), servers=OURS),
    Work("memory", memory.use, memory.ROWS, runs=1, servers=OURS),
)
ROWS = tuple(row for work in WORKS for row in work.rows)
