"""A provider to attack: without limits by address, since all that comes here comes from one."""

from contextlib import contextmanager

from provider import Provider


@contextmanager
def without_limits(tmp_path_factory, *arguments, **more):
    with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", *arguments, **more) as running:
        yield running
        assert running.process.poll() is None, running.log()
        assert "panicked" not in running.log(), running.log()
        running.stop()
        running.check_store()
