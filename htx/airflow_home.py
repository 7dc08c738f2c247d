"""Airflow's own home inside ``HTX_HOME``: its settings, and a metadata database that is whole or not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from htx.home import PROJECT, Home
from ingestion.files import replacing, write_bytes


def settings(home: Home) -> dict[str, str]:
    """Return the environment under which Airflow works for `home`, with nothing sent anywhere."""
    return {
        "HTX_HOME": str(home.path),
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _address(_database(home)),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs / "airflow"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }


def migrate(home: Home) -> bool:
    """Bring the metadata database to this Airflow's version; return whether there was anything to do.

    It works on a copy that takes the database's place at the end: a migration on SQLite that is killed half way
    can't be taken up again.
    """
    from importlib.metadata import version

    done = home.airflow / "migrated"
    release = version("apache-airflow")
    database = _database(home)
    if database.exists() and done.exists() and done.read_text() == release:
        return False
    home.airflow.mkdir(parents=True, exist_ok=True)
    with replacing(database) as copy:
        if database.exists():
            shutil.copyfile(database, copy)
        environment = {**os.environ, **settings(home), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _address(copy)}
        command = [sys.executable, "-m", "airflow", "db", "migrate"]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, close_fds=False, check=False)
        if ran.returncode:
            raise RuntimeError(f"{database}: airflow db migrate failed\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    write_bytes(done, release.encode())
    return True


def _database(home: Home) -> Path:
    return home.airflow / "airflow.db"


def _address(database: Path) -> str:
    return f"sqlite:///{database}"
