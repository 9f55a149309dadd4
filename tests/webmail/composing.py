"""What a person does in the composer, and what comes of it."""

import email
import email.policy
import time

from provider import BRAM


def compose(screen, word, to=BRAM, text="Dag Bram."):
    """A new message, with its text where it is a plain one."""
    screen.button("new").click()
    page = screen.page
    page.get_by_label(screen.word("to"), exact=True).fill(to)
    page.get_by_label(screen.word("subject"), exact=True).fill(word)
    if text is not None:
        page.get_by_label(screen.word("text"), exact=True).fill(text)


def arrived(provider, word, who=BRAM, within=30):
    """The message about `word`, once it is in that inbox."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        for raw in provider.messages(who):
            message = email.message_from_bytes(raw, policy=email.policy.default)
            if word in (message["Subject"] or ""):
                return message
        time.sleep(0.2)
    raise AssertionError(f"{word} did not arrive")


def editor(screen):
    """The frame of the editor, once one can write in it. No script runs in it, so it is looked at from the page."""
    screen.page.wait_for_function(
        "() => document.querySelector('.composer iframe')?.contentDocument?.querySelector('main[contenteditable]') != null"
    )
    return screen.page.locator(".composer iframe")


def inside(screen, what):
    """What an expression says of the place where one writes, `main`."""
    main = "document.querySelector('.composer iframe').contentDocument.querySelector('main')"
    return screen.page.evaluate(f"() => {{ const main = {main}; return {what}; }}")


def write(screen, text):
    editor(screen)
    inside(screen, "main.focus()")
    screen.page.keyboard.type(text)
