"""THREATS X07: all attacks of this folder, one after another, on one server."""

from bounds import test_imap, test_imap_company, test_imap_replies, test_imap_search, test_logins, test_messages, test_pop3
from provider import BRAM
from watch import MIB, Watch

MODULES = (test_imap, test_imap_replies, test_imap_search, test_imap_company, test_pop3, test_messages, test_logins)


def test_x07_all_attacks_together_stay_within_the_memory(provider):
    with Watch(provider.process.pid, provider.imap(BRAM), cap=256 * MIB):
        for module in MODULES:
            for attack in module.ATTACKS:
                attack(provider)
