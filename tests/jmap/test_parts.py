"""Parts of a message in one file, and PDFs for a viewer (docs/jmap.md)."""

import contextlib
import email.message
import email.policy
import io
import random
import zipfile

import pytest

from asking import Asking
from provider import ANNA, BRAM, Provider, unique
from watch import MIB, Watch


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


def stored(provider, asking, files):
    """A message with these files in the inbox: its email, as JMAP tells it."""
    word = unique()
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = "renee@buren.example", ANNA, word
    made.set_content("Zie de bijlagen.")
    for name, kind, content in files:
        maintype, subtype = kind.split("/")
        made.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    with provider.imap() as client:
        client.append("INBOX", None, None, made.as_bytes())
    [id_] = asking.call("Email/query", accountId=asking.account, filter={"subject": word})["ids"]
    [told] = asking.call("Email/get", accountId=asking.account, ids=[id_], properties=["attachments"])["list"]
    return id_, told["attachments"]


def parts(asking, id_, parts_, name="alles.zip"):
    return asking.http.get(asking.url(f"/jmap/parts/{asking.account}/{id_}/{','.join(parts_)}/{name}"), timeout=120)


def noise(size):
    """Octets that cannot be made fewer, the same each time."""
    return random.Random(size).randbytes(size)


def test_parts_go_out_as_a_zip_that_others_read(anna, provider):
    files = [
        ("foto.jpg", "image/jpeg", bytes(range(256)) * 999), ("FOTO.jpg", "image/jpeg", b"another"),
        ("../../etc/passwd", "application/octet-stream", b"x"), ("caf\u00e9 \u202egpj.exe", "application/octet-stream", b"MZ"),
        ("con.txt", "text/plain", b"hallo\n"), ("leeg", "application/octet-stream", b""),
    ]
    id_, told = stored(provider, anna, files)
    answer = parts(anna, id_, [part["partId"] for part in told])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="alles.zip"')
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    assert file.testzip() is None
    names = ["foto.jpg", "FOTO (2).jpg", "_.._etc_passwd", "caf\u00e9 _gpj.exe", "_con.txt", "leeg"]
    assert file.namelist() == names
    assert [file.read(name) for name in names] == [content for _, _, content in files]


def test_a_large_file_is_never_whole_in_memory(anna, provider):
    content = noise(12 * MIB)
    id_, told = stored(provider, anna, [(f"{number}.bin", "application/octet-stream", content) for number in range(2)])
    with Watch(provider.process.pid) as watch:
        file = zipfile.ZipFile(io.BytesIO(parts(anna, id_, [part["partId"] for part in told]).content))
    assert [file.read(name) == content for name in file.namelist()] == [True, True]
    assert watch.grown < 10 * MIB, watch.grown


def test_who_has_two_on_the_way_gets_no_third(anna, host, provider):
    id_, told = stored(provider, anna, [("veel.bin", "application/octet-stream", noise(24 * MIB))])
    path = f"/jmap/parts/{anna.account}/{id_}/{told[0]['partId']}/x.zip"
    # each has its beginning and takes no more of it, on a connection of its own
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            open_ = stack.enter_context(contextlib.closing(Asking(host).http.get(anna.url(path), stream=True, timeout=60)))
            assert open_.status_code == 200
        assert anna.http.get(anna.url(path), timeout=60).status_code == 429


def test_what_is_not_there_or_another_s_is_not_had(anna, host, provider):
    id_, told = stored(provider, anna, [("a.pdf", "application/pdf", b"%PDF-1.7\n"), ("b.pdf", "application/pdf", b"<script>")])
    [pdf, page] = told
    for wrong in (["99"], ["0"], [pdf["partId"]] * 2, [""], ["x"]):
        assert parts(anna, id_, wrong).status_code == 404, wrong
    assert parts(anna, "x", [pdf["partId"]]).status_code == 404
    shown = anna.http.get(anna.url(f"/jmap/pdf/{anna.account}/{pdf['blobId']}/a.pdf"))
    assert (shown.status_code, shown.headers["Content-Type"], shown.content) == (200, "application/pdf", b"%PDF-1.7\n")
    assert anna.http.get(anna.url(f"/jmap/pdf/{anna.account}/{page['blobId']}/b.pdf")).status_code == 415
    bram = Asking(host, BRAM)
    for path in (f"parts/{anna.account}/{id_}/{pdf['partId']}/x.zip", f"parts/{bram.account}/{id_}/{pdf['partId']}/x.zip",
                 f"pdf/{anna.account}/{pdf['blobId']}/a.pdf", f"pdf/{bram.account}/{pdf['blobId']}/a.pdf"):
        assert bram.http.get(bram.url(f"/jmap/{path}")).status_code == 404, path
