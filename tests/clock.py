"""A clock for the program that a test sets while it runs, by libfaketime; the monotonic one goes on as it is."""

import os
from pathlib import Path

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Clock:
    """Give `environment` to a Provider; then `set` and `advance` hold from its next look at the clock."""

    def __init__(self, folder):
        self.file = Path(folder) / "clock"
        self.offset = 0
        self.set(0)
        self.environment = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset):
        """So many seconds after the machine's clock, or before it."""
        self.offset = offset
        draft = self.file.with_suffix(".part")
        draft.write_text(f"{offset:+d}\n")
        os.replace(draft, self.file)

    def advance(self, seconds):
        self.set(self.offset + seconds)


HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY
