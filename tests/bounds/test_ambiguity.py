"""docs/security.md, M10: a message that can be read in two ways is read in one (docs/reading.md), by every face alike.

Each message goes in by SMTP. What IMAP tells (BODYSTRUCTURE, BODY[n], BINARY[n], SEARCH), what POP3 gives, and what
`glaspost message show` says about those bytes must be the same reading.
"""

import base64
import json
import re

import pytest

from bounds.wire import Wire
from provider import BRAM, unique

TO = BRAM

#: name: the message, its outline, words that are text in it, words that are not, the flaws that are told.
MESSAGES = {
    "two Content-Type": (
        b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nplainword\r\n--b--\r\n",
        "text/plain", ["plainword"], [], ["duplicate-field"]),
    "two Content-Type, the other way round": (
        b"Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/plain\r\n\r\npreambleword\r\n--b\r\n\r\npartword\r\n--b--\r\n",
        "multipart/mixed(text/plain)", ["partword"], ["preambleword"], ["duplicate-field"]),
    "two boundaries": (
        b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--b\r\n\r\nsecondword\r\n--a\r\n\r\nfirstword\r\n--a--\r\n",
        "multipart/mixed(text/plain)", ["firstword"], ["secondword"], ["duplicate-parameter"]),
    "two boundaries, one encoded": (
        b"Content-Type: multipart/mixed; boundary=a; boundary*=utf-8''b\r\n\r\n--a\r\n\r\naword\r\n--a--\r\n--b\r\n\r\nbword\r\n--b--\r\n",
        None, [], [], []),
    "two encodings": (
        b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\naGlkZGVud29yZA==\r\n",
        "text/plain", ["hiddenword"], ["aGlkZGVud29yZA"], ["duplicate-field"]),
    "two encodings, the other way round": (
        b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\naGlkZGVud29yZA==\r\n",
        "text/plain", ["aGlkZGVud29yZA"], ["hiddenword"], ["duplicate-field"]),
    "wrong case": (
        b"CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=B\r\n\r\n--b\r\n\r\nlowerword\r\n--B\r\ncontent-transfer-encoding: BASE64\r\n\r\n"
        b"dXBwZXJ3b3Jk\r\n--B--\r\n",
        "multipart/mixed(text/plain)", ["upperword"], ["lowerword"], []),
    "white space before the colon": (
        b"Content-Type : text/html\r\nContent-Transfer-Encoding\t: base64\r\n\r\nPGI+c3BhY2V3b3JkPC9iPg==\r\n",
        "text/html", ["spaceword"], ["PGI"], ["space-before-colon"]),
    "truncated base64": (
        b"Content-Transfer-Encoding: base64\r\n\r\nY3V0d29yZCBsb3N0d29yZ\r\n", "text/plain", ["cutword", "lostwor"], [], []),
    "base64 with padding within": (
        b"Content-Transfer-Encoding: base64\r\n\r\nb25ld29yZA==dHdvd29yZA==\r\n", "text/plain", ["onewordtwoword"], [], []),
    "base64 with other letters within": (
        b"Content-Transfer-Encoding: base64\r\n\r\nam*9p b!m\xff\r\nVk\td29yZA==\r\n", "text/plain", ["joinedword"], [], []),
    "missing end": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nopenword\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>lastword\r\n",
        "multipart/mixed(text/plain text/html)", ["openword", "lastword"], [], ["missing-end"]),
    "missing end within": (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\n"
        b"innerword\r\n--a\r\n\r\nouterword\r\n--a--\r\n",
        "multipart/mixed(multipart/mixed(text/plain) text/plain)", ["innerword", "outerword"], [], ["missing-end"]),
    "the end twice": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbeforeword\r\n--b--\r\n--b\r\n\r\nafterword\r\n--b--\r\n",
        "multipart/mixed(text/plain)", ["beforeword"], ["afterword"], []),
    "the same boundary within": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsameword\r\n"
        b"--b--\r\nlimboword\r\n--b--\r\n",
        "multipart/mixed(multipart/mixed(text/plain))", ["sameword"], ["limboword"], ["same-boundary"]),
    "a boundary that begins like another": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nkeepword\r\n--bb\r\n\r\nstillword\r\n--b--\r\n",
        "multipart/mixed(text/plain)", ["keepword", "stillword"], [], []),
    "no boundary": (
        b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nflatword\r\n--b--\r\n", "text/plain", ["flatword"], [], ["no-boundary"]),
    "a boundary that never comes": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nneverword\r\n", "text/plain", ["neverword"], [], ["empty-multipart"]),
    "an encoded multipart": (
        b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b\r\n\r\nclearword\r\n--b--\r\n",
        "multipart/mixed(text/plain)", ["clearword"], [], ["encoded-composite"]),
    "an unknown encoding": (
        b"Content-Transfer-Encoding: x-rot13\r\n\r\nrotword\r\n", "text/plain", [], ["rotword"], ["unknown-encoding"]),
    "no media type": (
        b"Content-Type: html\r\n\r\nbareword\r\n", "text/plain", ["bareword"], [], ["bad-content-type"]),
    "a boundary within the header of a part": (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n--b\r\n\r\nbodyword\r\n--b--\r\n",
        "multipart/mixed(text/html text/plain)", ["bodyword"], [], ["boundary-in-header"]),
    "a comment in the type": (
        b"Content-Type: text/(plain)html; (boundary=b) charset=utf-8\r\n\r\n<i>commentword</i>\r\n", None, [], [], []),
    "quoted-printable that is none": (
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nodd=ZZword=3\r\nso=\r\nftword=\r\n",
        "text/plain", ["odd=zzword=3", "softword"], [], []),
}


