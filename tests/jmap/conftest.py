"""What every test of JMAP has: a demo whose names lead to it."""

import pytest

from asking import Asking, names_of


@pytest.fixture(scope="module")
def host(provider):
    """The name and port of the demo's HTTPS listener."""
    with names_of(provider) as host:
        yield host


@pytest.fixture
def anna(host):
    """Anna, who asks."""
    return Asking(host)
