"""Contacts go in as vCards, and come out as vCards."""

import pytest

from control import data
from provider import ANNA, BRAM, Provider

VCARDS = """dirt
BEGIN:VCARD\r
VERSION:3.0\r
UID:urn:x:zoe\r
N:Berg;Zo\u00eb;;;\r
FN:Zo\u00eb Berg\r
item1.EMAIL;type=INTERNET;type=pref:zoe@example.org\r
item1.X-ABLabel:_$!<Boat>!$_\r
TEL;type=CELL:+31 6 12345678\r
X-FAVOURITE:tea\\, black\r
END:VCARD\r
BEGIN:VCARD
VERSION:4.0
FN:The Club
KIND:group
MEMBER:urn:x:zoe
END:VCARD
"""


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits") as running:
        yield running
        running.stop()
        running.check_store()


def test_vcards_go_in_and_come_out(provider, tmp_path):
    file = tmp_path / "contacts.vcf"
    file.write_bytes(VCARDS.encode())
    told = data(provider, "account", "contacts", "import", ANNA, str(file))
    assert (told["created"], told["replaced"], told["refused"]) == (2, 0, [])
    out = provider.run("account", "contacts", "export", ANNA).stdout
    for part in ["FN:Zo\u00eb Berg", "zoe@example.org", "LABEL:Boat", "TYPE=cell", "X-FAVOURITE:tea\\, black", "MEMBER:urn:x:zoe"]:
        assert part in out, out
    # what came out is somebody else's without a loss, and the same again changes nobody's number
    file.write_bytes(out.encode())
    for counted in [(2, 0), (0, 2)]:
        told = data(provider, "account", "contacts", "import", BRAM, str(file))
        assert (told["created"], told["replaced"]) == counted
    file.write_text("BEGIN:VCARD\nFN:x\n")
    told = data(provider, "account", "contacts", "import", ANNA, str(file))
    assert told["created"] == 0 and len(told["refused"]) == 1 and "end" in str(told["refused"]), told
