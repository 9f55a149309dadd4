"""imapflow: both ways, told while it idles, cut off and back with QRESYNC."""

import pytest

from flow import Flow
from provider import ANNA, BRAM, letter, unique

ALL = {"uid": True, "flags": True, "envelope": True, "bodyStructure": True, "size": True, "source": True}


def clear(provider, who):
    with provider.imap(who) as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()


def test_both_ways(provider):
    words = [unique() for _ in range(3)]
    for word in words:
        provider.deliver(letter(word))
    with Flow(provider) as flow:
        assert {"CONDSTORE", "MOVE", "IDLE", "COMPRESS=DEFLATE"} <= set(flow.capabilities)
        uses = {box["specialUse"] for box in flow("list") if box.get("specialUse")}
        assert {"\\Inbox", "\\Sent", "\\Trash"} <= uses
        path = flow("create", path="Reizen & hotels/Übernachtung")
        assert path in {box["path"] for box in flow("list")}
        opened = flow("open", path="INBOX")
        known = {one["subject"]: one for one in flow("fetch", range="1:*", query=ALL)}
        assert opened["exists"] == len(known) and set(words) <= set(known)
        one = known[words[0]]
        assert one["parts"] == "text/plain" and one["size"] == len(one["source"]) and words[0] in one["source"]
        assert flow("download", uid=str(one["uid"]), part="1") == "Hallo.\r\n"
        assert flow("search", query={"header": {"subject": words[1]}}) == [known[words[1]]["uid"]]

        # Here: one is flagged, one moved, one deleted, one is new.
        flow("add", range=str(one["uid"]), flags=["\\Flagged", "$Werk"])
        [[_, moved]] = flow("move", range=str(known[words[1]]["uid"]), to=path)
        flow("delete", range=str(known[words[2]]["uid"]))
        mine = unique()
        uid = flow("append", path="INBOX", text=letter(mine), flags=["\\Seen"])
        assert provider.count(mine) == 1 and provider.count(words[2]) == 0
        assert flow("status", path=path)["messages"] == 1
        flow("open", path=path)
        assert [one["uid"] for one in flow("fetch", range="1:*", query=ALL)] == [moved]

        # There: the flag goes, and the new one is answered.
        with provider.imap() as client:
            client.select("INBOX")
            client.uid("STORE", str(one["uid"]), "-FLAGS", r"(\Flagged)")
            client.uid("STORE", str(uid), "+FLAGS", r"(\Answered)")
        flow("open", path="INBOX")
        flags = {one["uid"]: one["flags"] for one in flow("fetch", range="1:*", query={"uid": True, "flags": True})}
        assert flags[one["uid"]] == ["$Werk"] and flags[uid] == ["\\Answered", "\\Seen"]
        assert flow("rename", path=path, to="Reizen & hotels/Nacht") == "Reizen & hotels/Nacht"
        flow("remove", path="Reizen & hotels/Nacht")
        flow("logout")


def test_is_told_while_it_idles(provider):
    with Flow(provider, BRAM) as flow:
        count = flow("open", path="INBOX")["exists"]
        flow("idle")
        provider.deliver(letter(unique()), BRAM)
        assert flow("wait", kind="exists")["count"] == count + 1
        newest = flow("fetch", range="*", query={"uid": True})[0]["uid"]
        flow("idle")
        with provider.imap(BRAM) as client:
            client.select("INBOX")
            client.uid("STORE", str(newest), "+FLAGS", r"(\Seen)")
            assert "\\Seen" in flow("wait", kind="flags")["flags"]
            client.uid("STORE", str(newest), "+FLAGS.SILENT", r"(\Deleted)")
            client.uid("EXPUNGE", str(newest))
        assert flow("wait", kind="expunge")["seq"] == count + 1


@pytest.mark.parametrize("qresync", [True, False])
def test_cut_off_and_back(provider, qresync):
    clear(provider, ANNA)
    with provider.imap() as client:
        for _ in range(12):
            client.append("INBOX", "", None, letter(unique()).encode())
    with Flow(provider, qresync=qresync) as flow:
        opened = flow("open", path="INBOX")
        kept = {one["uid"]: one["flags"] for one in flow("fetch", range="1:*", query={"uid": True, "flags": True})}
        flow("cut")
    uids = sorted(kept)
    with provider.imap() as client:
        client.select("INBOX")
        client.uid("STORE", f"{uids[0]},{uids[5]}", "+FLAGS", r"(\Seen Werk)")
        client.uid("STORE", f"{uids[3]},{uids[7]}:{uids[9]}", "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()
    provider.deliver(letter(unique()))
    with Flow(provider, qresync=qresync) as flow:
        again = flow("open", path="INBOX", since=opened["modseq"], validity=opened["validity"])
        assert again["validity"] == opened["validity"] and int(again["modseq"]) > int(opened["modseq"])
        changed = flow("fetch", range="1:*", query={"uid": True, "flags": True}, options={"changedSince": opened["modseq"]})
        there = {one["uid"] for one in flow("fetch", range="1:*", query={"uid": True})}
        assert {one["uid"] for one in changed} == {uids[0], uids[5], again["uidNext"] - 1}
        if qresync:
            gone = {event["uid"] for event in flow("told") if event["kind"] == "expunge" and event["earlier"]}
            assert gone == set(uids) - there == {uids[3], *uids[7:10]}
        assert there == set(uids) - {uids[3], *uids[7:10]} | {again["uidNext"] - 1}
