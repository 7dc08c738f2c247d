"""A dbt that the machine ends is tried again, as every OSError of a task is; a dbt that fails is not."""

import datetime as dt
import subprocess

import pytest

from htx import building
from htx.home import Home


@pytest.mark.parametrize(("code", "again"), [(-9, True), (2, False)], ids=["killed", "failed"])
def test_only_a_killed_dbt_is_tried_again(tmp_path, monkeypatch, code, again):
    ended = subprocess.CompletedProcess([], code, stdout="its last words", stderr="")
    monkeypatch.setattr(building.subprocess, "run", lambda *_, **__: ended)
    with pytest.raises((building.BuildKilled, building.BuildFailed)) as raised:
        building.dbt(Home(tmp_path), dt.date(2026, 6, 30), "build")
    assert isinstance(raised.value, OSError) is again
    assert ("signal 9" if again else "its last words") in str(raised.value)
