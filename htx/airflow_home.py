"""Airflow's own home inside ``HTX_HOME``: its settings, and a metadata database that is whole or not there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from htx.home import PROJECT, Home
from htx.orchestration import NAMESPACE, ensure_pools
from ingestion.files import replacing, write_bytes


def settings(home: Home) -> dict[str, str]:
    """Return the environment under which Airflow works for `home`, with nothing sent anywhere."""
    return {
        "HTX_HOME": home.address,
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _address(_database(home)),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs / "airflow"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        **_lineage(home),
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
    }


def _lineage(home: Home) -> dict[str, str]:
    """Lineage goes to a file of this home, unless the environment names somewhere else."""
    file = home.path / "lineage" / "openlineage.jsonl"
    defaults = {
        "TRANSPORT": json.dumps({"type": "file", "log_file_path": str(file), "append": True}),
        "NAMESPACE": NAMESPACE,
        "EXTRACTORS": "htx.lineage.StepExtractor",
        "DISABLE_SOURCE_CODE": "True",
        "EXECUTE_IN_THREAD": "True",  # instead of a fork of the task, which takes longer than most tasks
        "EXECUTION_TIMEOUT": "5",
    }
    names = {f"AIRFLOW__OPENLINEAGE__{key}": value for key, value in defaults.items()}
    return {name: os.environ.get(name, value) for name, value in names.items()}


def setup(home: Home) -> None:
    """Make Airflow ready for `home`: its metadata database, wherever that is, and the pools that the DAGs name."""
    elsewhere = any(name.startswith("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN") for name in os.environ)
    wanted = settings(home)
    if elsewhere:
        del wanted["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    os.environ.update({name: value for name, value in wanted.items() if name not in os.environ})
    if elsewhere:
        (home.path / "lineage").mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
    else:
        migrate(home)
    ensure_pools()


def migrate(home: Home) -> bool:
    """Bring the metadata database to this Airflow's version; return whether there was anything to do.

    It works on a copy that takes the database's place at the end: a migration on SQLite that is killed half way
    can't be taken up again.
    """
    from importlib.metadata import version

    (home.path / "lineage").mkdir(parents=True, exist_ok=True)
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
