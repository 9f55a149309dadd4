"""The pure parts of the stage: medians, ratios, verdicts, what /proc prints. No server starts here."""

import pytest

from stage import disk, group, memory, table, template
from stage.catalogue import ROWS, WORKS, chosen
from stage.load import LoadFailed, answer, flatten
from stage.row import Reach, Row
from stage.works import Stage, Work

RATE = Row("rate", "a rate", "/s", "more", (Reach("best", 8),))
PEERS = {"installed": 425, "tuned": 374, "cyrus": 328}


def sample(server, run=0, **figures):
    return {"work": "w", "run": run, "server": server, "figures": figures, "operations": 10, "seconds": 2.0, "cpu_seconds": 1.0,
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
    assert table.line(row, {"glaspost": 0.49, "installed": 3.9, "tuned": 4.0, "cyrus": 5.4})[-1] == "no; yes"
    assert table.line(row, {"glaspost": 0.51, "installed": 4.4, "tuned": 4.4, "cyrus": 5.4})[-1] == "yes; no"


def test_a_target_can_name_its_peer():
    row = Row("flags", "flags", "/s", "more", (Reach("cyrus", 2),))
    line = table.line(row, {"glaspost": 3000, "installed": 2000, "tuned": 15000, "cyrus": 1500})
    assert line[6:] == ("2.00 x (cyrus)", "≥ 2 x cyrus", "yes")


def test_two_targets_have_a_ratio_each():
    row = Row("flags", "flags", "/s", "more", (Reach("cyrus", 2), Reach("best", 0.5), Reach("absolute", 1000)))
    line = table.line(row, {"glaspost": 3000, "installed": 2000, "tuned": 15000, "cyrus": 1500})
    assert line[6:] == ("2.00 x (cyrus); 0.20 x", "≥ 2 x cyrus; ≥ 1/2 x; ≥ 1000 /s", "yes; no; yes")
    assert table.line(row, {"glaspost": 3000, "tuned": 6000})[6] == "-; 0.50 x"


def test_factors_are_told_as_they_were_meant():
    told = [table.factor(value) for value in (8, 1.5, 0.8, 0.7, 0.5, 1 / 8, 2 / 3)]
    assert told == ["8 x", "1.5 x", "0.8 x", "0.7 x", "1/2 x", "1/8 x", "2/3 x"]


def test_the_table_says_of_how_many_runs_a_figure_is():
    once = Row("once", "once", "ms", "less")
    samples = [sample(server, run, rate=5) for server in ("glaspost", "tuned") for run in range(3)] + [sample("glaspost", once=2)]
    assert [line[-1] for line in table.lines((RATE, once), samples)] == ["3", "1"]
    assert len(table.head()) == len(table.lines((RATE,), samples)[0])


def test_what_was_not_measured_has_no_verdict():
    assert table.line(RATE, {"glaspost": 5000})[6:] == ("-", "≥ 8 x", "-")
    assert table.line(RATE, PEERS)[2:3] + table.line(RATE, PEERS)[6:] == ("-", "-", "≥ 8 x", "-")
    cpu = Row("cpu", "CPU", "ms", "less", (Reach("best", 1), Reach("absolute", 1)))
    assert table.line(cpu, {"glaspost": 2})[-1] == "-; no", "the absolute target is missed, whatever the peers do"
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


def test_a_work_may_be_for_some_runs_and_for_some_servers():
    for work in WORKS:
        assert work.in_run(0) and work.suits("glaspost")
        assert set(work.servers) <= set(table.SERVERS)
    each = Work("each", None, ())
    assert each.in_run(99) and each.suits("cyrus")
    some = Work("some", None, (), runs=1, servers=("glaspost", "tuned"))
    assert not some.in_run(1) and some.suits("tuned") and not some.suits("cyrus")


def test_what_starts_a_server_anew_comes_last():
    """Those that look at a server that has done the works before must not find one that has done nothing."""
    last = [work.key for work in WORKS[WORKS.index(chosen(["select-cold"])[0]):]]
    assert last[-1] == "crowd" and "peak-deliveries" not in last and all(work.runs == 1 for work in WORKS[-len(last):])


def test_a_quick_look_does_each_once():
    assert [Stage(None, None, part).repeats(11) for part in (1.0, 0.1)] == [11, 1]


def test_works_and_rows_have_names_of_their_own():
    for keys in ([work.key for work in WORKS], [row.key for row in ROWS], [row.title for row in ROWS]):
        assert len(keys) == len(set(keys))
    assert [work.key for work in chosen(["pop3", "empty"])] == ["empty", "pop3"]
    with pytest.raises(SystemExit):
        chosen(["nothing"])
