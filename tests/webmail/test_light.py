"""The webmail is light: what is fetched before the first list, and what is fetched again."""

from playwright.sync_api import expect

from provider import letter, unique

#: Compressed script and style before the first list.
BUDGET = 100 * 1024
#: The page, its script, style and icon; who one is (nobody, then somebody), logging in, mailboxes
#: with identities, the list, push and what it missed; the browser may ask for the icon twice.
REQUESTS = 12


def fetched(screen):
    entries = screen.page.evaluate(
        "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(({name, transferSize, encodedBodySize}) => [name, transferSize, encodedBodySize])"
    )
    return [(name.split("/", 3)[3], transferred, encoded) for name, transferred, encoded in entries]


def test_what_is_fetched_before_the_first_list_is_small_and_once(provider, screens):
    word = unique()
    provider.deliver(letter(word))
    screen = screens().log_in()
    expect(screen.row(word)).to_be_visible()
    first = fetched(screen)
    files = [encoded for name, _, encoded in first if name == "" or name.startswith("assets/")]
    assert sum(files) < BUDGET, first
    assert len(first) <= REQUESTS, first
    # one file each: what is shared with parts that come later is in them
    assert [sum(name.endswith(ending) for name, _, _ in first) for ending in (".js", ".css")] == [1, 1], first
    screen.page.reload()
    expect(screen.row(word)).to_be_visible()
    # named by their content: nothing of them is asked for again; the page is asked for, and has not changed
    again = [transferred for name, transferred, _ in fetched(screen) if name.endswith((".js", ".css"))]
    assert again and sum(again) == 0
