"""mutt and neomutt, with keys pressed in a terminal that `script` makes."""

import subprocess

from provider import ANNA, PASSWORD


def mutt(program, provider, folder, keys, mailbox="INBOX", more="", within=90):
    door = provider.door("imap", "implicit")
    rc = folder / "rc"
    rc.write_text(
        f'set folder="imaps://localhost:{door.port}/"\nset spoolfile="+{mailbox}"\nset imap_user="{ANNA}"\n'
        f'set imap_pass="{PASSWORD}"\nset ssl_force_tls=yes\nset certificate_file="{provider.ca}"\n'
        f'set ssl_usesystemcerts=no\nset ssl_ca_certificates_file="{provider.ca}"\nset confirmcreate=no\nset confirmappend=no\n'
        f"set copy=no\nset quit=yes\nset delete=yes\nset move=no\nset wait_key=no\nset ssl_verify_host=yes\n"
        f'set header_cache="{folder}/cache"\nset message_cachedir="{folder}/bodies"\nset imap_check_subscribed=no\n'
        # A point parts no levels here; else mutt writes a slash for each, also in an address.
        f'set imap_delim_chars="/"\n{more}\npush "{keys}"\n'
    )
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "bodies").mkdir(exist_ok=True)
    return subprocess.run(
        ["script", "-qec", f"{program} -n -d 2 -F {rc}", "/dev/null"], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=within, cwd=folder,
        env={"HOME": str(folder), "TERM": "xterm", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
