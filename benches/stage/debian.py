"""Where `benches/tools` unpacked the programs that Debian does not let be installed beside each other."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent.parent
ROOT = HOUSE / "target" / "bench" / "debian"
