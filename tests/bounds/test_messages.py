"""docs/security.md, M01 to M15: messages made to cost much, or to be read in two ways."""

import re
import time

from bounds.wire import Wire
from provider import ANNA, BRAM, unique
from watch import Watch


def serve(provider, messages, within=None):
    """Each message by APPEND; what is stored is what is served, and all views of it are well formed."""
    # RFC 9755, 4: headers beyond ASCII come from who has enabled UTF-8; whoever reads need not have.
    with Wire(provider, ANNA) as client, Wire(provider, ANNA) as writer:
        writer.say("ENABLE UTF8=ACCEPT")
        box = unique()
        client.say(f"CREATE {box}")
        client.say(f"SELECT {box}")
        views = []
        for number, message in enumerate(messages, 1):
            begun = time.monotonic()
            assert writer.append(message, box) == "OK", message[:60]
            client.say("NOOP")
            heard = client.say(f"FETCH {number} (RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[])")
            took = time.monotonic() - begun
            assert heard[-1].status == "OK"
            items = dict(zip(heard[0].values[2][::2], heard[0].values[2][1::2]))
            # A lone CR or LF became a whole line end when it was taken; nothing else changes.
            whole = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
            assert items[b"BODY[]"] == whole, message[:60]
            assert int(items[b"RFC822.SIZE"]) == len(whole)
            assert within is None or took < within, f"{took:.1f} s for {message[:60]}"
            views.append(items)
        client.say("UNSELECT")
        client.say(f"DELETE {box}")
    return views


def nested(levels):
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels)) + b"\r\nx\r\n"


def depth(value):
    """How deep the lists are."""
    deepest, open_ = 0, [(value, 1)]
    while open_:
        one, at = open_.pop()
        deepest = max(deepest, at)
        open_ += [(inner, at + 1) for inner in one if isinstance(inner, list)]
    return deepest


def m01_nesting(provider):
    return serve(provider, [make(levels) for levels in (100, 1_000, 100_000)
                            for make in (nested, lambda n: b"Content-Type: message/rfc822\r\n\r\n" * n + b"\r\nx\r\n")], 3)


def test_m01_nesting_is_cut(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        for view in m01_nesting(provider):
            assert depth(view[b"BODYSTRUCTURE"]) <= 104


def m03_width(provider):
    return serve(provider, [b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 100_000 + b"--b--\r\n"], 5)


def test_m03_parts_are_cut(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        [view] = m03_width(provider)
        assert len([part for part in view[b"BODYSTRUCTURE"] if isinstance(part, list)]) <= 10_001


def m04_headers(provider):
    return serve(provider, [
        b"X-Field: value\r\n" * 100_000 + b"\r\nbody\r\n",
        b"Subject: " + b"x" * (10 << 20) + b"\r\n\r\nbody\r\n",
        b"To: " + b"a@b,\r\n " * 100_000 + b"c@d\r\n\r\nbody\r\n",
    ], 10)


def test_m04_headers_are_cut_in_the_view_alone(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        views = m04_headers(provider)
    assert len(views[2][b"ENVELOPE"][5]) <= 10_000


def m07_encoded_words(provider):
    words = [b"=?utf-8?q?a=0D=0ABcc:_x@y?=", b"=?utf-8?b?AA==?=", b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=", b"=?utf-7?q?+AA0ACg-?=",
             b"=?iso-2022-jp?b?GyRC?=", b"=?hz-gb-2312?q?~{?=", b"=?unknown?q?x=FF?=", b"=?utf-8?q?=3Cscript=3E?=", b"=?utf-8?q?" + b"=" * 5_000]
    return serve(provider, [b"Subject: %s\r\nFrom: %s <a@b>\r\n\r\nbody\r\n" % (word, word) for word in words])


def test_m07_encoded_words_break_no_header(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        for view in m07_encoded_words(provider):
            assert b"\r" not in view[b"ENVELOPE"][1] and b"\n" not in view[b"ENVELOPE"][1]
    # Searched, a word is decoded once.
    with Wire(provider, ANNA) as client:
        client.append(b"Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3Fgeheimwoord=3D41=3F=3D?=\r\n\r\nx\r\n")
        client.say("SELECT INBOX")
        assert client.say("SEARCH SUBJECT geheimwoordA")[0].values == [b"SEARCH"]


def m15_bytes(provider):
    return serve(provider, [
        b"\r\n", b"x", b"Subject: only a header\r\n", b"Subject: no end", b"\r\n\r\n", b": \r\n\r\n", b"no header at all\r\n",
        b"Subject: \xff\xfe\r\n\r\n8-bit \xff\r\n", b"Subject: a\rb\r\n\r\nlone \r CR\r\n", b"Subject: x\r\n\r\n" + b"x" * (1 << 20) + b"\r\n",
        b"Subject : space\r\n\r\nx\r\n", b".\r\n..\r\n.", b"From x\r\nSubject: y\r\n\r\nz\r\n",
    ])


def test_m15_what_is_stored_is_what_is_served(provider):
    with Watch(provider.process.pid, provider.imap(BRAM)):
        m15_bytes(provider)


ATTACKS = [m01_nesting, m03_width, m04_headers, m07_encoded_words, m15_bytes]
