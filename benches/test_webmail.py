"""Each work of the webmail once, in a small mailbox, without a peer; and the arithmetic."""

import json
import tempfile
from pathlib import Path

import pytest

import webmail
from stage.table import OURS
from stage.webmail import memory, works

MESSAGES = 300


@pytest.fixture
def folder():
    """A folder whose name is short: a socket's path must be."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_each_work_has_its_figures(folder):
    built = webmail.HOUSE / "target" / "debug"
    record = folder / "record.json"
    words = ["--servers", OURS, "--glaspost", built / "glaspost", "--load", built / "load", "--messages", MESSAGES, "--runs", 1,
             "--quick", "--minutes", 0, "--folder", folder, "--into", record]
    assert webmail.main([str(word) for word in words]) == 0
    samples = json.loads(record.read_text())["samples"]
    figures = {key: value for sample in samples for key, value in sample["figures"].items()}
    assert set(figures) == {row.key for row in works.ROWS}
    never_none = [key for key in figures if not key.endswith("-slope") and key != "scroll-over"]
    assert all(figures[key] > 0 for key in never_none), figures
    by_name = {sample["work"]: sample["raw"] for sample in samples}
    assert len(by_name["opening"]["words"]) == len(by_name["opening"]["layouts"]) == 5
    assert len(by_name["scrolling"]["drag"]["took"]) >= 100
    assert record.with_suffix(".md").read_text().startswith("| work | unit | glaspost |")
    assert list(folder.glob("glaspost-webmail-*")) == [], "nothing is left of the servers"


def test_a_slope_is_that_of_the_line_through_all_points():
    assert memory.slope([(0, 10), (1, 12), (2, 14)]) == 2
    assert memory.slope([(0, 10), (1, 30), (2, 10)]) == 0
    assert memory.slope([(3, 10)]) == 0


def test_octets_are_counted_by_what_they_were_for():
    fetched = [("https://a/", 10, "navigation", 0, 1), ("https://a/x.js?s=1", 20, "script", 0, 1), ("https://a/y.js", 5, "link", 0, 1),
               ("https://a/jmap/api", 7, "fetch", 0, 1), ("https://a/z.woff2", 1, "css", 0, 1)]
    assert works.by_kind(fetched) == {"page": 10, "script": 25, "data": 7, "font": 1}
    assert works.percentile_95([7]) == 7
    assert works.percentile_95(list(range(1, 102))) == 96
