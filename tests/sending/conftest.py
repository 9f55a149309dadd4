"""A provider whose mail for elsewhere goes to a real Postfix, and back."""

import pytest

from postfix import Postfix
from provider import Provider


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A running demo and a running Postfix that send each other their mail."""
    postfix = Postfix()
    try:
        with Provider(tmp_path_factory.mktemp("demo") / "demo", "--no-limits", "--outside", str(postfix)) as provider:
            yield provider, postfix.start(provider)
            provider.stop()
            provider.check_store()
    finally:
        postfix.stop()
