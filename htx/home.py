"""Where things are: the project's own files, and everything that belongs to one ``HTX_HOME``."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Home:
    """The folder that holds all data of one warehouse; nothing is kept anywhere else.

    With `bucket` (``s3://bucket/prefix``) the home is there, and `path` is this machine's working copy of it, which
    `htx.storage` keeps up to date; the private database, logs and Airflow's own files are only in the copy.
    """

    path: Path
    bucket: str | None = None

    @classmethod
    def resolve(cls, option: Path | None = None) -> Home:
        """Return the home: the option, else ``HTX_HOME``, else ``var`` in the project."""
        path = option or Path(os.environ.get("HTX_HOME") or PROJECT / "var")
        if found := re.fullmatch(r"s3:/+(.*?)/*", str(path)):  # a Path has lost the second slash
            address = f"s3://{found[1]}"
            return cls(_working_copy(address), address)
        return cls(path.expanduser().resolve())

    @property
    def address(self) -> str:
        """What ``HTX_HOME`` says of this home: the folder, or the address of the bucket."""
        return self.bucket or str(self.path)

    @property
    def archive(self) -> Path:
        """Originals and their sidecars."""
        return self.path / "archive"

    @property
    def fetch(self) -> Path:
        """What is remembered of each source, and the turns of the hosts that are asked."""
        return self.path / "fetch"

    @property
    def texts(self) -> Path:
        """Extracted texts of bulletins, which spans point into."""
        return self.path / "text"

    @property
    def lake(self) -> Path:
        """Typed records."""
        return self.path / "lake"

    @property
    def build(self) -> Path:
        """The private database that dbt builds."""
        return self.path / "warehouse" / "build.duckdb"

    @property
    def gates(self) -> Path:
        """Verdicts of the gates on the candidate."""
        return self.path / "warehouse" / "gates"

    @property
    def current(self) -> Path:
        """The published release."""
        return self.path / "current"

    @property
    def runs(self) -> Path:
        """One report for each night."""
        return self.path / "runs"

    @property
    def logs(self) -> Path:
        """What Airflow, dbt and the gates had to say."""
        return self.path / "logs"

    @property
    def airflow(self) -> Path:
        """Airflow's own home, with its metadata database."""
        return self.path / "airflow"


def _working_copy(address: str) -> Path:
    """The folder under ``HTX_WORK`` (by default the user's cache) that belongs to a bucket of one endpoint alone."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "htx"
    folder = Path(os.environ.get("HTX_WORK") or cache).expanduser().resolve()
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    mark = hashlib.sha256(f"{endpoint} {address}".encode()).hexdigest()[:8]
    return folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', address.removeprefix('s3://'))}-{mark}"
