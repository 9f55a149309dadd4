"""The comparison itself: it sees what is lost, altered, doubled or foreign."""

import pytest

from ledger import Deliveries, Replica

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
    assert (not list(Deliveries().read(SENT).faults("x", copies))) == right


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
