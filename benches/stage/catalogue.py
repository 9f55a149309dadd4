"""All works, in the order in which they run: what needs an untouched server comes first."""

import sys

from stage.works import (
    appends, deliveries, disk_use, flags, idle, logins, mix, peaks, pop3, reading, transfers,
)

WORKS = (
    *idle.WORKS, *logins.WORKS, *deliveries.WORKS, *appends.WORKS, *reading.WORKS, *flags.WORKS, *transfers.WORKS,
    *mix.WORKS, *pop3.WORKS, *disk_use.WORKS, *peaks.WORKS,
)
ROWS = tuple(row for work in WORKS for row in work.rows)


def chosen(keys):
    """The works of these names, in their order; all for none."""
    known = {work.key for work in WORKS}
    if unknown := [key for key in keys if key not in known]:
        sys.exit(f"no such work: {', '.join(unknown)}; `--list` names them")
    return [work for work in WORKS if not keys or work.key in keys]
