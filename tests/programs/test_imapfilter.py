"""imapfilter: rules that a customer's own machine runs over his mailboxes."""

import re

from provider import ANNA, PASSWORD, letter, tool, unique


def rules(provider, folder, text):
    door = provider.door("imap", "implicit")
    file = folder / "rules.lua"
    file.write_text(
        "options.timeout = 60\noptions.certificates = true\noptions.starttls = false\noptions.create = true\n"
        "options.subscribe = true\noptions.expunge = true\n"
        f'account = IMAP {{ server = "localhost", port = {door.port}, username = "{ANNA}", password = "{PASSWORD}", ssl = "auto" }}\n'
        f"{text}"
    )
    env = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    (folder / ".imapfilter").mkdir(exist_ok=True)
    return tool("imapfilter", "-t", provider.ca, "-c", file, env=env).stdout


def test_sorts_mail_both_ways(provider, tmp_path):
    words = [unique() for _ in range(4)]
    for word in words:
        provider.deliver(letter(word))
    out = rules(provider, tmp_path, f"""
inbox = account.INBOX
inbox:contain_subject("{words[0]}"):move_messages(account["Regels/Klanten"])
inbox:contain_subject("{words[1]}"):copy_messages(account.Archief)
inbox:contain_subject("{words[1]}"):mark_seen()
unread = inbox:contain_subject("{words[2]}") * inbox:is_unseen()
unread:mark_flagged()
inbox:contain_from("renee@buren.example"):add_flags({{ "Renee" }})
inbox:contain_subject("{words[3]}"):delete_messages()
exist, recent, unseen, uidnext = inbox:check_status()
print("status", exist, unseen, uidnext)
for _, message in ipairs(inbox:match_header("{words[1]}")) do
  mailbox, uid = table.unpack(message)
  print("found", mailbox[uid]:fetch_field("Subject"), mailbox[uid]:fetch_size())
end
mailboxes, folders = account:list_all()
for _, name in ipairs(mailboxes) do print("mailbox", name) end
""")
    assert {"Archief", "INBOX"} <= set(re.findall(r"mailbox\s+(\S+)", out)), out
    assert re.search(rf"found\s+Subject: {words[1]}", out), out
    assert provider.count(words[0], mailbox="Regels/Klanten") == 1 and provider.count(words[0]) == 0
    assert provider.count(words[1], mailbox="Archief") == provider.count(words[1]) == 1
    assert provider.count(words[3]) == 0
    with provider.imap() as client:
        client.select("INBOX", readonly=True)
        flags = {}
        for word in words[1:3]:
            number = client.search(None, "SUBJECT", word)[1][0].decode()
            flags[word] = client.fetch(number, "(FLAGS)")[1][0]
        assert b"\\Seen" in flags[words[1]] and b"Renee" in flags[words[1]]
        assert b"\\Flagged" in flags[words[2]] and b"\\Seen" not in flags[words[2]]


def test_waits_for_mail(provider, tmp_path):
    """`enter_idle` is how it runs for ever."""
    import threading

    word = unique()
    threading.Timer(1, provider.deliver, (letter(word),)).start()
    out = rules(provider, tmp_path, f"""
woken, why = account.INBOX:enter_idle()
print("woken", woken, why)
account.INBOX:contain_subject("{word}"):mark_answered()
""")
    assert re.search(r"woken\s+true", out), out
    with provider.imap() as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "ANSWERED", "SUBJECT", word)[1][0]
