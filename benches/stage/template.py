"""Fills the configuration templates in `benches/peers`."""

import string
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "peers"


class At(string.Template):
    """`@name@`, for files in which a dollar means something itself."""

    delimiter = "@"
    pattern = r"@(?:(?P<escaped>@)|(?P<named>[a-z][a-z0-9_]*)@|(?P<braced>)(?!)|(?P<invalid>)(?!))"


def write(name, file, facts):
    """Fills the template `name` with `facts` into `file`, which must be complete."""
    file.write_text(At((FOLDER / name).read_text()).substitute({key: str(value) for key, value in facts.items()}))
    return file
