"""One measurement of one work on one server."""

from dataclasses import asdict, dataclass

from stage.load import cores


@dataclass
class Sample:
    """`figures` holds a value for each row of the table that the work fills."""

    work: str
    server: str
    figures: dict
    operations: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    written: int | None = None
    #: CPU seconds of the load generator, and its share of all cores while the load ran.
    load_cpu_seconds: float = 0.0
    load_share: float = 0.0
    raw: dict | None = None

    def as_dict(self):
        return asdict(self)


def of_load(work, server, result, spent, figures, seconds=None):
    """The sample of a load that ran alone within `spent`."""
    seconds = seconds or result["seconds"]
    return Sample(
        work=work, server=server.name, figures=figures, operations=result["operations"], seconds=seconds,
        cpu_seconds=spent.cpu_seconds, written=spent.written, load_cpu_seconds=result["load_cpu_seconds"],
        load_share=result["load_cpu_seconds"] / (seconds * cores()) if seconds else 0.0, raw=result,
    )
