"""The pure parts of the stage: medians, ratios, verdicts, what /proc prints. No server starts here."""

import pytest

from stage import disk, group, memory, table, template
from stage.catalogue import ROWS, WORKS, chosen
from stage.load import LoadFailed, answer, flatten
from stage.row import Reach, Row

RATE = Row("rate", "a rate", "/s", "more", (Reach("best", 8),))
PEERS = {"installed": 425, "tuned": 374, "cyrus": 328}


def sample(server, **figures):
    return {"work": "w", "server": server, "figures": figures, "operations": 10, "seconds": 2.0, "cpu_seconds": 1.0,
            "written": 2**20, "load_cpu_seconds": 0.1, "load_share": 0.025}


def test_the_median_of_three_runs_stands_in_the_table():
    samples = [sample("glaspost", rate=value) for value in (10, 4000, 30)] + [sample("tuned", rate=3)]
    assert table.medians(samples) == {"rate": {"glaspost": 30, "tuned": 3}}


def test_a_rate_is_compared_with_the_fastest_peer():
    assert table.line(RATE, {"glaspost": 3400, **PEERS}) == (
        "a rate", "/s", "3,400", "425", "374", "328", "8.00 x", "≥ 8 x", "yes")
    assert table.line(RATE, {"glaspost": 3399, **PEERS})[-1] == "no"


def test_a_cost_is_compared_with_the_cheapest_peer():
    row = Row("cpu", "CPU", "ms", "less", (Reach("best", 1 / 8), Reach("absolute", 0.5)), digits=2)
    line = table.line(row, {"glaspost": 0.5, "installed": 4.4, "tuned": 4.0, "cyrus": 5.4})
    assert line[6:] == ("0.12 x", "≤ 1/8 x; ≤ 0.5 ms", "yes")
    assert table.line(row, {"glaspost": 0.51, "installed": 4.4, "tuned": 4.0, "cyrus": 5.4})[-1] == "no"
    assert table.line(row, {"glaspost": 0.49, "installed": 3.9, "tuned": 4.0, "cyrus": 5.4})[-1] == "no"


def test_a_target_can_name_its_peer():
    row = Row("flags", "flags", "/s", "more", (Reach("cyrus", 2),))
    line = table.line(row, {"glaspost": 3000, "installed": 2000, "tuned": 15000, "cyrus": 1500})
    assert line[6:] == ("2.00 x (cyrus)", "≥ 2 x cyrus", "yes")


def test_what_was_not_measured_has_no_verdict():
    assert table.line(RATE, {"glaspost": 5000})[6:] == ("-", "≥ 8 x", "-")
    assert table.line(RATE, PEERS)[2:3] + table.line(RATE, PEERS)[6:] == ("-", "-", "≥ 8 x", "-")
    cpu = Row("cpu", "CPU", "ms", "less", (Reach("best", 1), Reach("absolute", 1)))
    assert table.line(cpu, {"glaspost": 2})[-1] == "no", "the absolute target is missed, whatever the peers do"
    assert table.line(Row("r", "r", "/s", "more"), {"glaspost": 1, **PEERS})[-2:] == ("-", "-")


def test_a_lost_notice_of_none_is_no_ratio():
    row = Row("lost", "lost", "", "less", (Reach("absolute", 0),))
    assert table.line(row, {"glaspost": 0, "installed": 3, "tuned": 0, "cyrus": 0})[6:] == ("-", "≤ 0", "yes")


def test_both_forms_of_the_table():
    body = [("a", "1"), ("longer", "12,345")]
    assert table.plain(("work", "/s"), body) == "work        /s\na            1\nlonger  12,345"
    assert table.markdown(("work", "/s"), body).splitlines() == ["| work | /s |", "| --- | --- |", "| a | 1 |", "| longer | 12,345 |"]


def test_what_a_work_cost():
    samples = [{**sample("tuned"), "seconds": seconds, "written": None} for seconds in (1.0, 9.0, 3.0)]
    assert table.spent_lines(samples) == [("w", "tuned", "10", "3.00", "1.00", "-", "0.10", "2%")]
    assert table.spent_lines([{**sample("tuned"), "operations": 0}]) == []


def test_what_proc_prints():
    stats = "   8       0 sda 1 0 16 0 2 0 32 0 0 0 0\n 254       0 vda 5 0 7 0 9 0 4096 1 0 2 3\n"
    assert disk.parse_written(stats, 254, 0) == 4096 * 512
    assert disk.parse_written(stats, 254, 1) is None
    assert memory.parse_pss("Rss:  9 kB\nPss:   12 kB\nPss_Anon: 3 kB\n") == 12 * 1024
    assert memory.parse_pss("") == 0
    assert group.after_name("7 (a) b) S 1 7 7")[:2] == ["S", "1"]


def test_a_folder_takes_what_its_files_take_once(tmp_path):
    (tmp_path / "one").write_bytes(b"x" * 10_000)
    alone = disk.taken(tmp_path)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert alone == disk.taken(tmp_path) >= 10_000


def test_the_answer_of_the_load():
    good = '{"work":"smtp","operations":3,"errors":0}'
    assert answer(["load"], 0, f"noise\n{good}\n", "")["operations"] == 3
    for status, printed in ((1, good), (0, good.replace('"errors":0', '"errors":2'))):
        with pytest.raises(LoadFailed):
            answer(["load"], status, printed, "421 go away")
    assert flatten({"_from": "a", "lmtp": False, "hold": True, "deliver": ("smtp", "there"), "to": None, "per_connection": 100}) == [
        "--from", "a", "--hold", "--deliver", "smtp", "there", "--per-connection", 100]


def test_a_template_must_be_filled_whole(tmp_path):
    facts = dict.fromkeys(("domain", "folder", "socket"), "value")
    text = template.write("postfix-main.cf", tmp_path / "main.cf", facts).read_text()
    assert "virtual_mailbox_domains = value" in text and "$myhostname" in text
    with pytest.raises(KeyError):
        template.write("postfix-main.cf", tmp_path / "main.cf", {"domain": "value"})


def test_works_and_rows_have_names_of_their_own():
    for keys in ([work.key for work in WORKS], [row.key for row in ROWS], [row.title for row in ROWS]):
        assert len(keys) == len(set(keys))
    assert [work.key for work in chosen(["pop3", "empty"])] == ["empty", "pop3"]
    with pytest.raises(SystemExit):
        chosen(["nothing"])
