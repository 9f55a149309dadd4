"""JMAP by HTTP: the session, who gets in, uploads and downloads, listeners (RFC 8620, 2, 3, 6, 7)."""

import concurrent.futures
import gzip
import json
import time

import jmapc
import requests

from asking import CORE, Asking, names_of
from provider import ANNA, BRAM, PASSWORD
from watch import MIB, Watch


def test_jmapc_finds_the_session(host):
    client = jmapc.Client.create_with_password(host=host, user=ANNA, password=PASSWORD)
    session = client.jmap_session
    assert session.username == ANNA
    assert session.api_url == f"https://{host}/jmap/api"
    assert session.event_source_url.startswith(f"https://{host}/jmap/events?")


def test_a_request_and_its_problems(anna):
    answer = anna.request([["Core/echo", {"hello": True}, "a"]])
    assert answer.json()["methodResponses"] == [["Core/echo", {"hello": True}, "a"]]
    assert answer.json()["sessionState"] == anna.session()["state"]
    assert anna.request([], using=["urn:nothing"]).json()["type"] == "urn:ietf:params:jmap:error:unknownCapability"
    api = anna.session()["apiUrl"]
    for body, name in [(b"{", "notJSON"), (b"[" * 100_000, "notJSON"), (b'{"a": 1e999}', "notJSON"), (b"{}", "notRequest")]:
        answer = anna.http.post(api, data=body, headers={"Content-Type": "application/json"}, timeout=30)
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == f"urn:ietf:params:jmap:error:{name}", body[:20]


def test_j02_json_that_is_none_costs_nothing(anna):
    api, headers = anna.session()["apiUrl"], {"Content-Type": "application/json"}
    anna.request([])
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b'{"using": [], "using": []}', b'{"using": ["\\ud800"]}', b'{"x": 1e999}',
                 b'{"x": 01}', b"\xff", b'"', b"[" + b"1," * 600_000 + b"1]"):
        begun = time.monotonic()
        answer = anna.http.post(api, data=body, headers=headers, timeout=30)
        took = time.monotonic() - begun
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:ietf:params:jmap:error:notJSON"), body[:20]
        assert took < 1, f"{body[:20]}: {took:.2f} s"


def test_j01_each_limit_is_named(anna):
    limits = anna.session()["capabilities"][CORE]
    calls = [["Core/echo", {}, "a"]] * (limits["maxCallsInRequest"] + 1)
    assert anna.request(calls).json()["limit"] == "maxCallsInRequest"
    large = {"Content-Type": "application/json"}
    body = b" " * (limits["maxSizeRequest"] + 1)
    answer = anna.http.post(anna.session()["apiUrl"], data=body, headers=large, timeout=60)
    assert (answer.status_code, answer.json()["limit"]) == (400, "maxSizeRequest")


def test_answers_are_compressed(anna):
    text = "to be or not to be " * 1_000
    answer = anna.request([["Core/echo", {"text": text}, "a"]])
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["methodResponses"][0][1]["text"] == text
    raw = anna.http.post(
        anna.session()["apiUrl"], json={"using": [CORE], "methodCalls": [["Core/echo", {"text": text}, "a"]]},
        headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30,
    ).raw.read(decode_content=False)
    assert json.loads(gzip.decompress(raw))["methodResponses"][0][1]["text"] == text


def test_a_file_goes_up_and_down_as_it_is(anna):
    content = bytes(range(256)) * 40_000
    session = anna.session()
    upload = session["uploadUrl"].format(accountId=anna.account)
    told = anna.http.post(upload, data=content, headers={"Content-Type": "image/png"}, timeout=60)
    assert told.status_code == 201
    told = told.json()
    assert (told["size"], told["type"], told["accountId"]) == (len(content), "image/png", anna.account)
    url = session["downloadUrl"].format(accountId=anna.account, blobId=told["blobId"], name="a.png", type="image/png")
    answer = anna.http.get(url, timeout=60)
    assert answer.content == content
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert anna.http.get(url, headers={"If-None-Match": answer.headers["ETag"]}, timeout=30).status_code == 304


