"""One refresh at a time in a home; a lock lasts as long as anybody who may still write."""

import subprocess
import sys
import time

import pytest

from htx.locking import HomeInUse, exclusively

# Holds the lock, starts a child that inherits it, and dies without cleaning up.
HOLDER = """
import os, subprocess, sys
from pathlib import Path
from htx.locking import exclusively
with exclusively(Path(sys.argv[1]), 0, print):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"], close_fds=False,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("held", flush=True)
    sys.stdin.readline()
    os._exit(9)
"""


def quiet(text):
    raise AssertionError(f"not expected to wait: {text}")


def test_a_second_refresh_of_the_same_home_is_refused_with_what_to_do(tmp_path):
    with (
        exclusively(tmp_path, 0, quiet),
        pytest.raises(HomeInUse, match=r"another refresh \(process \d+.*Wait for it to end, or use another --home"),
        exclusively(tmp_path, 0, quiet),
    ):
        pass


def test_homes_do_not_wait_for_each_other(tmp_path):
    with exclusively(tmp_path / "a", 0, quiet), exclusively(tmp_path / "b", 0, quiet):
        pass


def test_the_lock_is_free_again_after_a_refresh_that_failed(tmp_path):
    with pytest.raises(RuntimeError), exclusively(tmp_path, 0, quiet):
        raise RuntimeError
    with exclusively(tmp_path, 0, quiet):
        pass


def test_a_child_that_outlives_a_killed_refresh_is_waited_for(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.communicate("\n")
    waited: list[str] = []
    started = time.monotonic()
    with exclusively(tmp_path, 30, waited.append):
        assert waited
        assert time.monotonic() - started > 0.5
