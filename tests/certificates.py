"""Certificates made for a test, by openssl."""

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path

    def context(self):
        """For a server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context

    def tlsa(self, usage=3):
        """The TLSA record that stands for its key, as a zone file has it."""
        public = subprocess.run(["openssl", "x509", "-in", self.chain, "-noout", "-pubkey"], capture_output=True, check=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=public, capture_output=True, check=True).stdout
        return f"TLSA {usage} 1 1 {hashlib.sha256(der).hexdigest()}"


class Authority:
    """Issues certificates; its own is `ca.pem`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        own = self._make("ca", "an authority", ["-x509", "-addext", "basicConstraints=critical,CA:TRUE"])
        self.own, self.file = own, own.chain

    def issue(self, name, *names, days=7):
        """A certificate for these names, the authority's behind it."""
        names = names or (name,)
        request = self.folder / f"{name}.csr"
        made = self._make(name, name, ["-out", request], out=False)
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName=" + ",".join(f"DNS:{one}" for one in names))
        subprocess.run(
            ["openssl", "x509", "-req", "-in", request, "-CA", self.own.chain, "-CAkey", self.own.key, "-CAcreateserial", "-days", str(days),
             "-extfile", extensions, "-out", made.chain], capture_output=True, check=True)
        made.chain.write_text(made.chain.read_text() + self.own.chain.read_text())
        return made

    def self_signed(self, name):
        return self._make(name, name, ["-x509", "-addext", f"subjectAltName=DNS:{name}"])

    def _make(self, file, name, more, out=True):
        made = Certificate(self.folder / f"{file}.pem", self.folder / f"{file}.key")
        subprocess.run(
            ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-days", "7",
             "-keyout", made.key, *(["-out", made.chain] if out else []), *more], capture_output=True, check=True)
        return made
