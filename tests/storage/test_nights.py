"""A night on a bucket, with the command and the DAG that people use."""

from __future__ import annotations

import pytest

from htx import storage
from publication.shelf import Shelf
from tests.kills import broken
from tests.refreshing import AS_OF, Refreshed, htx
from tests.storage.conftest import Place


def test_a_night_on_a_bucket_gives_the_release_of_a_night_on_a_disk_and_a_fresh_machine_goes_on(
    bucket: Place, sample: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = htx("refresh", "--as-of", AS_OF, check=False, **bucket.environment("one"))
    assert first.returncode == 0, first.stdout + first.stderr
    home = bucket.on("reader", monkeypatch)
    release = Shelf(storage.opened(None).path).required_current()
    assert release.content_hash == sample.manifest["content_hash"]
    assert broken(home.current.resolve()) == []

    second = htx("refresh", "--as-of", AS_OF, check=False, **bucket.environment("two"))
    assert second.returncode == 0, second.stdout + second.stderr
    assert "0 new, " in second.stdout and "dbt" not in second.stdout
    assert f"Nothing new to publish: no new document. Release {release.release_id} stays" in second.stdout
