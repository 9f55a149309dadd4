"""A connection to the IMAP listener in asyncio; every reply is read strictly, compressed or not (RFC 4978)."""

import asyncio
import collections
import ssl
import zlib

from strict import Replies, Violation

#: Longer than this no reply may take, however busy the machine is.
PATIENCE = 120


class Gone(Exception):
    """The server has hung up."""


class Wire:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.replies = Replies()
        self.deflate = self.inflate = None
        #: What was said last, for the report of a violation.
        self.log = collections.deque(maxlen=120)

    @classmethod
    async def open(cls, provider, secure):
        door = provider.door("imap", "implicit" if secure else "starttls")
        context = None
        if secure:
            context = ssl.create_default_context(cafile=provider.ca)
            context.check_hostname = False
        return cls(*await asyncio.open_connection(door.address, door.port, ssl=context, limit=1 << 20))

    async def send(self, data):
        self.log.append(b"C: " + data[:400])
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.writer.write(data)
        try:
            await self.writer.drain()
        except OSError as broken:
            raise Gone from broken

    async def reply(self):
        """The next whole reply."""
        while True:
            try:
                reply = self.replies.next()
            except Violation:
                self.log.append(b"S: " + bytes(self.replies.raw[:2000]))
                raise
            if reply:
                self.log.append(b"S: " + reply.line[:400])
                return reply
            try:
                data = await asyncio.wait_for(self.reader.read(1 << 16), PATIENCE)
            except TimeoutError:
                raise Violation(f"no reply in {PATIENCE} s") from None
            except OSError as broken:
                raise Gone from broken
            if not data:
                raise Gone
            self.replies.feed(self.inflate.decompress(data) if self.inflate else data)

    def compress(self):
        self.deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
        self.inflate = zlib.decompressobj(-15)
        # What came behind the OK is compressed already.
        raw, self.replies.raw = bytes(self.replies.raw), bytearray()
        self.replies.feed(self.inflate.decompress(raw))

    def drop(self):
        """Hangs up without a word."""
        self.writer.transport.abort()

    async def close(self):
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except (OSError, ssl.SSLError):
            pass