def test_j07_a_hash_is_no_permission(anna, host):
    bram = Asking(host, BRAM)
    session = anna.session()
    told = anna.http.post(session["uploadUrl"].format(accountId=anna.account), data=b"secret", timeout=30).json()
    for account in (anna.account, bram.account, "a0000000000000000"):
        url = session["downloadUrl"].format(accountId=account, blobId=told["blobId"], name="x", type="text/plain")
        answer = bram.http.get(url, timeout=30)
        assert answer.status_code == 404 and b"secret" not in answer.content
        assert bram.http.post(session["uploadUrl"].format(accountId=anna.account), data=b"x", timeout=30).status_code == 404


def test_j14_uploads_are_counted_and_cost_no_memory(anna, provider, host):
    most = anna.session()["capabilities"][CORE]["maxSizeUpload"]
    upload = anna.session()["uploadUrl"].format(accountId=anna.account)
    with Watch(provider.process.pid, cap=64 * MIB):
        sizes = [20 * MIB + n for n in range(4)]
        with concurrent.futures.ThreadPoolExecutor(4) as several:
            done = list(several.map(lambda size: Asking(host).http.post(upload, data=b"\0" * size, timeout=120), sizes))
        assert [answer.status_code for answer in done] == [201] * 4, [answer.text for answer in done]
    large = anna.http.post(upload, data=b"\0" * (most + 1), timeout=120)
    assert (large.status_code, large.json()["limit"]) == (400, "maxSizeUpload")


def log_in(host, keeper, **fields):
    body = {"username": ANNA, "password": PASSWORD, "for": keeper}
    session = requests.Session()
    return session, session.post(f"https://{host}/jmap/login", json=body, headers=fields, timeout=30)


def test_j20_a_token_is_dead_once_one_has_logged_out(host):
    _, told = log_in(host, "program")
    bearer = {"Authorization": f"Bearer {told.json()['token']}"}
    url = f"https://{host}/jmap/session"
    assert requests.get(url, headers=bearer, timeout=30).json()["username"] == ANNA
    assert requests.post(f"https://{host}/jmap/logout", headers=bearer, timeout=30).status_code == 204
    assert requests.get(url, headers=bearer, timeout=30).status_code == 401


def test_j10_a_cookie_acts_for_pages_of_this_site_alone(host):
    browser, told = log_in(host, "browser", Origin=f"https://{host}")
    assert "token" not in told.json()
    cookie = told.headers["Set-Cookie"]
    for attribute in ("__Host-", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in cookie
    api, body = f"https://{host}/jmap/api", {"using": [CORE], "methodCalls": []}
    for fields, status in [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": f"https://{host}"}, 200),
    ]:
        assert browser.post(api, json=body, headers=fields, timeout=30).status_code == status, fields
    assert log_in(host, "browser", Origin="https://evil.example")[1].status_code == 403
    form = requests.post(f"https://{host}/jmap/login", data={"username": ANNA}, timeout=30)
    assert form.status_code == 415
    assert browser.post(f"https://{host}/jmap/logout", headers={"Origin": f"https://{host}"}, timeout=30).status_code == 204
    assert browser.get(f"https://{host}/jmap/session", timeout=30).status_code == 401


def test_j25_an_account_has_so_many_listeners_until_its_password_changes(fresh):
    with names_of(fresh) as host:
        anna = Asking(host)
        listeners = [anna.listen() for _ in range(20)]
        assert [listener.answer.status for listener in listeners] == [200] * 20
        assert anna.listen().answer.status == 429
        listeners.pop().close()
        while (again := anna.listen()).answer.status == 429:
            again.close()
        fresh.run("account", "suspend", ANNA, "--reason", "unpaid")
        assert [listener.next() for listener in [*listeners, again]] == [None] * 20
