"""What a customer sets himself (docs/jmap-account.md): the page's examples, and what they do."""

import imaplib
import json
import re
import socket
import ssl

import pytest
import requests

from asking import Asking, names_of
from provider import ANNA, BRAM, HOUSE, PASSWORD, Provider, letter, unique

URN = "urn:glaspost:params:jmap:account"
PAGE = HOUSE / "docs" / "jmap-account.md"
BOB = "bob@buren.example"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", accounts=3) as running:
        yield running
        running.stop()
        running.check_store()


def fits(told, shown):
    """Whether an answer is the one of the page, in which an ellipsis is any value."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(told, dict) and told.keys() == shown.keys() and all(fits(told[name], shown[name]) for name in shown)
    if isinstance(shown, list):
        return isinstance(told, list) and len(told) == len(shown) and all(map(fits, told, shown))
    return told == shown


def test_the_examples_of_the_page(host, provider):
    asking = Asking(host, "user0@telfortglasvezel.nl")
    blocks = re.findall(r"```json (request|response)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert [kind for kind, _ in blocks] == ["request", "response"] * (len(blocks) // 2) and len(blocks) >= 10
    account = asking.account
    for (_, request), (_, response) in zip(blocks[::2], blocks[1::2]):
        call = json.loads(request.replace('"accountId": "A"', f'"accountId": "{account}"'))
        shown = json.loads(response.replace('"accountId": "A"', f'"accountId": "{account}"'))
        told = asking.request([call]).json()["methodResponses"][0]
        assert fits(told, shown), f"{request}\n{json.dumps(told, ensure_ascii=False)}"


def test_only_ones_own_account_has_it(anna, host):
    session = anna.session()
    own = session["accounts"][anna.account]["accountCapabilities"][URN]
    assert own["maxForwardTargets"] == 10 and own["maxBlockedSenders"] == 500 and (own["maxLabels"], own["maxSavedSearches"]) == (100, 100)
    answer = anna.request([["Forwarding/get", {"accountId": Asking(host, BRAM).account, "ids": None}, "c"]]).json()
    assert answer["methodResponses"][0][1]["type"] == "accountNotFound"


def found(asking, mailbox, word):
    """The emails of one of somebody's mailboxes, by its role, that have a word."""
    account = asking.account
    boxes = asking.call("Mailbox/get", accountId=account, ids=None)["list"]
    [box] = [box["id"] for box in boxes if box["role"] == mailbox]
    ids = asking.call("Email/query", accountId=account, filter={"inMailbox": box, "text": word})["ids"]
    return asking.call("Email/get", accountId=account, ids=ids, properties=["keywords", "subject", "from"])["list"]


def test_a_blocked_senders_mail_is_taken_and_goes_to_junk(anna, provider):
    account = anna.account
    set_ = anna.call("BlockedSender/set", accountId=account, create={"k": {"pattern": BOB}})
    word, other = unique(), unique()
    provider.deliver(letter(word, BOB, ANNA), ANNA, BOB)
    provider.deliver(letter(other, "eve@buren.example", ANNA), ANNA, "eve@buren.example")
    assert [email["keywords"] for email in found(anna, "junk", word)] == [{"$junk": True}]
    assert (found(anna, "inbox", word), len(found(anna, "inbox", other))) == ([], 1)
    anna.call("BlockedSender/set", accountId=account, destroy=[set_["created"]["k"]["id"]])
    word = unique()
    provider.deliver(letter(word, BOB, ANNA), ANNA, BOB)
    assert len(found(anna, "inbox", word)) == 1


