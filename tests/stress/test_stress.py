"""Every word of the server is true, however many sessions work on a mailbox at once: `make stress` for the long form."""

import asyncio
import os

import pytest

from provider import Provider
from stress.play import play

SECONDS = float(os.environ.get("GLASPOST_STRESS", "12"))
CLIENTS = int(os.environ.get("GLASPOST_STRESS_CLIENTS", "12"))
SEEDS = [int(seed) for seed in os.environ.get("GLASPOST_STRESS_SEEDS", "1,2").split(",")]


@pytest.mark.timeout(SECONDS * 2 + 240)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_view_is_the_mailbox(tmp_path, seed):
    with Provider(tmp_path / "demo", "--no-limits") as provider:
        print(asyncio.run(play(provider, seed, CLIENTS, SECONDS)))
        provider.check_store()
        provider.stop()
        provider.check_store()
