"""The page: outgoing mail by smtp.telfortglasvezel.nl, port 587, secured, with the login of the mail account."""

import socket

import pytest

from provider import ANNA, BRAM, OUTSIDE, PASSWORD, Provider, letter, tool, unique


def swaks(provider, *words, check=True, source=None, to=BRAM):
    door = provider.door("submission")
    local = ["--local-interface", source] if source else []
    return tool(
        "swaks", "--server", door.address, "--port", door.port, "--from", ANNA, "--to", to,
        "--helo", "mail.example.org", *local, *words, check=check,
    )


def login(provider):
    return ["--tls", "--tls-verify", "--tls-ca-path", provider.ca, "--tls-verify-target", "smtp.telfortglasvezel.nl",
            "--auth", "PLAIN", "--auth-user", ANNA, "--auth-password", PASSWORD]


@pytest.mark.parametrize("source", [None, OUTSIDE])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_customer_sends_from_anywhere(provider, source, mechanism):
    word = unique()
    swaks(provider, "--tls", "--auth", mechanism, "--auth-user", ANNA, "--auth-password", PASSWORD,
          "--header", f"Subject: {word}", source=source)
    assert provider.count(word, BRAM) == 1


def test_curl_sends(provider, tmp_path):
    word, door = unique(), provider.door("submission")
    (tmp_path / "letter").write_text(letter(word, ANNA, BRAM), newline="")
    tool("curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", provider.ca,
         "--resolve", f"smtp.telfortglasvezel.nl:{door.port}:{door.address}",
         f"smtp://smtp.telfortglasvezel.nl:{door.port}/mail.example.org", "--user", f"{ANNA}:{PASSWORD}",
         "--mail-from", ANNA, "--mail-rcpt", BRAM, "--upload-file", tmp_path / "letter")
    assert provider.count(word, BRAM) == 1


def test_mail_for_elsewhere_leaves(provider):
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, ["someone@example.org", BRAM], letter(word, ANNA, "someone@example.org"))
    message = provider.wait_outside(word)
    assert message["From"].addresses[0].addr_spec == ANNA
    assert provider.count(word, BRAM) == 1


def test_login_is_only_offered_after_starttls(provider):
    with provider.smtp("submission") as client:
        client.ehlo()
        assert "auth" not in client.esmtp_features and "starttls" in client.esmtp_features
        code, text = client.docmd("AUTH PLAIN", "AGFubmEAeA==")
        assert code in (503, 530, 538), text
        assert client.docmd("MAIL", f"FROM:<{ANNA}>")[0] == 530


def test_without_login_nothing_is_taken(provider):
    context = provider.trust()
    context.check_hostname = False
    with provider.smtp("submission") as client:
        client.starttls(context=context)
        client.ehlo()
        assert client.docmd("MAIL", f"FROM:<{ANNA}>")[0] == 530


def test_a_wrong_password_is_refused(provider):
    done = swaks(provider, "--tls", "--auth", "PLAIN", "--auth-user", ANNA, "--auth-password", "nope", check=False)
    assert "535 5.7.8" in done.stdout


def test_another_sender_is_refused(provider):
    with provider.submission() as client:
        assert client.docmd("MAIL", f"FROM:<{BRAM}>")[0] == 553
    with provider.submission() as client:
        client.mail(ANNA)
        client.rcpt(BRAM)
        code, text = client.data(letter(unique(), BRAM, BRAM))
        assert code in (550, 553) and b"5.7.1" in text


def test_date_and_message_id_are_added(provider):
    word = unique()
    with provider.submission() as client:
        client.sendmail(ANNA, [BRAM], f"From: <{ANNA}>\r\nSubject: {word}\r\n\r\nHallo.\r\n")
    raw = next(raw for raw in provider.messages(BRAM) if word.encode() in raw)
    assert b"\r\nDate: " in raw and b"\r\nMessage-ID: <" in raw


def test_nothing_is_on_465(tmp_path):
    with Provider(tmp_path / "demo", ports="plus") as running:
        for listener in running.facts["listeners"]:
            assert not (listener["protocol"] == "submission" and listener["tls"] == "implicit")
        for port in (465, 10465):
            with socket.socket() as attempt:
                assert attempt.connect_ex(("127.0.0.1", port)) != 0
        running.stop()
