"""mutt and neomutt keep headers and, with `imap_qresync`, ask for nothing but what has happened since."""

import pytest

from provider import BRAM, letter, unique
from terminal import mutt


@pytest.mark.parametrize("qresync", ["yes", "no"])
@pytest.mark.parametrize("program", ["mutt", "neomutt"])
def test_both_ways(provider, tmp_path, program, qresync):
    more = f"set imap_qresync={qresync}\nset imap_condstore=yes\n"
    words = [unique() for _ in range(5)]
    for word in words:
        provider.deliver(letter(word))
    # Flags one, deletes another, writes it down.
    keys = (f"<search>~s {words[0]}<enter><flag-message><search>~s {words[1]}<enter><delete-message><sync-mailbox>"
            f"<search>~s {words[2]}<enter><copy-message>{tmp_path}/one<enter><quit>")
    mutt(program, provider, tmp_path, keys, more=more)
    assert words[2] in (tmp_path / "one").read_text(errors="replace")
    assert provider.count(words[1]) == 0
    with provider.imap() as client:
        client.create("Archief")
        client.select("INBOX")
        number = {word: client.search(None, "SUBJECT", word)[1][0].decode() for word in words if word != words[1]}
        assert b"\\Flagged" in client.fetch(number[words[0]], "(FLAGS)")[1][0]
        # Meanwhile another one is deleted, another flagged, and one comes.
        client.store(number[words[4]], "+FLAGS", r"(\Flagged)")
        client.store(number[words[3]], "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()
    new = unique()
    provider.deliver(letter(new))
    # What is flagged now, and what is new, goes where it can be counted; what is gone cannot.
    keys = (f"<tag-pattern>~F<enter><tag-prefix><copy-message>=Archief<enter><untag-pattern>~A<enter>"
            f"<search>~s {words[3]}<enter><search>~s {new}<enter><copy-message>{tmp_path}/two<enter><quit>")
    mutt(program, provider, tmp_path, keys, more=more)
    assert new in (tmp_path / "two").read_text(errors="replace")
    said = (tmp_path / f".{program}debug0").read_text(errors="replace")
    assert ("VANISHED)" in said) == (qresync == "yes"), "with QRESYNC it asks what has gone, without it looks for itself"
    for word in (words[0], words[4]):
        assert provider.count(word, mailbox="Archief") == 1
    with provider.imap() as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()
        client.delete("Archief")
