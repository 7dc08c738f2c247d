"""Backup, wipe, restore: the same releases, and a next night with nothing new publishes nothing."""

import json
import shutil

import pytest

from htx import backup
from htx.home import Home
from publication.shelf import Shelf
from tests.refreshing import htx, refresh


@pytest.fixture
def small(tmp_path):
    """A home with an original, a release and what is never backed up; and a place for backups."""
    home = tmp_path / "home"
    for name, text in {
        "archive/ab/abc.txt": "original",
        "archive/ab/.abc.txt.0a0b.tmp": "half written",
        "lake/artefact/abc.parquet": "reading",
        "releases/2026-01-01-abc/manifest.json": "{}",
        "releases/.candidate/htx.duckdb": "half written",
        "warehouse/published_inputs": "inputs",
        "fetch/source.json": "remembered",
        "warehouse/build.duckdb": "private",
        "cluster/secrets/fernet_key": "secret",
        "logs/refresh.log": "log",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "current").symlink_to("releases/2026-01-01-abc")
    return Home(home), tmp_path / "backups"


def make(small):
    return backup.create(*small, say=print)


def restore(small, target, name="latest"):
    return backup.restore(Home(target), small[1], name, metadata=True, say=print)


def test_a_wiped_home_is_restored_with_the_same_releases_and_marks(sample, tmp_path):
    home, place = tmp_path / "home", tmp_path / "backups"
    shutil.copytree(sample.home, home, symlinks=True)
    Shelf(home).pin(sample.release.name, "the board saw it")
    Shelf(home).withdraw(sample.release.name, "only to see that the mark comes back")
    kept = Shelf(home).required_current()
    published_at = kept.published_at
    files = {path: path.read_bytes() for path in kept.path.rglob("*") if path.is_file()}

    first = htx("backup", "create", place, "--home", home).stdout
    assert f"current release: {kept.release_id}" in first
    assert " 0 of them new here" in htx("backup", "create", place, "--home", home).stdout
    shutil.rmtree(home)
    assert kept.release_id in htx("backup", "restore", place, "--home", home).stdout

    restored = Shelf(home).required_current()
    assert (restored, restored.published_at) == (kept, published_at)
    assert {path: path.read_bytes() for path in restored.path.rglob("*") if path.is_file()} == files
    again = refresh(home)
    assert (again.release.name, len(list(home.glob("releases/2*")))) == (kept.release_id, 1)
    assert not home.joinpath("warehouse/build.duckdb").exists()  # the night saw that nothing is new and built nothing


def test_what_can_be_made_again_and_secrets_are_left_out(small):
    paths = {entry.path for entry in make(small).backup.entries}
    assert {path for path in paths if not path.startswith("reviewed/")} == {
        "archive/ab/abc.txt",
        "lake/artefact/abc.parquet",
        "releases/2026-01-01-abc/manifest.json",
        "warehouse/published_inputs",
        "fetch/source.json",
        "current",
    }
    assert "reviewed/ingestion/bulletins/reviewed.csv" in paths


def test_only_what_is_new_is_copied_and_each_backup_keeps_what_it_saw(small, tmp_path):
    home = small[0].path
    first = make(small)
    (home / "archive/ab/abd.txt").write_text("another")
    (home / "current").unlink()
    second = make(small)
    assert (second.stored, second.stored_bytes) == (1, len("another"))
    restore(small, tmp_path / "old", first.backup.name)
    restore(small, tmp_path / "new")
    assert not (tmp_path / "old/archive/ab/abd.txt").exists()
    assert (tmp_path / "new/archive/ab/abd.txt").read_text() == "another"
    assert (tmp_path / "old/current").exists()
    assert not (tmp_path / "new/current").is_symlink()


def test_a_changed_byte_is_told_and_nothing_is_restored(small, tmp_path):
    made = make(small)
    [entry] = [entry for entry in made.backup.entries if entry.path == "archive/ab/abc.txt"]
    stored = backup.Place(small[1]).object(entry.sha256)
    stored.chmod(0o644)
    stored.write_text("originaX")
    [problem] = backup.verify(small[1])
    assert "archive/ab/abc.txt" in problem
    with pytest.raises(backup.BackupProblem, match="archive/ab/abc"):
        restore(small, tmp_path / "target")
    assert not (tmp_path / "target").exists()
    stored.unlink()
    with pytest.raises(backup.BackupProblem, match="found nothing"):
        restore(small, tmp_path / "target")


def test_a_home_in_use_is_not_overwritten(small):
    make(small)
    with pytest.raises(backup.BackupProblem, match="expected an empty home, found archive"):
        restore(small, small[0].path)


def test_pruning_keeps_every_byte_that_a_kept_backup_needs(small, tmp_path):
    home = small[0].path
    make(small)
    (home / "archive/ab/abc.txt").write_text("replaced by another")
    make(small)
    assert backup.prune(small[1], 1, print) == (1, 1)
    assert backup.verify(small[1]) == []
    restore(small, tmp_path / "target")
    assert (tmp_path / "target/archive/ab/abc.txt").read_text() == "replaced by another"


def test_the_note_of_what_was_published_is_copied_before_the_release(small, monkeypatch):
    """A publication in the middle of a backup must not leave a note of inputs that no release was made of."""
    home = small[0].path
    took = backup._Writer.take

    def take(self, root, part, under=""):
        took(self, root, part, under)
        if part == backup.PUBLISHED_INPUTS:
            (home / "releases/2026-01-02-def").mkdir()
            (home / "releases/2026-01-02-def/manifest.json").write_text("{}")
            (home / "warehouse/published_inputs").write_text("other inputs")

    monkeypatch.setattr(backup._Writer, "take", take)
    made = make(small)
    paths = {entry.path: entry for entry in made.backup.entries}
    assert "releases/2026-01-02-def/manifest.json" in paths
    note = backup.Place(small[1]).object(paths["warehouse/published_inputs"].sha256)
    assert note.read_text() == "inputs"


def test_decisions_that_the_project_has_otherwise_are_laid_beside(small, tmp_path):
    made = make(small)
    place = backup.Place(small[1])
    [entry] = [entry for entry in made.backup.entries if entry.path == "reviewed/ingestion/bulletins/reviewed.csv"]
    other = tmp_path / "other.csv"
    other.write_text("a decision that was not committed\n")
    sha256, size = place.store(other)
    changed = entry.model_copy(update={"sha256": sha256, "size_bytes": size})
    entries = tuple(changed if one is entry else one for one in made.backup.entries)
    place.put(made.backup.model_copy(update={"name": "x", "entries": entries}))
    [path] = restore(small, tmp_path / "target", "x").differing
    assert path.read_text() == "a decision that was not committed\n"


def test_a_backup_that_is_not_there_is_named(small):
    with pytest.raises(backup.BackupProblem, match=r"expected a backup 'latest', found none"):
        backup.Place(small[1]).get()
    made = make(small)
    (small[1] / "backups" / f"{made.backup.name}.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(backup.BackupProblem, match="expected the list of a backup"):
        backup.Place(small[1]).get()
