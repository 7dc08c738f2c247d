"""The archive keeps every original once, whatever the order in which deliveries arrive."""

import datetime as dt
import hashlib
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.archive import Archive, Delivery

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def delivery(file="a.html", source="inbox", **facts):
    return Delivery(source=source, file=file, fetched_at=NOW, **facts)


@given(content=st.binary(max_size=300))
def test_an_original_comes_back_byte_for_byte(tmp_path_factory, content):
    archive = Archive(tmp_path_factory.mktemp("archive"))
    sidecar, is_new = archive.add(content, delivery())
    assert is_new
    assert sidecar.artefact == hashlib.sha256(content).hexdigest()
    assert archive.read(sidecar.artefact) == content


def test_the_same_bytes_again_are_known(tmp_path):
    archive = Archive(tmp_path)
    archive.add(b"x", delivery())
    assert archive.add(b"x", delivery())[1] is False
    assert len(list(archive)) == 1


def test_the_same_bytes_under_another_name_are_a_delivery_of_their_own(tmp_path):
    archive = Archive(tmp_path)
    archive.add(b"x", delivery("a.html"))
    sidecar, is_new = archive.add(b"x", delivery("b.html"))
    assert is_new
    assert [d.file for d in sidecar.deliveries] == ["a.html", "b.html"]


def test_what_an_index_learns_later_replaces_what_it_said(tmp_path):
    archive = Archive(tmp_path)
    archive.add(b"x", delivery(province="Hà Nam"))
    sidecar, is_new = archive.add(b"x", delivery(province="Nam Định"))
    assert not is_new
    assert [d.province for d in sidecar.deliveries] == ["Nam Định"]


def test_the_delivery_that_speaks_does_not_depend_on_the_order_of_arrival(tmp_path):
    arrivals = [delivery("c.txt", province="Hà Nam"), delivery("a.txt"), delivery("b.txt", province="Nam Định")]
    speakers = set()
    for number, order in enumerate(permutations(arrivals)):
        archive = Archive(tmp_path / str(number))
        for one in order:
            sidecar, _ = archive.add(b"x", one)
        speakers.add(sidecar.delivery.file)
    assert speakers == {"b.txt"}


def test_an_original_without_its_sidecar_is_archived_again(tmp_path):
    archive = Archive(tmp_path)
    sidecar, _ = archive.add(b"x", delivery())
    (tmp_path / sidecar.artefact[:2] / f"{sidecar.artefact}.json").unlink()
    with pytest.raises(FileNotFoundError):
        archive.sidecar(sidecar.artefact)
    assert archive.add(b"x", delivery())[1] is True
    assert archive.read(sidecar.artefact) == b"x"


@pytest.mark.parametrize("file", ["no_extension", "odd.ext with blank", "very.longextension", "../up.html"])
def test_a_file_name_never_decides_where_an_original_goes(tmp_path, file):
    archive = Archive(tmp_path / "archive")
    sidecar, _ = archive.add(b"x", delivery(file))
    assert archive.read(sidecar.artefact) == b"x"
    assert [path.parent.parent for path in tmp_path.rglob(f"{sidecar.artefact}*")] == [tmp_path / "archive"] * 2
