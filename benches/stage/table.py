"""The table: medians, ratios to the peers, what is to be reached and whether it holds, and of how many runs it is."""

from fractions import Fraction
from statistics import median

OURS = "glaspost"
PEERS = ("installed", "tuned", "cyrus")
SERVERS = (OURS, *PEERS)
SPENT_HEAD = ("work", "server", "operations", "seconds", "server CPU s", "written MiB", "load CPU s", "load's share of all cores")


def head(peers=PEERS):
    return ("work", "unit", OURS, *peers, "ratio to the best", "to reach", "holds?", "runs")


def medians(samples):
    """The median of each figure: `{row key: {server: value}}`."""
    gathered = {}
    for sample in samples:
        for key, value in sample["figures"].items():
            gathered.setdefault(key, {}).setdefault(sample["server"], []).append(value)
    return {key: {server: median(values) for server, values in of.items()} for key, of in gathered.items()}


def runs(samples):
    """In how many runs each figure was measured: `{row key: number}`."""
    seen = {}
    for sample in samples:
        for key in sample["figures"]:
            seen.setdefault(key, set()).add(sample["run"])
    return {key: len(numbers) for key, numbers in seen.items()}


def lines(rows, samples, peers=PEERS):
    """A line of the table for each row that anybody has a figure for."""
    found, times = medians(samples), runs(samples)
    return [(*line(row, found[row.key], peers), str(times[row.key])) for row in rows if row.key in found]


def line(row, of, peers=PEERS):
    measured = {name: of[name] for name in peers if name in of}
    ours = of.get(OURS)
    values = [number(of.get(name), row.digits) for name in (OURS, *peers)]
    return (row.title, row.unit, *values, ratio(row, ours, measured), reach_text(row), verdict(row, ours, measured))


def ratio(row, ours, peers):
    """Ours to the best of the peers, or to the one that a target names; a ratio for each of several targets."""
    to = dict.fromkeys(reach.to for reach in row.reach if reach.to != "absolute")
    return "; ".join(ratio_to(row, whose, ours, peers) for whose in to or ("best",))


def ratio_to(row, whose, ours, peers):
    if whose != "best":
        peers = {name: value for name, value in peers.items() if name == whose}
    if ours is None or not peers:
        return "-"
    best = row.best(peers.values())
    text = f"{ours / best:.2f} x" if best > 0 else "-"
    return text if whose == "best" else f"{text} ({whose})"


def reach_text(row):
    sign = "≥" if row.better == "more" else "≤"
    words = []
    for reach in row.reach:
        if reach.to == "absolute":
            words.append(f"{sign} {reach.factor:g} {row.unit}".strip())
        else:
            whose = "" if reach.to == "best" else f" {reach.to}"
            words.append(f"{sign} {factor(reach.factor)}{whose}")
    return "; ".join(words) or "-"


def factor(value):
    """`8 x`, `0.7 x`, and `1/8 x` or `2/3 x` where that is what was meant."""
    part = Fraction(value).limit_denominator(8)
    told_so = value < 1 and part.numerator < 3 and abs(part - value) < 1e-9
    return f"{part} x" if told_so and part.denominator != 5 else f"{value:g} x"


def verdict(row, ours, peers):
    """`yes` when the target is reached, or all are; a word for each of several targets that differ."""
    words = {True: "yes", False: "no", None: "-"}
    told = [words[row.holds(ours, reach, peers)] for reach in row.reach]
    return "; ".join(told if len(set(told)) > 1 else told[:1]) or "-"


def number(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def spent_lines(samples):
    """What each work cost: medians over the runs."""
    gathered = {}
    for sample in samples:
        if sample["operations"]:
            gathered.setdefault((sample["work"], sample["server"]), []).append(sample)

    def middle(of, name, scale=1.0, digits=2):
        values = [sample[name] for sample in of if sample[name] is not None]
        return number(median(values) / scale if values else None, digits)

    return [
        (work, server, middle(of, "operations", digits=0), middle(of, "seconds"), middle(of, "cpu_seconds"),
         middle(of, "written", 2**20, 1), middle(of, "load_cpu_seconds"), f"{median(s['load_share'] for s in of):.0%}")
        for (work, server), of in gathered.items()
    ]


def plain(head, body):
    """Columns of plain text: words to the left, figures to the right."""
    table = [head, *body]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    right = [all(looks_like_figure(row[column]) for row in body) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(width) if to_right else cell.ljust(width)
                  for cell, width, to_right in zip(row, widths, right)).rstrip()
        for row in table
    )


def looks_like_figure(cell):
    return cell == "-" or cell[:1].isdigit() or cell[:1] == "-"


def markdown(head, body):
    rule = tuple("---" for _ in head)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))