def base64_decoded(body):
    """Other letters are skipped, padding ends a group, a cut group gives its whole octets."""
    decoded = b""
    for group in re.sub(rb"[^A-Za-z0-9+/=]", b"", body).split(b"="):
        group = group[:len(group) - (len(group) % 4 == 1)]
        decoded += base64.b64decode(group + b"=" * (-len(group) % 4))
    return decoded


def quoted_decoded(body):
    """An equals sign that is no code stands for itself; white space at the end of a line is dropped."""
    body = re.sub(rb"[ \t]+(?=\r\n|\Z)", b"", body)
    return re.sub(rb"=(?:([0-9A-Fa-f]{2})|\r\n)", lambda m: bytes.fromhex(m[1].decode()) if m[1] else b"", body)


DECODERS = {**dict.fromkeys([b"7bit", b"8bit", b"binary"], lambda body: body),
            b"base64": base64_decoded, b"quoted-printable": quoted_decoded}


def outline(structure):
    """`multipart/mixed(text/plain image/png)`."""
    if isinstance(structure[0], list):
        parts = [part for part in structure if isinstance(part, list)]
        count = next(at for at, part in enumerate(structure) if not isinstance(part, list))
        return f"multipart/{structure[count].decode().lower()}({' '.join(map(outline, parts[:count]))})"
    kind = f"{structure[0].decode()}/{structure[1].decode()}".lower()
    return f"{kind}({outline(structure[8])})" if kind == "message/rfc822" else kind


def leaves(structure, path=()):
    """Each leaf with its number, as the client counts them (RFC 9051, 6.4.5)."""
    if not isinstance(structure[0], list):
        return [(".".join(map(str, path or (1,))), structure)]
    count = next(at for at, part in enumerate(structure) if not isinstance(part, list))
    return [leaf for number, part in enumerate(structure[:count], 1) for leaf in leaves(part, (*path, number))]


def shown(provider, folder, raw):
    """What `glaspost message show` says."""
    file = folder / "message.eml"
    file.write_bytes(raw)
    return json.loads(provider.run("message", "show", str(file), "--json").stdout)


def outline_of(parts):
    """The same outline, from the list of parts with their depths."""
    text, depth = "", -1
    for part in parts:
        if part["depth"] > depth:
            text += "(" * (depth >= 0)
        else:
            text += ")" * (depth - part["depth"]) + " "
        text += part["type"]
        depth = part["depth"]
    return text + ")" * depth


@pytest.mark.parametrize("name", MESSAGES)
def test_m10_one_reading_for_all(provider, tmp_path, name):
    text, expected, seen, unseen, flaws = MESSAGES[name]
    word = unique()
    with provider.smtp() as client:
        client.sendmail("renee@buren.example", [TO], f"Subject: {word}\r\nMIME-Version: 1.0\r\n".encode() + text)
    with Wire(provider, TO) as client:
        client.say("SELECT INBOX")
        [number] = client.say(f"SEARCH SUBJECT {word}")[0].values[1:]
        items = client.say(f"FETCH {number.decode()} (BODYSTRUCTURE BODY.PEEK[] RFC822.SIZE)")[0].values[2]
        items = dict(zip(items[::2], items[1::2]))
        raw, structure = items[b"BODY[]"], items[b"BODYSTRUCTURE"]
        told = shown(provider, tmp_path, raw)
        # One outline, and it is the documented one.
        assert outline(structure) == outline_of(told["parts"])
        assert expected in (None, outline(structure))
        # Each part: the same octets, encoding and size from IMAP and in the file.
        parts = {part["part"]: part for part in told["parts"] if not part["type"].startswith("multipart/")}
        assert [path for path, _ in leaves(structure)] == list(parts)
        for path, leaf in leaves(structure):
            part = parts[path]
            body = client.say(f"FETCH {number.decode()} BODY.PEEK[{path}]")[0].values[2][1]
            assert raw[part["start"]:part["start"] + part["size"]] == body and int(leaf[6]) == len(body) == part["size"]
            assert leaf[5].decode().lower() == part["encoding"].lower()
        # Decoded by the server (RFC 3516), it is what this page's own decoder makes of the same octets.
        said = b""
        for path, leaf in leaves(structure):
            heard = client.say(f"FETCH {number.decode()} (BINARY.SIZE[{path}] BINARY.PEEK[{path}])")
            if leaf[5].lower() not in DECODERS:
                assert (heard[-1].status, heard[-1].code) == ("NO", "UNKNOWN-CTE")
                continue
            items = dict(zip(heard[0].values[2][::2], heard[0].values[2][1::2]))
            body = raw[parts[path]["start"]:parts[path]["start"] + parts[path]["size"]]
            decoded = items[f"BINARY[{path}]".encode()]
            assert decoded == DECODERS[leaf[5].lower()](body)
            assert int(items[f"BINARY.SIZE[{path}]".encode()]) == len(decoded)
            said += decoded.lower()
        assert all((one.lower().encode() in said) == (what is seen) for what in (seen, unseen) for one in what), said
        # Search sees the text that is shown, and no other.
        for what, hits in [(seen, [number]), (unseen, [])]:
            for one in what:
                assert client.say(f'SEARCH SUBJECT {word} BODY "{one}"')[0].values[1:] == hits, one
                assert (one.lower() in told["text"].lower()) == bool(hits), (one, told["text"])
    # What is odd is told; what is not ambiguous is not.
    assert set(flaws) <= {flaw["name"] for flaw in told["flaws"]}
    # POP3 gives the same octets, so the same reading.
    pop3 = provider.pop3(TO)
    try:
        lines = pop3.retr(pop3.stat()[0])[1]
        assert b"\r\n".join(lines) + b"\r\n" == raw
    finally:
        pop3.quit()
