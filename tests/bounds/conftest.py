"""What the attacks of one file are made on."""

import pytest

from bounds.attack import without_limits


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with without_limits(tmp_path_factory) as provider:
        yield provider