def test_a_label_is_a_keyword_that_imap_shows_and_sets(anna, provider):
    """What JMAP calls a label, IMAP has as a keyword of the same message, both ways."""
    account, word = anna.account, unique()
    made = anna.call("Label/set", accountId=account, create={"k": {"name": "Ons huis", "color": "#1f7a4d"}})["created"]["k"]
    keyword = made["keyword"]
    provider.deliver(letter(word, BOB, ANNA), ANNA, BOB)
    [email] = anna.call("Email/query", accountId=account, filter={"text": word})["ids"]
    imap = provider.imap(ANNA)
    imap.select("INBOX")
    [number] = imap.search(None, "SUBJECT", word)[1][0].split()
    imap.store(number, "+FLAGS", f"({keyword})")
    assert anna.call("Email/query", accountId=account, filter={"hasKeyword": keyword})["ids"] == [email]
    anna.call("Email/set", accountId=account, update={email: {f"keywords/{keyword}": None, "keywords/$label1": True}})
    imap.noop()
    flags = imap.fetch(number, "(FLAGS)")[1][0].lower()
    assert b"$label1" in flags and keyword.encode() not in flags
    # without its name the keyword stays what it is
    anna.call("Label/set", accountId=account, destroy=[made["id"]])
    assert anna.call("Email/query", accountId=account, filter={"hasKeyword": "$label1"})["ids"] == [email]
    imap.logout()


def test_the_service_desk_blocks_as_the_customer_does(anna, provider):
    provider.run("account", "block", ANNA, "@far.example")
    shown = anna.call("BlockedSender/get", accountId=anna.account, ids=None)["list"]
    assert "@far.example" in [sender["pattern"] for sender in shown]
    assert provider.run("account", "block", ANNA).stdout.splitlines() == [sender["pattern"] for sender in shown]
    provider.run("account", "block", ANNA, "@far.example", "--remove")
    assert provider.run("account", "block", ANNA, "@far.example", "--remove", check=False).returncode == 67


def test_mail_goes_on_and_the_inbox_says_so(host, provider):
    user, bram = Asking(host, "user1@telfortglasvezel.nl"), Asking(host, BRAM)
    account = user.account
    user.call("Forwarding/set", accountId=account, update={"singleton": {"targets": [BRAM], "keepCopy": False}})
    [notice] = found(user, "inbox", BRAM)
    assert notice["from"][0]["email"].startswith("postmaster@")
    word = unique()
    provider.deliver(letter(word, BOB, "user1@telfortglasvezel.nl"), "user1@telfortglasvezel.nl", BOB)
    assert (len(found(bram, "inbox", word)), found(user, "inbox", word)) == (1, [])
    # whoever sets it, the customer is told
    provider.run("account", "forward", "user1@telfortglasvezel.nl", "--stop")
    assert len(found(user, "inbox", "postmaster")) >= 1
    assert user.call("Forwarding/get", accountId=account, ids=None)["list"][0]["isEnabled"] is False
    word = unique()
    provider.deliver(letter(word, BOB, "user1@telfortglasvezel.nl"), "user1@telfortglasvezel.nl", BOB)
    assert len(found(user, "inbox", word)) == 1


def log_in(host, keeper="browser", user="user2@telfortglasvezel.nl", password=PASSWORD, program=""):
    """A browser, or a program's token."""
    body = {"username": user, "password": password, "for": keeper, "program": program}
    session = requests.Session()
    answer = session.post(f"https://{host}/jmap/login", json=body, headers={"User-Agent": "Proef/1"}, timeout=30)
    assert answer.status_code == 200, answer.text
    return session, answer.json().get("token")


def as_browser(host, session):
    """Somebody who asks with the cookie of a browser."""
    asking = Asking(host, user=None, Origin=f"https://{host}")
    asking.http.cookies.update(session.cookies)
    return asking


def test_j20_another_password_ends_all_but_what_asked_for_it(host, provider):
    user, new = "user2@telfortglasvezel.nl", "een heel nieuw woord"
    browser, other = as_browser(host, log_in(host)[0]), as_browser(host, log_in(host)[0])
    _, token = log_in(host, "program", program="telefoon")
    imap = provider.imap(user)
    account = browser.account
    assert other.account == account
    (name, told, _), = browser.request([["Password/set", {"accountId": account, "currentPassword": PASSWORD, "newPassword": new}, "c"]]).json()["methodResponses"]
    assert name == "Password/set" and told["endedLogins"] >= 3
    # the one that asked goes on with the same cookie
    assert browser.call("Core/echo", x=1) == {"x": 1}
    assert other.http.get(other.url("/jmap/session"), timeout=30).status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"https://{host}/jmap/session", headers=bearer, timeout=30).status_code == 401
    with pytest.raises(imaplib.IMAP4.abort):
        while True:
            imap.noop()
    with pytest.raises(imaplib.IMAP4.error):
        provider.imap(user)
    provider.imap(user, password=new).logout()
    browser.call("Password/set", accountId=account, currentPassword=new, newPassword=PASSWORD)


