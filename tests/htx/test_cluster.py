"""What can be said of the cluster without starting it; `make test-cluster` starts it and disturbs it."""

import configparser
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from htx import cluster, secret_files
from htx.cluster import Cluster, ClusterProblem
from htx.home import Home


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """A cluster with its folders, ports and secrets, but without a database."""
    monkeypatch.setattr(cluster, "_make_database", lambda _: None)
    monkeypatch.setattr(cluster, "programme", lambda name: tmp_path / "bin" / name)
    # not in tmp_path, which is too long for a socket where several workers run the tests
    with tempfile.TemporaryDirectory(prefix="htx-") as folder:
        found = Cluster(Home(Path(folder) / "a home"), workers=3)
        cluster.prepare(found)
        yield found


def programmes(prepared):
    parser = configparser.RawConfigParser()
    parser.read(prepared.folder / "supervisord.conf")
    return {name.split(":")[1]: dict(parser[name]) for name in parser.sections() if name.startswith("program:")}, parser


def test_it_has_every_part_and_as_many_workers_as_asked_for(prepared):
    found, parser = programmes(prepared)
    workers = {"worker-1", "worker-2", "worker-3"}
    assert {*found} == {"postgres", "redis", *cluster.SERVICES, *workers}
    assert set(parser["group:airflow"]["programs"].split(",")) == {*cluster.SERVICES, *workers}
    assert all(one["autorestart"] == "true" for one in found.values())
    # PostgreSQL and Redis start first and end last; the others wait for them.
    assert {name for name, one in found.items() if one["autostart"] == "true"} == {"postgres", "redis"}


def test_no_secret_is_in_a_setting_a_command_or_a_log(prepared):
    secrets = {path.read_text() for path in prepared.secrets.iterdir()} | {secret_files.password(prepared.secrets)}
    shown = (prepared.folder / "supervisord.conf").read_text() + repr(prepared.settings())
    assert not [secret for secret in secrets if secret in shown]
    for name in secret_files.AIRFLOW_SETTINGS:
        command = shlex.split(prepared.settings()[f"{name}_CMD"])
        assert command == ["cat", str(prepared.secrets / secret_files.AIRFLOW_SETTINGS[name])]


def test_everything_listens_on_loopback_alone(prepared):
    found, _ = programmes(prepared)
    assert "--bind 127.0.0.1" in found["redis"]["command"]
    assert "--host 127.0.0.1" in found["api-server"]["command"]
    assert prepared.address.startswith("http://127.0.0.1:")


def test_ports_are_kept_and_another_is_found_when_one_is_taken(prepared):
    before = prepared.ports
    cluster.prepare(prepared)
    assert prepared.ports == before
    with socket.socket() as other:
        other.bind(("127.0.0.1", before["redis"]))
        other.listen()
        cluster.prepare(prepared)
    after = prepared.ports
    assert {name for name in before if before[name] != after[name]} == {"redis"}
    assert f":{after['redis']}/" in (prepared.secrets / "broker_address").read_text()


def test_nobody_is_let_in_without_a_password(prepared):
    settings = prepared.settings()
    assert settings["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"
    assert settings["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] == str(prepared.secrets / "logins.json")
    assert "SQL_ALCHEMY_CONN" not in {name.removeprefix("AIRFLOW__DATABASE__") for name in settings}


def test_a_path_that_is_too_long_for_a_socket_is_told_before_anything_is_made(tmp_path):
    found = Cluster(Home(tmp_path / ("long" * 30)))
    with pytest.raises(ClusterProblem, match="expected a path of at most 100 bytes"):
        cluster.prepare(found)
    assert not found.folder.exists()


def test_what_is_missing_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(cluster, "programme", lambda name: None)
    monkeypatch.setattr(cluster.os, "geteuid", lambda: 1000)
    with pytest.raises(ClusterProblem, match="apt-get install --no-install-recommends postgresql redis-server"):
        cluster.ensure_programmes(print)


def test_nothing_runs_where_nothing_was_started(tmp_path):
    found = Cluster(Home(tmp_path))
    assert not cluster.running(found)
    assert cluster.down(found) is False


def test_the_locked_versions_of_airflow_and_celery_work_together():
    """Airflow's provider 3.26 can't be loaded with celery 5.7, and nothing says so before a worker starts."""
    load = "import airflow.providers.celery.executors.celery_executor"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]
