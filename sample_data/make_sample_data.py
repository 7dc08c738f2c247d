"""Writes the sample inbox: five provinces' bulletins and workbooks, the same bytes at every run.

    python -m sample_data.make_sample_data            # into sample_data/inbox
    python -m sample_data.make_sample_data --into DIR

``README.md`` beside this file says which numbers are real, which are invented, and what is wrong on purpose.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

from sample_data.files import Folder
from sample_data.provinces import binh_phuoc, dong_nai, ha_nam, nam_dinh, tra_vinh

INBOX = Path(__file__).parent / "inbox"


def folders() -> list[Folder]:
    """Every province's folder, in the order of the README."""
    return [module.folder() for module in (dong_nai, tra_vinh, ha_nam, nam_dinh, binh_phuoc)]


def write(inbox: Path) -> list[Path]:
    """Writes all folders with their index under ``inbox``; returns what was written, in order."""
    written: list[Path] = []
    for folder in folders():
        place = inbox / folder.name
        place.mkdir(parents=True, exist_ok=True)
        for name, content in [*((file.name, file.content) for file in folder.files), ("index.csv", index(folder))]:
            (place / name).write_bytes(content)
            written.append(place / name)
    return written


def index(folder: Folder) -> bytes:
    """The folder's ``index.csv``: what a person who filed the documents knows of each."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("file", "published", "province", "publisher", "programme"))
    for file in folder.files:
        published = file.published.isoformat() if file.published else ""
        rows.writerow((file.name, published, folder.province, file.publisher, folder.programme))
    return text.getvalue().encode("utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample inbox (the same bytes at every run).")
    parser.add_argument("--into", type=Path, default=INBOX, help="folder to write the provinces' folders into")
    inbox = parser.parse_args().into
    written = write(inbox)
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} files, {size / 1024:.0f} KiB, in {inbox}")


if __name__ == "__main__":
    main()
