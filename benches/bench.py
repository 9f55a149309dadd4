#!/usr/bin/env python3
"""`make bench`: Glaspost and its peers from Debian on loopback, the same load on all, one table.

Run it as root (Postfix starts as root only) on a machine that does nothing else meanwhile.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stage import accounts, certificate, group, kernel, record  # noqa: E402
from stage.catalogue import ROWS, WORKS, chosen  # noqa: E402
from stage.cyrus import Cyrus  # noqa: E402
from stage.dovecot import Installed, Tuned  # noqa: E402
from stage.glaspost import Glaspost  # noqa: E402
from stage.load import Load  # noqa: E402
from stage.telling import measure, say, show  # noqa: E402
from stage.works import Stage  # noqa: E402

HOUSE = Path(__file__).resolve().parent.parent
SERVERS = {kind.name: kind for kind in (Glaspost, Installed, Tuned, Cyrus)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="WORK", help="this work; may be repeated; `--list` names them")
    parser.add_argument("--servers", default=",".join(SERVERS), help="by commas; default: %(default)s")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many; default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="a tenth of each count: to see that it works, not to measure")
    parser.add_argument("--glaspost", type=Path, default=HOUSE / "target/release/glaspost", help="the program; default: %(default)s")
    parser.add_argument("--load", type=Path, default=HOUSE / "target/release/load", help="the load generator; default: %(default)s")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where the servers keep their mail; default: %(default)s")
    parser.add_argument("--into", type=Path, help="add to this record, instead of a new one in benches/results")
    parser.add_argument("--keep", action="store_true", help="leave the servers' folders")
    parser.add_argument("--list", action="store_true", help="name the works and end")
    return parser.parse_args()


def main():
    options = arguments()
    if options.list:
        print("\n".join(f"{work.key:16}  {work.rows[0].title}" for work in WORKS))
        return 0
    works = chosen(options.only)
    names = options.servers.split(",")
    if unknown := [name for name in names if name not in SERVERS]:
        sys.exit(f"no such server: {', '.join(unknown)}; there are {', '.join(SERVERS)}")
    if os.geteuid() != 0 and set(names) != {"glaspost"}:
        sys.exit("Postfix starts as root only: run this as root, or with --servers glaspost")
    Glaspost.program = options.glaspost.resolve()
    for program in (Glaspost.program, options.load):
        if not program.exists():
            sys.exit(f"{program} is not there: `make bench` builds it, or name another")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    group.adopt_orphans()
    file = options.into or HOUSE / "benches/results" / time.strftime("%Y-%m-%d-%H%M%S.json")
    kept = record.Record(file, {"commit": record.commit(HOUSE), "quick": options.quick})
    failures = 0
    kernel.room_for_sessions()
    with kernel.room_to_watch():
        for run in range(options.runs):
            failures += one_run(options, run, works, names, kept)
    show(kept, file, ROWS)
    return 1 if failures else 0


def one_run(options, run, works, names, kept):
    """Fresh servers; each work on each of them, and another one first each time. Gives the number of failures."""
    folder = Path(tempfile.mkdtemp(prefix="glaspost-bench-", dir=options.folder))
    folder.chmod(0o755)
    shown = certificate.make(folder)
    servers = [SERVERS[name](folder, shown) for name in names]
    stage = Stage(Load(options.load.resolve()), accounts.Lists(folder), 0.1 if options.quick else 1.0)
    failures = 0
    try:
        for server in servers:
            say(f"run {run + 1}: starting {server.name}")
            server.start(accounts.ALL)
            kept.version(server.name, server.version())
        for place, work in enumerate(works):
            if not work.in_run(run):
                continue
            first = (run + place) % len(servers)
            for server in (one for one in servers[first:] + servers[:first] if work.suits(one.name)):
                failures += not measure(work, server, stage, run, kept)
        for server in servers:
            failures += not complete(server)
    finally:
        for server in servers:
            server.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"left in {folder}")
    return failures


def complete(server):
    """Whether each message that a load was told was taken is in a mailbox."""
    try:
        found = server.count()
    except Exception as error:  # noqa: BLE001  whatever a mail server answers wrongly
        say(f"{server.name}: its mailboxes cannot be counted: {error}")
        return False
    if found != server.expected:
        say(f"{server.name}: {server.expected} messages were accepted, {found} are in the mailboxes")
    return found == server.expected


if __name__ == "__main__":
    sys.exit(main())
