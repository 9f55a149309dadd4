"""Debian's Chromium as a phone of the middle of the market: a small screen, a quarter of this processor, a mobile network.

The network is Lighthouse's "fast 3G" (its newer name is "slow 4G") by the figures of the link itself: 150 ms until an answer
begins, 1.6 Mbit/s down, 750 kbit/s up. Chromium delays each request by that; handshakes of TCP and TLS are not delayed.
"""

import base64
import contextlib
import hashlib
from dataclasses import dataclass

from stage.server import run

PROGRAM = "/usr/bin/chromium"
KBIT = 1000 / 8
CPU_SLOWER = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1600 * KBIT, "uploadThroughput": 750 * KBIT}
KEPT = "appcache,cache_storage,indexeddb,local_storage,service_workers,shader_cache,websql"
#: Lighthouse's phone.
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1300, "height": 800}}


@dataclass
class Tab:
    """A page and the line to what Chromium tells about it."""

    page: object
    cdp: object

    def slow_down(self):
        self.cdp.send("Network.enable")
        self.cdp.send("Network.emulateNetworkConditions", NETWORK)
        self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})

    def forget(self, origin):
        """All that the browser keeps of this origin goes, but the cookie of who is logged in."""
        self.page.goto("about:blank")
        self.cdp.send("Network.clearBrowserCache")
        self.cdp.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": KEPT})


class Browser:
    """One Chromium, for all servers of a run, which takes the bench's own certificate for a good one."""

    def __init__(self, playwright, certificate):
        self.chromium = playwright.chromium.launch(
            executable_path=PROGRAM,
            args=["--no-sandbox", f"--ignore-certificate-errors-spki-list={pin(certificate)}"],
        )
        self.version = self.chromium.version

    @contextlib.contextmanager
    def tab(self, screen, script):
        """A tab of a browser that knows nothing yet; `script` runs in each of its pages before theirs."""
        context = self.chromium.new_context(locale="en-GB", **screen)
        context.set_default_timeout(60_000)
        context.add_init_script(script)
        page = context.new_page()
        try:
            yield Tab(page, context.new_cdp_session(page))
        finally:
            context.close()

    def close(self):
        self.chromium.close()


def pin(certificate):
    """The SHA-256 of the certificate's key, as Chromium takes it."""
    public = run("openssl", "x509", "-in", certificate.chain, "-pubkey", "-noout")
    body = "".join(line for line in public.splitlines() if not line.startswith("-"))
    return base64.b64encode(hashlib.sha256(base64.b64decode(body)).digest()).decode()
