"""The accounts that every server has: the same names, the same password."""

from dataclasses import dataclass
from pathlib import Path

DOMAIN = "bench.example"
PASSWORD = "bench-password"
#: Those to whom mail is delivered, and who sit idle: one session each.
PEOPLE = [f"user{number:03}@{DOMAIN}" for number in range(500)]
#: Twenty who change flags, each in a mailbox of his own that holds messages.
FLAGGERS = [f"flag{number:02}@{DOMAIN}" for number in range(20)]
#: A large mailbox for reading and searching; one for a single session's changes; one for POP3; one for big messages;
#: one with a small mailbox whose first login is measured.
READER, KEEPER, FETCHER, GIANT = (f"{name}@{DOMAIN}" for name in ("reader", "keeper", "fetcher", "giant"))
#: One who has never deleted anything.
HOARDER = f"hoarder@{DOMAIN}"
#: Who log in for the first time under the clock.
NEWCOMERS = [f"new{number:02}@{DOMAIN}" for number in range(40)]
ALL = [*PEOPLE, *FLAGGERS, READER, KEEPER, FETCHER, GIANT, HOARDER, *NEWCOMERS]


@dataclass(frozen=True)
class Lists:
    """Files for the load generator: addresses, and addresses with passwords."""

    folder: Path

    def _write(self, name, lines):
        file = self.folder / name
        file.write_text("".join(f"{line}\n" for line in lines))
        return file

    def addresses(self, people, name):
        """A file with one address a line."""
        return self._write(f"{name}.addresses", people)

    def users(self, people, name):
        """A file with an address and its password a line."""
        return self._write(f"{name}.users", [f"{person} {PASSWORD}" for person in people])
