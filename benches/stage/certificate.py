"""One certificate of our own for all servers: ECDSA on P-256, as a provider gets one today."""

from dataclasses import dataclass
from pathlib import Path

from stage.server import run


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


def make(folder):
    chain, key = folder / "certificate.pem", folder / "certificate.key"
    run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", key, "-out", chain, "-days", "30", "-subj", "/CN=mx.bench.example",
        "-addext", "subjectAltName=DNS:mx.bench.example,DNS:localhost,IP:127.0.0.1",
    )
    key.chmod(0o600)
    return Certificate(chain, key)
