"""The webmail is light: what is fetched before the first list, what after it, and what is fetched again."""

import re

from playwright.sync_api import expect

from provider import letter, unique

#: Compressed script and style before the first list.
BUDGET = 100 * 1024
#: The page, its script, style and icon; who one is with the first list (nobody, then somebody), logging in, push and
#: what it missed; the browser may ask for the icon twice.
REQUESTS = 10


def fetched(screen):
    """Name, octets that came, octets of the content, when it began and ended."""
    entries = screen.page.evaluate(
        "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(({name, transferSize, encodedBodySize, startTime, responseEnd}) => [name, transferSize, encodedBodySize, startTime, responseEnd])"
    )
    return [(name.split("/", 3)[3], *more) for name, *more in entries]


def named_by_page(screen):
    """The files that the page itself begins with."""
    page = screen.page.evaluate("async () => (await fetch('/')).text()")
    return set(re.findall(r"/(assets/[\w.-]+)", page))


def test_what_is_fetched_before_the_first_list_is_small_and_once(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = screens().log_in()
    expect(screen.row(word)).to_be_visible()
    screen.page.wait_for_function("() => performance.getEntriesByType('resource').some(({name}) => /ReaderPane.*js$/.test(name))")
    all_of_it = fetched(screen)
    own = named_by_page(screen)
    # what is opened from the list comes after it
    listed = max(ended for name, _, _, _, ended in all_of_it if name == "jmap/start")
    later = [name for name, _, _, began, _ in all_of_it if name.startswith("assets/") and name not in own]
    assert later and all(began >= listed for name, _, _, began, _ in all_of_it if name in later), all_of_it
    first = [one for one in all_of_it if one[0] not in later]
    files = [encoded for name, _, encoded, *_ in first if name == "" or name.startswith("assets/")]
    assert sum(files) < BUDGET, first
    assert len(first) <= REQUESTS, first
    # one file each: what is shared with parts that come later is in them
    assert [sum(name.endswith(ending) for name, *_ in first) for ending in (".js", ".css")] == [1, 1], first
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    # named by their content: nothing of them is asked for again; the page is asked for, and has not changed
    again = [transferred for name, transferred, *_ in fetched(screen) if name.endswith((".js", ".css"))]
    assert again and sum(again) == 0


def test_who_is_in_has_the_first_list_in_one_round_trip(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = screens().log_in()
    expect(screen.row(word)).to_be_visible()
    # a browser that keeps nothing but the login
    screen.page.evaluate("() => localStorage.clear()")
    asked = []
    screen.page.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
    with screen.page.expect_response("**/jmap/start") as told:
        screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    assert told.value.headers["cache-control"] == "no-cache, no-store, must-revalidate"
    # the page before may still have asked something
    del asked[: asked.index("")]
    calls = [asked.index("jmap/start")] + [place for place, path in enumerate(asked) if path == "jmap/api"]
    push = next(place for place, path in enumerate(asked) if path.startswith("jmap/events"))
    assert all(place == calls[0] or place > push for place in calls), asked
