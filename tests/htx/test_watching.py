"""The trigger that watches drop folders: it waits until files stand still, and tells each change once."""

import asyncio

import pytest

from htx.watching import DropFolders, snapshots

SOURCE = "name: {name}\nkind: drop_folder\npath: {path}\nactive: true\n"


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    sources = tmp_path / "sources"
    sources.mkdir()
    for name in ("busy", "quiet"):
        (tmp_path / name).mkdir()
        (sources / f"{name}.yml").write_text(SOURCE.format(name=name, path=tmp_path / name))
    monkeypatch.setenv("HTX_SOURCES", str(sources))
    return tmp_path / "busy"


@pytest.fixture
def looks(monkeypatch):
    """A clock of the trigger's own: each look at the folders takes it one second further."""
    looks = {"count": 0, "before": {}}

    def look():
        looks["count"] += 1
        looks["before"].pop(looks["count"], lambda: None)()
        return snapshots()

    async def without_waiting(seconds):
        return None

    monkeypatch.setattr("htx.watching.snapshots", look)
    monkeypatch.setattr("htx.watching.asyncio.sleep", without_waiting)
    return looks


def fired(looks, until, settle=3):
    """Return at which looks the trigger fired, and what it told, within the first `until` looks."""

    async def watch():
        events = []
        loop = asyncio.get_running_loop()
        loop.time = lambda: float(looks["count"])

        class Done(Exception):
            pass

        def stop():
            raise Done

        looks["before"][until + 1] = stop
        try:
            async for event in DropFolders(poll_seconds=1, settle_seconds=settle).run():
                events.append((looks["count"], event.payload["sources"]))
        except Done:
            pass
        return events

    return asyncio.run(watch())


def test_a_file_that_still_grows_is_waited_for(inbox, looks):
    def grow():
        with (inbox / "list.xlsx").open("ab") as file:
            file.write(b"more")

    looks["before"] = {2: grow, 4: grow, 6: grow}
    assert fired(looks, 20) == [(9, ["busy"])]


def test_each_change_is_told_once(inbox, looks):
    looks["before"] = {
        2: lambda: (inbox / "first.csv").write_text("1"),
        10: lambda: (inbox / "second.csv").write_text("2"),
        18: lambda: (inbox / "first.csv").unlink(),
    }
    assert fired(looks, 30) == [(5, ["busy"]), (13, ["busy"]), (21, ["busy"])]


def test_what_came_while_nobody_watched_is_told(inbox, looks):
    (inbox / "list.csv").write_text("1")
    assert fired(looks, 10) == [(4, ["busy"])]


def test_empty_folders_and_lock_files_of_office_programs_tell_nothing(inbox, looks):
    (inbox / "~$list.xlsx").write_text("lock")
    (inbox / ".list.xlsx.part").write_text("half")
    assert fired(looks, 10) == []


def test_a_missing_folder_is_nothing_to_fail_on(inbox, looks):
    inbox.rmdir()
    assert fired(looks, 5) == []


def test_airflow_can_make_it_again():
    path, arguments = DropFolders(poll_seconds=2, settle_seconds=5).serialize()
    assert path == "htx.watching.DropFolders"
    assert DropFolders(**arguments).serialize() == (path, arguments)
