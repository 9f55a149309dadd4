"""A changed listener changes the page of settings."""

import json
import re
import signal
import smtplib

from fetch import fetch
from server import Server, free_port


def test_a_changed_listener_changes_the_page(tmp_path):
    with Server(tmp_path) as server:
        text = server.config.read_text()
        https = re.search(r'name = "https"\naddress = \["([^:]+):(\d+)', text)

        def shown():
            _, headers, body = fetch(int(https[2]), https[1], server.facts["ca"], "/settings/en")
            return headers["etag"], body.decode()

        tag, before = shown()
        old = re.search(r'name = "imaps"\naddress = \["[^:]+:(\d+)', text)[1]
        assert f"<code>{old}</code>" in before and "SSL on port 465 is not supported" in before
        new, submissions = str(free_port()), str(free_port())
        text = text.replace(f":{old}\"", f":{new}\"")
        text += f'\n[[listener]]\nservice = "submission"\nname = "submissions"\naddress = ["127.0.0.1:{submissions}"]\n'
        text += 'names = ["smtp.telfortglasvezel.nl"]\ntls = "implicit"\n[submission]\nhelo = "lenient"\n'
        server.config.write_text(text)
        # until the server has read it, the page shows what is so
        assert shown() == (tag, before)
        server.process.send_signal(signal.SIGHUP)
        assert "RELOADING=1" in server.note() and "READY=1" in server.note()
        other, after = shown()
        assert other != tag and f"<code>{new}</code>" in after and f"<code>{old}</code>" not in after
        assert f"<code>{submissions}</code>" in after and "port 465" not in after and "Bad HELO" not in after
        # and that is so
        with smtplib.SMTP_SSL("127.0.0.1", int(submissions), timeout=20) as client:
            assert client.docmd("EHLO", "jan_pc")[0] == 250
        ports = {way["port"] for way in json.loads(server.run("settings", "--json").stdout)["incoming"]}
        assert int(new) in ports and int(old) not in ports
        server.stop()
