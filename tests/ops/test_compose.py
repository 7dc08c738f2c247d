"""The compose file is valid, and each service keeps the rules that docs/operations.md promises."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from htx import airflow_home, secret_files
from htx.cluster import SURVIVAL
from htx.home import Home
from tests.refreshing import PROJECT

FILE = PROJECT / "docker-compose.yml"
COMPOSE = yaml.safe_load(FILE.read_text())
SERVICES = COMPOSE["services"]
JOBS = {name for name, service in SERVICES.items() if service["restart"] == "no"}
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("htx-warehouse:")}


def test_it_is_valid_by_the_schema_of_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_docker_accepts_it_with_secrets_and_refuses_it_without(tmp_path):
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    command = ["docker", "compose", "--file", FILE, "--profile", "*", "config", "--quiet"]
    environment = {key: value for key, value in os.environ.items() if key != "HTX_SECRETS"}
    assert subprocess.run(command, env=environment, capture_output=True).returncode != 0
    assert subprocess.run(command, env={**environment, "HTX_SECRETS": str(tmp_path)}).returncode == 0


def test_the_topology_is_whole():
    assert {"postgres", "redis", "api-server", "scheduler", "dag-processor", "triggerer", "worker", "setup"} <= {
        *SERVICES
    }
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {"redis": ["workers"], "worker": ["workers"], "backup": ["tools"], "bi": ["bi"]}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_watched_limited_and_without_rights(name):
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= limits.keys()
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), "no root"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    if name in JOBS:
        assert service["healthcheck"] == {"disable": True}
    else:
        assert service["restart"] == "always"
        assert {"test", "interval", "timeout", "retries", "start_period"} <= service["healthcheck"].keys()


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_a_version(name):
    assert re.search(r":(\$\{HTX_VERSION:-)?\d+\.\d+", SERVICES[name]["image"])
    assert "latest" not in SERVICES[name]["image"]


def test_the_own_image_is_pinned_small_and_not_root():
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON=python:3\.11\.\d+-slim-\w+$", dockerfile, re.MULTILINE)
    assert [line for line in dockerfile.splitlines() if line.startswith("USER ")] == ["USER 10001:10001"]
    last = dockerfile.rsplit("FROM ", 1)[1]
    assert "build-essential" not in last
    assert SERVICES["worker"]["user"] == "10001:10001"
    # What is copied in must be there: the DAGs, the data files and everything that a night reads.
    kept = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    rooms = {"dags", "dbt_project", "expectations", "htx", "ingestion", "publication", "sample_data"}
    assert rooms | {"pyproject.toml", "requirements-cluster.lock", "README.md", "LICENSE"} <= kept


def test_the_image_of_superset_is_pinned_and_not_root():
    dockerfile = (PROJECT / "bi" / "Dockerfile").read_text()
    assert re.search(r"^ARG PYTHON=python:3\.11\.\d+-slim-\w+$", dockerfile, re.MULTILINE)
    assert [line for line in dockerfile.splitlines() if line.startswith("USER ")] == ["USER 10001:10001"]
    assert "--host" in dockerfile and "bi/requirements.lock" in dockerfile
    kept = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"bi", "htx"} <= kept


def test_no_secret_is_written_down_and_none_has_a_default(tmp_path):
    for service in SERVICES.values():
        for key, value in service["environment"].items() if "environment" in service else ():
            if key.startswith("AWS_"):
                assert value is None, f"{key}: handed on from the shell, or not there"
            elif re.search("PASSWORD|SECRET|FERNET|SQL_ALCHEMY_CONN|BROKER_URL|METADATA_FILE", key):
                assert re.search("_(FILE|CMD)$", key) and re.search(r"^(cat )?/(run/secrets|tmp)/\S+$", value), key
        words = " ".join(map(str, [service.get("command"), service.get("healthcheck")]))
        assert not re.search(r"(?i)(--requirepass|password[= ](?!cat)\w|://\w+:\w+@)", words)
    for name, secret in COMPOSE["secrets"].items():
        assert re.fullmatch(r"\$\{HTX_SECRETS:\?[^}]*\}/" + re.escape(name), secret["file"])
    environment = SERVICES["scheduler"]["environment"]
    assert not set(secret_files.AIRFLOW_SETTINGS) & environment.keys()
    for setting, name in secret_files.AIRFLOW_SETTINGS.items():
        assert environment[f"{setting}_CMD"] == f"cat /run/secrets/{name}"
    # Each secret that is asked for is one that `htx secrets create` makes, and is mounted where it is read.
    secret_files.create(tmp_path, secret_files.COMPOSE, file_mode=0o444)
    assert set(COMPOSE["secrets"]) == {path.name for path in tmp_path.iterdir()}
    for name in OURS:
        assert set(secret_files.AIRFLOW_SETTINGS.values()) <= set(SERVICES[name]["secrets"])


def test_a_home_in_a_bucket_is_reached_by_those_who_work_on_it_and_by_nobody_else():
    documented = {
        *re.findall(r"\b(?:AWS_[A-Z_]+|HTX_WORK)\b", (PROJECT / "docs" / "storage.md").read_text(encoding="utf-8"))
    }
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "HTX_WORK"} <= documented
    for name, service in SERVICES.items():
        environment = service.get("environment", {})
        if name in ("scheduler", "worker"):
            assert documented <= environment.keys(), name
            # what every other process of Airflow has, they have too
            assert environment.items() >= SERVICES["triggerer"]["environment"].items()
        else:
            assert not [key for key in environment if key.startswith("AWS_")], name


def test_losses_are_outlived_as_they_are_without_docker():
    environment = SERVICES["worker"]["environment"]
    assert {key: environment[key] for key in SURVIVAL if "PARALLELISM" not in key} == {
        key: value for key, value in SURVIVAL.items() if "PARALLELISM" not in key
    }


def test_airflow_works_with_the_settings_it_has_without_docker():
    """Those of `htx refresh`, but for where the database, the logins and Airflow's scratch folder are."""
    environment = SERVICES["worker"]["environment"]
    own = {"AIRFLOW_HOME", "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}
    for key, value in airflow_home.settings(Home(Path("/var/lib/htx"))).items():
        if key not in own:
            written = re.sub(r"\$\{\w+:-(.*)\}", r"\1", environment[key])  # what it is while nobody says otherwise
            assert written == value.replace(str(PROJECT), "/opt/htx/warehouse"), key


def test_only_the_pages_are_reachable_and_only_from_this_machine_by_default():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {
        "api-server": ["${HTX_BIND:-127.0.0.1}:${HTX_PORT:-8080}:8080"],
        "bi": ["${HTX_BIND:-127.0.0.1}:${HTX_BI_PORT:-8088}:8088"],
    }
    # What people look at from outside reaches neither the queue nor Airflow's database, and writes no release.
    assert SERVICES["bi"]["networks"] == ["outside"]
    assert set(SERVICES["bi"]["secrets"]) == {"bi_secret_key", "bi_password"}
    assert "home:/var/lib/htx:ro" in SERVICES["bi"]["volumes"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name in SERVICES if SERVICES[name]["networks"] == ["inside"]} >= {"postgres", "redis", "backup"}


def test_every_worker_and_the_scheduler_share_the_home():
    for name in OURS - {"backup"}:
        assert "home:/var/lib/htx" in SERVICES[name]["volumes"]
        assert SERVICES[name]["environment"]["HTX_HOME"] == "${HTX_BUCKET:-/var/lib/htx}"
