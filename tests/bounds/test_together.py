"""docs/security.md, X07: all attacks of this folder, one after another, on one server."""

import importlib
from pathlib import Path

import pytest

from provider import BRAM
from watch import MIB, Watch

#: Every file here that attacks a server which others may use too. These make servers of their own, with the limits of
#: production or with a far side: their attacks have their own tests.
ALONE = {"test_ambiguity", "test_enumeration", "test_large_mailbox", "test_smuggling_out", "test_strict", "test_together"}


def attacks():
    names = sorted({file.stem for file in Path(__file__).parent.glob("test_*.py")} - ALONE)
    modules = [importlib.import_module(f"bounds.{name}") for name in names]
    assert all(module.ATTACKS for module in modules)
    return [attack for module in modules for attack in module.ATTACKS]


@pytest.mark.timeout(1800)
def test_x07_all_attacks_together_stay_within_the_memory(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=256 * MIB) as watch:
        for attack in attacks():
            attack(provider)
    assert watch.noops > 100
