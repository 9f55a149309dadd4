"""The watch itself sees memory that was taken and given back, and a neighbour who waits."""

import subprocess
import sys
import time

import pytest

from provider import BRAM
from watch import MIB, Watch

GREEDY = "import sys\nfor line in sys.stdin:\n  x = bytearray(int(line)); x[::4096] = b'1' * len(x[::4096]); del x; print('done', flush=True)\n"


class Slow:
    """A neighbour whose NOOP takes as long as it is told."""

    def __init__(self, seconds):
        self.seconds = seconds

    def noop(self):
        time.sleep(self.seconds)


@pytest.fixture
def greedy():
    with subprocess.Popen([sys.executable, "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        def take(size):
            process.stdin.write(b"%d\n" % size)
            process.stdin.flush()
            assert process.stdout.readline() == b"done\n"
        take.pid = process.pid
        take(1)
        yield take
        process.stdin.close()


def test_x07_memory_that_was_given_back_is_seen(greedy):
    greedy(60 * MIB)
    with Watch(greedy.pid, cap=10 * MIB) as watch:
        pass
    assert watch.grown < 10 * MIB, "what was before the block counts"
    with pytest.raises(AssertionError, match="MiB above"):
        with Watch(greedy.pid, cap=10 * MIB):
            greedy(40 * MIB)


def test_x07_a_neighbour_who_waits_is_seen(greedy):
    with pytest.raises(AssertionError, match="NOOP took"):
        with Watch(greedy.pid, Slow(1.5), within=0.2):
            time.sleep(2)
    with pytest.raises(AssertionError, match="NOOP took"):
        with Watch(greedy.pid, Slow(30), within=0.2):
            pass


def test_x07_a_neighbour_lives(provider):
    with provider.imap(BRAM) as neighbour, Watch(provider.process.pid, neighbour) as watch:
        time.sleep(0.5)
    assert watch.noops > 3
