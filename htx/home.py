"""Where things are: the project's own files, and everything that belongs to one ``HTX_HOME``."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Home:
    """The folder that holds all data of one warehouse; nothing is kept anywhere else."""

    path: Path

    @classmethod
    def resolve(cls, option: Path | None = None) -> Home:
        """Return the home: the option, else ``HTX_HOME``, else ``var`` in the project."""
        path = option or Path(os.environ.get("HTX_HOME") or PROJECT / "var")
        return cls(path.expanduser().resolve())

    @property
    def archive(self) -> Path:
        """Originals and their sidecars."""
        return self.path / "archive"

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
