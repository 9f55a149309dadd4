"""The checker itself: what no server may say is found, and what it may say is taken."""

import pytest

from strict import Replies, Violation
from stress.letters import write
from stress.sets import numbers, printed
from stress.truth import Truth
from stress.view import View


def said(view, *lines, **how):
    """Feeds lines of a server within one command."""
    view.begin(**how)
    for line in lines:
        replies = Replies()
        replies.feed(line.encode() + b"\r\n")
        reply = replies.next()
        if reply.status:
            code, _, argument = line.partition("[")[2].partition("]")[0].partition(" ")
            view.code(code, argument.encode())
        else:
            view.take(reply.values)
    view.end()
    return view


def opened(count=3, truth=None, **how):
    view = View(truth or Truth(), "INBOX", **how)
    said(view, f"* {count} EXISTS", "* OK [UIDVALIDITY 7] x")
    told = [f"* {n} FETCH (UID {n * 10} FLAGS () MODSEQ ({n}))" for n in range(1, count + 1)]
    return said(view, *told, asked=True)


def test_sets():
    assert numbers(b"1:3,9,7:6") == [1, 2, 3, 9, 7, 6]
    assert printed([5, 1, 2, 3]) == "1:3,5"


def test_what_a_server_may_say():
    view = opened()
    said(view, "* 2 EXPUNGE", "* 4 EXISTS", "* 2 FETCH (UID 30 FLAGS (\\Seen) MODSEQ (9))")
    assert view.uids() == [10, 30, None, None] and view.first_unknown() == 2
    view = opened(qresync=True)
    said(view, "* 5 EXISTS", "* VANISHED 20,40")
    assert view.uids() == [10, 30, None]


@pytest.mark.parametrize("lines, how", [
    (["* 2 EXISTS"], {}),  # fewer, and no EXPUNGE
    (["* 4 EXPUNGE"], {}),
    (["* 0 EXPUNGE"], {}),
    (["* 1 EXPUNGE"], {"holding": True}),
    (["* VANISHED 10"], {}),
    (["* 4 FETCH (FLAGS ())"], {}),
    (["* 2 FETCH (UID 21 FLAGS ())"], {}),  # another UID
    (["* 4 EXISTS", "* 4 FETCH (UID 25 FLAGS ())"], {}),  # UIDs only grow
    (["* 2 FETCH (UID 20 FLAGS () MODSEQ (1))"], {}),  # mod-sequences too
    (["* 3 FETCH (UID 30 FLAGS (\\Seen) MODSEQ (3))"], {}),  # other flags at the same mod-sequence
    (["* 2 FETCH (UID 20 RFC822.SIZE 9)", "* 2 FETCH (UID 20 RFC822.SIZE 8)"], {}),
    (["* 2 FETCH (UID 20 RFC822.SIZE 9 BODY[] \"short\")"], {}),
    (["* 4 RECENT"], {}),
    (["* OK [MAILBOXID (a)] x", "* OK [MAILBOXID (b)] x"], {}),
])
def test_what_it_may_not(lines, how):
    with pytest.raises(Violation):
        said(opened(), *lines, **how)


@pytest.mark.parametrize("lines, how", [
    (["* 1 EXPUNGE"], {}),
    (["* VANISHED 10"], {"holding": True}),
    (["* VANISHED 40"], {}),  # of which it was never told
    (["* VANISHED 15"], {}),
    (["* 2 FETCH (FLAGS (\\Seen))"], {}),
])
def test_what_it_may_not_to_who_has_enabled_qresync(lines, how):
    with pytest.raises(Violation):
        said(opened(qresync=True), *lines, **how)


def test_a_change_that_was_not_told():
    view = opened(condstore=True)
    said(view, "* 3 FETCH (UID 30 FLAGS () MODSEQ (12))")
    with pytest.raises(Violation, match="not told"):
        said(view, "* 1 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (11))")


def test_sessions_disagree():
    truth = Truth()
    opened(truth=truth)
    with pytest.raises(Violation, match="was"):
        said(opened(truth=truth), "* 1 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (4))", "* 1 FETCH (UID 10 FLAGS () MODSEQ (4))")
    said(opened(truth=truth), "* 1 EXPUNGE")
    with pytest.raises(Violation, match="gone"):
        opened(truth=truth)


def test_what_was_kept():
    truth = Truth()
    kept = opened(truth=truth, qresync=True).kept()
    view = View(truth, "INBOX", True, True, cache=dict(kept))
    said(view, "* 3 EXISTS", "* OK [UIDVALIDITY 7] x", "* VANISHED (EARLIER) 20",
         "* 3 FETCH (UID 40 FLAGS () MODSEQ (20))", asked=True)
    view.opened_with_cache(all_is_told=True)
    assert view.uids() == [10, 30, 40]
    view = View(truth, "INBOX", True, True, cache=dict(kept))
    said(view, "* 3 EXISTS", "* OK [UIDVALIDITY 7] x", "* VANISHED (EARLIER) 20", asked=True)
    with pytest.raises(Violation, match="3 exist"):
        view.opened_with_cache(all_is_told=True)


def test_bytes():
    import random

    truth = Truth()
    letter, raw = write(random.Random(1), 1)
    truth.letters[letter.word] = letter
    assert truth.check_letter(b"Return-Path: <>\r\n" + raw) == letter.word
    assert truth.check_letter(b"Subject: another\r\n\r\n") is None
    with pytest.raises(Violation, match="bytes"):
        truth.check_letter(raw[:-3] + b"x\r\n")


def test_what_is_lost_in_the_end():
    truth = Truth()
    box = truth.box("INBOX", 7)
    for uid in (1, 2, 3):
        box.content(uid, f"kenmerk-{uid}")
    truth.audit({("INBOX", 7): {1, 2, 3}})
    box.deleted.add(1)
    truth.audit({("INBOX", 7): {2, 3}})
    with pytest.raises(Violation, match="lost"):
        truth.audit({("INBOX", 7): {1, 2}})
    truth.delivered.add("kenmerk-4")
    with pytest.raises(Violation, match="never seen"):
        truth.audit({("INBOX", 7): {1, 2, 3}})
