#!/usr/bin/env python3
"""`make bench-webmail`: the webmail beside Debian's Roundcube in Chromium, as a phone on a mobile network sees them."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from playwright.sync_api import sync_playwright  # noqa: E402

from stage import accounts, certificate, group, record, roundcube  # noqa: E402
from stage.catalogue import chosen  # noqa: E402
from stage.chromium import Browser  # noqa: E402
from stage.glaspost import Glaspost  # noqa: E402
from stage.load import Load  # noqa: E402
from stage.telling import measure, say, show  # noqa: E402
from stage.webmail.desk import MESSAGES, Desk  # noqa: E402
from stage.webmail.works import ROWS, WORKS  # noqa: E402

HOUSE = Path(__file__).resolve().parent.parent
SERVERS = {kind.name: kind for kind in (Glaspost, roundcube.Roundcube)}


def arguments(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="WORK", help="this work; may be repeated; `--list` names them")
    parser.add_argument("--servers", default=",".join(SERVERS), help="by commas; default: %(default)s")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many; default: %(default)s")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="in the mailbox; default: %(default)s")
    parser.add_argument("--minutes", type=float, default=10, help="for which memory is watched; default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="a tenth of each count: to see that it works, not to measure")
    parser.add_argument("--glaspost", type=Path, default=HOUSE / "target/release/glaspost", help="the program; default: %(default)s")
    parser.add_argument("--load", type=Path, default=HOUSE / "target/release/load", help="the load generator; default: %(default)s")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where the servers keep their mail; default: %(default)s")
    parser.add_argument("--into", type=Path, help="add to this record, instead of a new one in benches/results")
    parser.add_argument("--list", action="store_true", help="name the works and end")
    return parser.parse_args(words)


def main(words=None):
    options = arguments(words)
    if options.list:
        print("\n".join(f"{work.key:16}  {work.rows[0].title}" for work in WORKS))
        return 0
    works = chosen(options.only, WORKS)
    names = options.servers.split(",")
    if unknown := [name for name in names if name not in SERVERS]:
        sys.exit(f"no such server: {', '.join(unknown)}; there are {', '.join(SERVERS)}")
    if roundcube.Roundcube.name in names and not (os.geteuid() == 0 and roundcube.is_installed()):
        sys.exit("Roundcube: run `benches/tools webmail`, then this, both as root; or this with --servers glaspost")
    Glaspost.program = options.glaspost.resolve()
    for program in (Glaspost.program, options.load):
        if not program.exists():
            sys.exit(f"{program} is not there: `make bench-webmail` builds it, or name another")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    group.adopt_orphans()
    file = options.into or HOUSE / "benches/results" / time.strftime("webmail-%Y-%m-%d-%H%M%S.json")
    kept = record.Record(file, {"commit": record.commit(HOUSE), "quick": options.quick, "messages": options.messages})
    failures = all_runs(options, works, names, kept)
    show(kept, file, ROWS, names[1:])
    return 1 if failures else 0


def all_runs(options, works, names, kept):
    """One mailbox each for all runs: what is measured changes nothing but what is read. Gives the number of failures."""
    folder = Path(tempfile.mkdtemp(prefix="glaspost-webmail-", dir=options.folder))
    folder.chmod(0o755)
    shown = certificate.make(folder)
    servers = [SERVERS[name](folder, shown) for name in names]
    failures = 0
    try:
        with sync_playwright() as playwright:
            browser = Browser(playwright, shown)
            kept.version("chromium", browser.version)
            desk = Desk(Load(options.load.resolve()), accounts.Lists(folder), 0.1 if options.quick else 1.0,
                        browser=browser, messages=options.messages, minutes=options.minutes)
            for server in servers:
                say(f"starting {server.name}, with {options.messages:,} messages")
                server.start([accounts.HOARDER])
                kept.version(server.name, server.version())
                desk.fill(server)
            for run in range(options.runs):
                for place, work in enumerate(works):
                    first = (run + place) % len(servers)
                    for server in (one for one in servers[first:] + servers[:first] if work.suits(one.name)):
                        failures += work.in_run(run) and not measure(work, server, desk, run, kept)
            browser.close()
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return failures


if __name__ == "__main__":
    sys.exit(main())
