"""All works, in the order in which they run.

What needs an untouched server comes first; what starts servers anew comes last, and brings what it measures with it.
"""

import sys

from stage.works import (
    appends, crowd, deliveries, disk_use, flags, huge, idle, jmap, listeners, logins, mix, peaks, pop3, reading, sending, transfers,
)

WORKS = (
    *idle.WORKS, *logins.WORKS, *deliveries.WORKS, *appends.WORKS, *reading.WORKS, *flags.WORKS, *transfers.WORKS,
    *mix.WORKS, *pop3.WORKS, *sending.WORKS, *disk_use.WORKS, *peaks.WORKS, *huge.WORKS, *jmap.WORKS,
    *listeners.WORKS, *crowd.WORKS,
)
ROWS = tuple(row for work in WORKS for row in work.rows)


def chosen(keys, works=WORKS):
    """The works of these names, in their order; all for none."""
    known = {work.key for work in works}
    if unknown := [key for key in keys if key not in known]:
        sys.exit(f"no such work: {', '.join(unknown)}; `--list` names them")
    return [work for work in works if not keys or work.key in keys]
