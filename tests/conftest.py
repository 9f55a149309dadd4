"""Black-box tests: they start the real program on free ports and talk to it from outside."""

import pytest

from far import Far
from provider import Provider


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A running demo, shared by the tests of one file; its store must be clean at the end."""
    with Provider(tmp_path_factory.mktemp("demo")) as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture
def fresh(tmp_path):
    """A running demo of this test's own."""
    with Provider(tmp_path / "demo") as running:
        yield running
        running.stop()
        running.check_store()


@pytest.fixture(scope="module")
def far():
    """A mail server elsewhere, shared by the tests of one file."""
    with Far() as server:
        yield server
