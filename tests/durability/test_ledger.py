"""The comparison itself: it sees what is lost, altered, doubled or foreign."""

import pytest

from ledger import Deliveries, Ledger, Replica
from numbering import Numbers, Uidls

SENT = [
    {"event": "begun", "word": "a", "to": ["x", "y"], "sha256": "1"}, {"event": "done", "word": "a", "to": ["x", "y"], "sha256": "1"},
    {"event": "begun", "word": "b", "to": ["x"], "sha256": "2"}, {"event": "begun", "word": "b", "to": ["x"], "sha256": "2"},
]


@pytest.mark.parametrize("copies, right", [
    ({"a": ["1"]}, True),
    ({"a": ["1"], "b": ["2"]}, True),
    ({"a": ["1"], "b": ["2", "2"]}, True),
    ({}, False),
    ({"b": ["2"]}, False),
    ({"a": ["1", "1"]}, False),
    ({"a": ["3"]}, False),
    ({"a": ["1"], "b": ["2"] * 3}, False),
    ({"a": ["1"], "c": ["1"]}, False),
])
def test_deliveries(copies, right):
    deliveries = Deliveries()
    deliveries.read(SENT)
    assert (not list(deliveries.faults("x", copies))) == right


def test_deliveries_of_a_part():
    deliveries = Deliveries()
    assert set(deliveries.read(SENT[:2])) == {("a", "x"), ("a", "y")}
    new = deliveries.read([*SENT[2:], {"event": "done", "word": "b", "to": ["x"], "sha256": "2"}])
    assert set(new) == {("b", "x")}
    assert not list(deliveries.faults("x", {"b": ["2"]}, new))
    assert list(deliveries.faults("x", {}, new))
    assert list(deliveries.faults("x", {"b": ["2"] * 3}, new))


def test_a_book_is_read_on_from_where_it_was_left(tmp_path):
    book = Ledger(tmp_path, "one")
    book.note("begun", word="a")
    assert [event["word"] for event in book.read_on()] == ["a"]
    book.note("done", word="a")
    assert [event["event"] for event in book.read_on()] == ["done"] and not book.read_on()
    assert len(book.read()) == 2


def told(validity, uid_next, modseq):
    return {"UIDVALIDITY": validity, "UIDNEXT": uid_next, "HIGHESTMODSEQ": modseq}


@pytest.mark.parametrize("then, right", [
    (told(1, 5, 9), True), (told(1, 6, 10), True), (told(1, 4, 9), False), (told(1, 5, 8), False), (told(2, 5, 9), False),
])
def test_numbers(then, right):
    numbers = Numbers()
    numbers.saw("in", told(1, 5, 9))
    if right:
        numbers.saw("in", then)
    else:
        with pytest.raises(AssertionError):
            numbers.saw("in", then)


def test_a_uid_is_given_once():
    numbers = Numbers()
    numbers.saw("in", told(1, 5, 9))
    numbers.gave("in", [6, 5])
    with pytest.raises(AssertionError):
        numbers.gave("in", [6])
    with pytest.raises(AssertionError):
        numbers.saw("in", told(1, 6, 9))


@pytest.mark.parametrize("word, uidl", [("a", "2"), ("b", "1")])
def test_unique_ids(word, uidl):
    uidls = Uidls()
    uidls.saw("a", "1")
    uidls.saw("a", "1")
    with pytest.raises(AssertionError):
        uidls.saw(word, uidl)


def boxes(**found):
    replica = Replica()
    replica.mailboxes = found
    return replica


KEPT = [
    {"event": "found", "mailboxes": {"in": {"1": ["a", [], "1"], "2": ["b", ["s"], "2"]}, "out": {}}},
    {"event": "begun", "change": {"kind": "move", "mailbox": "in", "keys": ["1"], "to": "out"}}, {"event": "done", "uids": [7]},
    {"event": "begun", "change": {"kind": "flags", "mailbox": "in", "keys": ["2"], "flags": ["t"]}}, {"event": "done", "uids": None},
    {"event": "begun", "change": {"kind": "expunge", "mailbox": "in", "keys": ["2"]}},
]
IN, OUT = {"2": ["b", ["t"], "2"]}, {"7": ["a", [], "1"]}


@pytest.mark.parametrize("actual, right", [
    ({"in": IN, "out": OUT}, True),
    ({"in": {}, "out": OUT}, False),
    ({"in": IN, "out": {}}, False),
    ({"in": IN, "out": {"8": ["a", [], "1"]}}, False),
    ({"in": {**IN, "1": ["a", [], "1"]}, "out": OUT}, False),
    ({"in": {"2": ["b", ["s"], "2"]}, "out": OUT}, False),
    ({"in": {"2": ["b", ["t"], "9"]}, "out": OUT}, False),
])
def test_mailboxes(actual, right):
    assert (not Replica.of(KEPT).difference(boxes(**actual))) == right


def test_a_lost_reply_allows_both():
    after = Replica.of(KEPT).apply(KEPT[-1]["change"])
    assert not after.difference(boxes(**{"in": {}, "out": OUT}))
    added = Replica.of(KEPT).apply({"kind": "append", "mailbox": "out", "message": ["c", [], "3"]})
    assert not added.difference(boxes(**{"in": IN, "out": {**OUT, "9": ["c", [], "3"]}}))
    assert added.difference(boxes(**{"in": IN, "out": {**OUT, "9": ["c", [], "3"], "10": ["c", [], "3"]}}))
