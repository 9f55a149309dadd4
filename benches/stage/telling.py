"""What a run tells while it goes on, and at its end."""

import sys
import time

from stage import table
from stage.load import LoadFailed


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure(work, server, stage, run, kept):
    """Does a work on a server and keeps its sample; gives whether it came to its end."""
    began = time.monotonic()
    try:
        sample = work.run(server, stage)
    except (LoadFailed, RuntimeError, OSError) as error:
        say(f"run {run + 1}: {work.key}: {server.name}: {error}")
        return False
    kept.add(run, sample)
    figures = ", ".join(f"{key} {value:,.2f}" for key, value in sample.figures.items())
    say(f"run {run + 1}: {work.key}: {server.name}: {figures} (load {sample.load_share:.0%}, {time.monotonic() - began:.1f} s in all)")
    return True


def show(kept, file, rows, peers=table.PEERS):
    """Prints the tables, and writes them as Markdown beside the record."""
    head, body = table.head(peers), table.lines(rows, kept.samples, peers)
    spent = table.spent_lines(kept.samples)
    print(table.plain(head, body))
    print()
    print(table.plain(table.SPENT_HEAD, spent))
    text = table.markdown(head, body) + "\n\n" + table.markdown(table.SPENT_HEAD, spent) + "\n"
    file.with_suffix(".md").write_text(text)
    print(f"\nraw: {file}\nMarkdown: {file.with_suffix('.md')}")