def programs(asking):
    return asking.call("ProgramLogin/get", accountId=asking.account, ids=None)["list"]


def test_programs_are_told_with_how_they_come(host, provider):
    user = "user0@telfortglasvezel.nl"
    asking = Asking(host, user)
    imap = provider.imap(user)
    imap.xatom("ID", '("name" "Donderdag" "version" "3")')
    plain = provider.pop3(user)
    by_service = {login["service"]: login for login in programs(asking)}
    thunder, pop3, this = by_service["imap"], by_service["pop3"], by_service["jmap"]
    assert (thunder["program"], thunder["tls"], thunder["open"], thunder["kind"]) == ("Donderdag 3", "implicit", 1, "password")
    assert thunder["port"] == provider.door("imap", "implicit").port and thunder["address"] == "127.0.0.1"
    assert (pop3["tls"], pop3["advice"], pop3["program"]) == ("none", "plain", None)
    assert this["isThis"] and not thunder["isThis"]
    imap.logout()
    plain.quit()
    # with the old name, which still works
    door = provider.door("imap", "implicit")
    context = provider.trust()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((door.address, door.port), timeout=30) as raw:
        with context.wrap_socket(raw, server_hostname=door.names[1]) as secure:
            lines = secure.makefile("rwb")
            lines.readline()
            lines.write(f'a LOGIN {user} {PASSWORD}\r\nb ID ("name" "Oud")\r\n'.encode())
            lines.flush()
            while not lines.readline().startswith(b"b OK"):
                pass
            old = next(login for login in programs(asking) if login["program"] == "Oud")
            assert (old["host"], old["advice"]) == (door.names[1], "oldName")


def test_a13_what_a_customer_ends_is_dead_at_once(host, provider):
    user = "user1@telfortglasvezel.nl"
    asking = Asking(host, user)
    _, token = log_in(host, "program", user, program="telefoon")
    bearer = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"https://{host}/jmap/session", headers=bearer, timeout=30).status_code == 200
    imap = provider.imap(user)
    logins = programs(asking)
    phone = next(login for login in logins if login["kind"] == "token" and login["program"] == "telefoon")
    reader = next(login for login in logins if login["service"] == "imap" and login["open"] == 1)
    ended = asking.call("ProgramLogin/set", accountId=asking.account, destroy=[phone["id"], reader["id"]])
    assert ended["destroyed"] == [phone["id"], reader["id"]]
    assert requests.get(f"https://{host}/jmap/session", headers=bearer, timeout=30).status_code == 401
    with pytest.raises(imaplib.IMAP4.abort):
        while True:
            imap.noop()
    left = [login["id"] for login in programs(asking)]
    assert phone["id"] not in left and reader["id"] not in left


def test_programs_are_known_after_a_restart(fresh):
    fresh.pop3(ANNA).quit()
    with names_of(fresh) as host:
        assert "pop3" in [login["service"] for login in programs(Asking(host))]
    fresh.stop()
    fresh.start()
    with names_of(fresh) as host:
        [pop3] = [login for login in programs(Asking(host)) if login["service"] == "pop3"]
        assert (pop3["open"], pop3["tls"]) == (0, "none")


def test_the_sheet_is_what_the_program_prints(anna, provider):
    for language in ("nl", "en"):
        printed = json.loads(provider.run("settings", "--json", "--language", language).stdout)
        [sheet] = anna.call("ServiceSheet/get", accountId=anna.account, ids=None, language=language)["list"]
        assert sheet == {**printed, "id": "singleton"}
