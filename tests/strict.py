"""Reads IMAP replies as a strict client does (RFC 9051, 9; RFC 3501, 9): what a broken reply would be, is an error here.

`Replies().feed(bytes)` takes what a server says in any pieces; `next()` gives whole replies. Every black-box test's
client reads through it (docs/security.md, I20).
"""

import re
from dataclasses import dataclass, field

ATOM = rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+"
#: What may stand in a FETCH reply in the place of a value: an atom with what flags and sections add.
TEXT = re.compile(rb"[^\x00\r\n]*\Z")
TAG = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\+]+\Z")
#: What turns UTF-8 in quotes on.
UTF8 = (b"UTF8=ACCEPT", b"IMAP4REV2")
LITERAL = re.compile(rb"~?\{(0|[1-9][0-9]*)\}\Z")
STATUS = (b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH")
#: Longer lines than this, literals aside, no client need take.
LONGEST = 8 << 20


class Violation(AssertionError):
    """The server said what no strict client can read."""


@dataclass
class Reply:
    tag: str
    #: The line with literals in their places.
    line: bytes
    status: str = ""
    code: str = ""
    values: list = field(default_factory=list)


class Replies:
    def __init__(self):
        #: Whether UTF-8 may stand in quotes: the client has asked for it (RFC 9755, 3; RFC 9051, 9).
        self.utf8 = False
        self.raw = bytearray()
        self.at = 0
        self.parts, self.last = [], None

    def feed(self, data):
        self.raw += data

    def end(self):
        """The connection has ended; a reply that was cut is the client's own affair."""

    def next(self):
        """The next whole reply, or None until more is fed."""
        while True:
            found = self.raw.find(b"\n", self.at)
            if found < 0:
                if len(self.raw) - self.at > LONGEST:
                    raise Violation("a line without end")
                return None
            line = bytes(self.raw[self.at:found + 1])
            if not line.endswith(b"\r\n") or b"\r" in line[:-2] or b"\0" in line:
                raise Violation(f"no line: {line[:300]!r}")
            line = line[:-2]
            literal = LITERAL.search(line) if is_data(self.parts[0] if self.parts else line) else None
            if not literal:
                self.parts.append(line)
                parts, self.parts = self.parts, []
                del self.raw[:found + 1]
                self.at = 0
                self.last = read(parts, self.utf8)
                if self.last.values[:1] == [b"ENABLED"]:
                    self.utf8 |= any(name.upper() in UTF8 for name in self.last.values[1:])
                return self.last
            size = int(literal[1])
            if len(self.raw) < found + 1 + size:
                return None
            data = bytes(self.raw[found + 1:found + 1 + size])
            if b"\0" in data and not literal[0].startswith(b"~"):
                # CHAR8 = %x01-ff; only a literal8 holds a NUL (RFC 3516, 7).
                raise Violation(f"NUL in a literal: {line[:300]!r}")
            self.parts += [line[:literal.start()], data]
            del self.raw[:found + 1 + size]
            self.at = 0


def is_data(line):
    """Whether literals may stand in the line: not in the text of a status reply."""
    words = line.split(b" ", 2)
    return words[0] == b"*" and len(words) > 1 and words[1] not in STATUS


def read(parts, utf8=False):
    """Parts: text, literal, text, literal, … text."""
    line = parts[0]
    if line.startswith(b"+ ") or line == b"+":
        return Reply("+", line)
    tag, _, rest = line.partition(b" ")
    word, _, text = rest.partition(b" ")
    if word in STATUS and (tag == b"*" or word in STATUS[:3]):
        if tag != b"*" and not TAG.match(tag):
            raise Violation(f"no tag: {line[:300]!r}")
        if not text or not TEXT.match(text):
            raise Violation(f"a status without text: {line[:300]!r}")
        code = ""
        if text.startswith(b"["):
            end = text.find(b"] ")
            if end < 2 or len(text) < end + 3:
                raise Violation(f"no response code: {line[:300]!r}")
            code = text[1:end].split(b" ")[0].decode("ascii")
            if text[1:end].split(b" ")[0] == b"PERMANENTFLAGS":
                Values([text[1:end].split(b" ", 1)[1]]).all()
        return Reply(tag.decode(), line, word.decode(), code)
    if tag != b"*":
        raise Violation(f"neither tagged nor untagged: {line[:300]!r}")
    parts = [rest, *parts[1:]]
    values = Values(parts, utf8).all()
    check(values, parts)
    return Reply("*", b"".join(parts), values=values)


class Values:
    """Reads `value SP value …` with lists, strings and literals."""

    TOKEN = re.compile(rb"\"((?:[^\"\\\r\n\x00]|\\[\"\\])*)\"|(\()|(\))|([^\x00-\x20\x7f-\xff()\"{]+)")

    def __init__(self, parts, utf8=False):
        self.parts, self.part, self.at, self.utf8 = parts, 0, 0, utf8

    def fault(self):
        raise Violation(f"at {self.at} of {self.parts[self.part][:600]!r}")

    def all(self):
        """Without recursion: a hostile structure may be deep."""
        stack, values, want = [], [], True
        while True:
            text = self.parts[self.part]
            if self.at == len(text):
                if self.part + 1 >= len(self.parts):
                    break
                if not want:
                    self.fault()
                values.append(Literal(self.parts[self.part + 1]))
                self.part, self.at, want = self.part + 2, 0, False
                continue
            if text[self.at] == 0x20:
                # A space stands between two values, never at a border.
                if want:
                    self.fault()
                self.at, want = self.at + 1, True
                continue
            token = self.TOKEN.match(text, self.at)
            if not token:
                self.fault()
            self.at = token.end()
            if token[3]:
                # An empty list is `()`; after a space none may end.
                if not stack or (want and values):
                    self.fault()
                inner, values = values, stack.pop()
                values.append(inner)
                want = False
            elif token[2]:
                # Lists stand side by side only as the parts of a multipart, or the addresses of an envelope.
                if not want and not (values and isinstance(values[-1], list)):
                    self.fault()
                stack.append(values)
                values, want = [], True
            else:
                if not want:
                    self.fault()
                values.append(self.quoted(token[1]) if token[1] is not None else self.atom(token))
                want = False
        if stack or want:
            self.fault()
        return values

    def quoted(self, text):
        try:
            text.decode("utf-8" if self.utf8 else "ascii")
        except UnicodeDecodeError:
            self.fault()
        return Quoted(re.sub(rb"\\(.)", rb"\1", text))

    def atom(self, token):
        """Goes on through the `[…]` of a section, which may hold spaces, lists and strings."""
        text = token[4]
        if b"[" in text and b"]" not in text:
            line = self.parts[self.part]
            end = line.find(b"]", self.at)
            if end < 0:
                # A field name by literal.
                self.fault()
            rest = re.compile(rb"\][<0-9>]*").match(line, end)
            text = line[token.start():rest.end()]
            self.at = rest.end()
        return text


class Quoted(bytes):
    pass


class Literal(bytes):
    pass


def check(values, parts):
    """What a known reply must look like."""
    def bad(why):
        raise Violation(f"{why}: {b' '.join(bytes(p) for p in parts)[:600]!r}")

    number = len(values) > 1 and isinstance(values[0], bytes) and values[0].isdigit()
    name = values[1 if number else 0]
    if isinstance(name, list):
        bad("no name")
    if number and name in (b"FETCH", b"UIDFETCH"):
        items = values[2] if len(values) == 3 and isinstance(values[2], list) else bad("no list")
        if len(items) % 2:
            bad("not in pairs")
        for key, value in zip(items[::2], items[1::2]):
            fetched(key, value, bad)
    elif name in (b"LIST", b"LSUB"):
        if len(values) < 4 or not isinstance(values[1], list) or isinstance(values[3], list):
            bad("no LIST")
    elif name == b"STATUS":
        if len(values) != 3 or len(values[2]) % 2:
            bad("no STATUS")
    elif name == b"METADATA":
        metadata(values, bad)
    elif number and name not in (b"EXISTS", b"EXPUNGE", b"RECENT"):
        bad("unknown")
    elif not number and name not in (b"SEARCH", b"ESEARCH", b"FLAGS", b"CAPABILITY", b"ENABLED", b"ID", b"NAMESPACE",
                                     b"VANISHED", b"QUOTA", b"QUOTAROOT", b"SORT", b"THREAD", b"LANGUAGE", b"JMAPACCESS"):
        bad("unknown")


def metadata(values, bad):
    """A mailbox with entries and their values in a list, or with the entries that have changed (RFC 5464, 4.4)."""
    if len(values) < 3 or isinstance(values[1], list):
        bad("no METADATA")
    pairs = values[2]
    if not isinstance(pairs, list):
        if any(isinstance(entry, list) for entry in values[2:]):
            bad("no entries")
    elif len(values) > 3 or not pairs or len(pairs) % 2 or not all(nstring(value) for value in pairs[1::2]):
        bad("no entries with values")


def string(value):
    return isinstance(value, (Quoted, Literal))


def nstring(value):
    return string(value) or value == b"NIL"


def fetched(key, value, bad):
    if key == b"ENVELOPE":
        envelope(value, bad)
    elif key in (b"BODYSTRUCTURE", b"BODY"):
        structure(value, bad)
    elif key in (b"UID", b"RFC822.SIZE") or key.startswith(b"BINARY.SIZE["):
        if isinstance(value, list) or string(value) or not value.isdigit():
            bad("no number")
    elif key in (b"FLAGS", b"MODSEQ", b"EMAILID", b"THREADID"):
        if not isinstance(value, list):
            bad("no list")
    elif not nstring(value):
        bad(f"{key!r} has no string")


def envelope(value, bad):
    if not isinstance(value, list) or len(value) != 10:
        bad("no envelope")
    for at, item in enumerate(value):
        if at in range(2, 8):
            if item != b"NIL" and not (isinstance(item, list) and item and all(
                    isinstance(one, list) and len(one) == 4 and all(nstring(part) for part in one) for one in item)):
                bad(f"address list {at}")
        elif not nstring(item):
            bad(f"string {at}")


def parameters(value):
    return value == b"NIL" or isinstance(value, list) and len(value) % 2 == 0 and value and all(string(v) for v in value)


def number(value):
    return not isinstance(value, list) and not string(value) and value.isdigit() and int(value) < 1 << 32


def structure(whole, bad):
    open_ = [whole]
    while open_:
        value = open_.pop()
        if not isinstance(value, list) or not value:
            bad("no body")
        if isinstance(value[0], list):
            parts = [part for part in value if isinstance(part, list)]
            count = next((at for at, part in enumerate(value) if not isinstance(part, list)), len(value))
            rest = value[count:]
            open_ += value[:count]
            if not rest or not string(rest[0]) or len(rest) > 1 and not parameters(rest[1]):
                bad("no multipart")
            extension(rest[2:], bad)
            assert parts
            continue
        if len(value) < 7 or not string(value[0]) or not string(value[1]) or not parameters(value[2]) \
                or not nstring(value[3]) or not nstring(value[4]) or not string(value[5]) or not number(value[6]):
            bad("no part")
        kind = value[0].lower(), value[1].lower()
        rest = value[7:]
        if kind in ((b"message", b"rfc822"), (b"message", b"global")):
            if len(rest) < 3 or not number(rest[2]):
                bad("no message part")
            envelope(rest[0], bad)
            open_.append(rest[1])
            rest = rest[3:]
        elif kind[0] == b"text":
            if not rest or not number(rest[0]):
                bad("no lines")
            rest = rest[1:]
        if rest and not nstring(rest[0]):
            bad("no MD5")
        extension(rest[1:], bad)


def extension(rest, bad):
    """Disposition, language, location (RFC 3501, 7.4.2)."""
    if not rest:
        return
    shape = rest[0]
    if shape != b"NIL" and not (isinstance(shape, list) and len(shape) == 2 and string(shape[0]) and parameters(shape[1])):
        bad("no disposition")
    if len(rest) > 1 and not (nstring(rest[1]) or isinstance(rest[1], list) and all(string(v) for v in rest[1])):
        bad("no language")
    if len(rest) > 2 and not nstring(rest[2]):
        bad("no location")
