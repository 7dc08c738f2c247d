"""The installation of docker-compose.yml without Docker: PostgreSQL, Redis, Airflow and Celery workers on loopback.

Everything lies under ``HTX_HOME/cluster``: generated secrets (0600), the database, the queue, the free ports that were
found. supervisord looks after the processes and starts what dies again, as Docker's restart policy does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from xmlrpc.client import Fault, ServerProxy

from htx import airflow_home, secret_files
from htx.home import PROJECT, Home
from ingestion.files import write_bytes

DEBIAN_PACKAGES = {"initdb": "postgresql", "redis-server": "redis-server"}
DATABASE_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root; Debian's package makes this account
SERVICES = ("api-server", "scheduler", "dag-processor", "triggerer")
_SOCKET_LIMIT = 100  # bytes that fit into the address of a Unix socket, with room for supervisord's own suffix

# How losses are noticed and outlived. docker-compose.yml sets the same.
SURVIVAL = {
    # A worker that died is missed after a minute; its task is tried again by another.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
    # A task outlives a restart of the API server or the database: by default it is ended after three missed beats.
    "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "20",
    "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "10",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
    "AIRFLOW__DATABASE__MAX_DB_RETRIES": "10",
    # Longer than any task may take (two hours): Redis hands a message out again only when nobody can be at it.
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "14400",
    "AIRFLOW__CELERY__TASK_ACKS_LATE": "True",
    "AIRFLOW__CELERY__OPERATION_TIMEOUT": "10",
    "AIRFLOW__CELERY__TASK_PUBLISH_MAX_RETRIES": "10",
    "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
    "AIRFLOW__CORE__PARALLELISM": "16",
}


class ClusterProblem(Exception):
    """The cluster can't be started or reached: what was found, and what to do next."""


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The processes that belong to one home."""

    home: Home
    workers: int = 2

    @property
    def folder(self) -> Path:
        return self.home.path / "cluster"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def database(self) -> Path:
        return self.folder / "postgres"

    @property
    def logs(self) -> Path:
        return self.home.logs / "cluster"

    @property
    def control(self) -> Path:
        return self.folder / "supervisor.sock"

    @property
    def ports(self) -> dict[str, int]:
        """The port of each service that listens; found free once, then kept."""
        return dict(json.loads((self.folder / "ports.json").read_bytes()))

    @property
    def address(self) -> str:
        """Where Airflow's pages and its API are."""
        return f"http://127.0.0.1:{self.ports['api-server']}"

    def settings(self) -> dict[str, str]:
        """Return the environment of every process of the cluster."""
        single = airflow_home.settings(self.home)
        del single["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
        return {
            **single,
            **SURVIVAL,
            **secret_files.airflow_settings(self.secrets),
            "HTX_METADATA_FILE": str(self.secrets / "metadata_address"),
            "AIRFLOW_HOME": str(self.folder / "airflow"),
            "AIRFLOW__API__BASE_URL": self.address,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.address}/execution/",
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{secret_files.LOGIN}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.secrets / "logins.json"),
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(self.home.logs / "dag_processor"),
        }


def up(cluster: Cluster, say: Callable[[str], None]) -> None:
    """Start the cluster and stay with it until it is told to end (SIGTERM, Ctrl-C or `down`); raise ClusterProblem."""
    if running(cluster):
        raise ClusterProblem(f"{cluster.folder}: a cluster runs here already. `make down` ends it.")
    ensure_programmes(say)
    prepare(cluster)
    environment = {**os.environ, **cluster.settings()}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "--configuration", cluster.folder / "supervisord.conf"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others in order
    )
    ended = _EndOnSignal(supervisor)
    try:
        say("starting PostgreSQL and Redis")
        _until(lambda: _listens(cluster, "postgres") and _listens(cluster, "redis"), supervisor, ended, cluster)
        say("bringing the metadata database up to date")
        _set_up(cluster, environment)
        say(f"starting Airflow ({', '.join(SERVICES)}) and {cluster.workers} workers")
        control(cluster).supervisor.startProcessGroup("airflow", False)
        _until(lambda: healthy(cluster), supervisor, ended, cluster)
        say(f"ready: {cluster.address}")
        say(f"login: {secret_files.LOGIN}, its password is in {cluster.secrets / 'logins.json'}")
        say(f"logs: {cluster.logs}")
        say("Ctrl-C or `make down` ends it")
        supervisor.wait()
    except (_Ended, ClusterProblem, OSError, Fault):
        if not ended.asked:  # else it is the ending that was in the way of the start
            raise
    finally:
        ended.finish()
    say("ended")


def down(cluster: Cluster, wait_seconds: float = 120) -> bool:
    """End the cluster of this home in order; return whether one ran."""
    if not running(cluster):
        return False
    control(cluster).supervisor.shutdown()
    deadline = time.monotonic() + wait_seconds
    while running(cluster):
        if time.monotonic() > deadline:
            raise ClusterProblem(f"{cluster.folder}: still ending after {wait_seconds:.0f} s; see {cluster.logs}")
        time.sleep(0.2)
    return True


def running(cluster: Cluster) -> bool:
    """Say whether a supervisor answers for this home."""
    try:
        control(cluster).supervisor.getState()
    except OSError:
        return False
    except Fault:  # it is ending
        return True
    return True


def control(cluster: Cluster) -> ServerProxy:
    """Return supervisord's own interface: start, stop and signal each process."""
    from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

    transport = SupervisorTransport(None, None, serverurl=f"unix://{cluster.control}")
    return ServerProxy("http://supervisor", transport=transport)


def status(cluster: Cluster) -> list[tuple[str, str]]:
    """Return each process with what supervisord says of it."""
    processes: Any = control(cluster).supervisor.getAllProcessInfo()
    return [(process["name"], f"{process['statename']} {process['description']}") for process in processes]


def healthy(cluster: Cluster) -> bool:
    """Say whether Airflow's own health page calls every part healthy."""
    try:
        with urllib.request.urlopen(f"{cluster.address}/api/v2/monitor/health", timeout=5) as answer:
            parts = json.load(answer)
    except (URLError, OSError, ValueError):
        return False
    return all(
        parts[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")
    )


def prepare(cluster: Cluster) -> None:
    """Make the folders, ports, secrets, the empty database and supervisord's configuration, where they are missing."""
    if len(os.fsencode(cluster.control)) > _SOCKET_LIMIT:
        raise ClusterProblem(
            f"{cluster.control}: expected a path of at most {_SOCKET_LIMIT} bytes (a Unix socket's limit), "
            f"found {len(os.fsencode(cluster.control))}. Use an HTX_HOME with a shorter path."
        )
    for folder in (cluster.folder, cluster.folder / "redis", cluster.folder / "airflow", cluster.logs):
        folder.mkdir(parents=True, exist_ok=True)
    write_bytes(cluster.folder / "ports.json", json.dumps(_ports(cluster)).encode())
    ports = cluster.ports
    addresses = secret_files.Addresses(f"127.0.0.1:{ports['postgres']}", f"127.0.0.1:{ports['redis']}")
    secret_files.create(cluster.secrets, addresses)
    _make_database(cluster)
    write_bytes(cluster.folder / "supervisord.conf", _configuration(cluster).encode())


def ensure_programmes(say: Callable[[str], None]) -> None:
    """Install Debian's packages where a programme is missing and we may; raise ClusterProblem where we may not."""
    missing = sorted({package for name, package in DEBIAN_PACKAGES.items() if programme(name) is None})
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ClusterProblem(
            f"expected PostgreSQL and Redis, found no {' and no '.join(missing)}. "
            f"Install them: sudo apt-get install --no-install-recommends {' '.join(missing)}"
        )
    say(f"installing {' and '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run(["apt-get", *words], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ClusterProblem(f"apt-get {' '.join(words)} failed:\n{done.stderr[-1500:]}")


def programme(name: str) -> Path | None:
    """Return a programme of the newest PostgreSQL where Debian keeps it, or one on the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which(name)
    return kept[-1] if kept else Path(on_path) if on_path else None


@contextlib.contextmanager
def database_running(cluster: Cluster) -> Iterator[Mapping[str, str]]:
    """Give the cluster's database for a dump or a restore, as an environment for PostgreSQL's own programmes.

    Where the cluster does not run, the database alone is started for this time.
    """
    started: subprocess.Popen[bytes] | None = None
    if not _listens(cluster, "postgres"):
        with (cluster.logs / "postgres.log").open("ab") as log:
            started = subprocess.Popen(_postgres(cluster), stdout=log, stderr=log, user=_account(), cwd="/")
        deadline = time.monotonic() + 60
        while not _listens(cluster, "postgres"):
            if started.poll() is not None or time.monotonic() > deadline:
                raise ClusterProblem(
                    f"{cluster.database}: PostgreSQL does not start; see {cluster.logs / 'postgres.log'}"
                )
            time.sleep(0.1)
    try:
        yield _client_environment(cluster)
    finally:
        if started is not None:
            started.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            started.wait()


class _Ended(Exception):
    """Somebody told the cluster to end."""


class _EndOnSignal:
    """Ends supervisord, and with it everything, when this process is told to end."""

    def __init__(self, supervisor: subprocess.Popen[bytes]) -> None:
        self._supervisor = supervisor
        self.asked = False
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True
        if self._supervisor.poll() is None:
            self._supervisor.terminate()

    def finish(self) -> None:
        if self._supervisor.poll() is None:
            self._supervisor.terminate()
        self._supervisor.wait()
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _until(
    done: Callable[[], bool], supervisor: subprocess.Popen[bytes], ended: _EndOnSignal, cluster: Cluster
) -> None:
    deadline = time.monotonic() + 300
    while not done():
        if ended.asked:
            raise _Ended
        if supervisor.poll() is not None or time.monotonic() > deadline:
            found = "it ended" if supervisor.poll() is not None else _not_running(cluster)
            raise ClusterProblem(f"{cluster.folder}: the cluster does not come up ({found}); see {cluster.logs}")
        time.sleep(0.3)


def _not_running(cluster: Cluster) -> str:
    late = [f"{name}: {state}" for name, state in status(cluster) if not state.startswith("RUNNING")]
    return "; ".join(late) or "Airflow's health page does not call every part healthy"


def _set_up(cluster: Cluster, environment: Mapping[str, str]) -> None:
    with (cluster.logs / "setup.log").open("ab") as log:
        command = [sys.executable, "-m", "htx.cli", "airflow", "setup", "--home", cluster.home.address]
        done = subprocess.run(command, env=environment, cwd=PROJECT, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise ClusterProblem(f"htx airflow setup failed; see {cluster.logs / 'setup.log'}")


def _ports(cluster: Cluster) -> dict[str, int]:
    known = cluster.ports if (cluster.folder / "ports.json").exists() else {}
    return {name: _free_port(known.get(name, 0)) for name in ("api-server", "postgres", "redis")}


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ClusterProblem("expected a free port on 127.0.0.1, found none. End a programme that listens.")


def _listens(cluster: Cluster, service: str) -> bool:
    if service == "postgres" and (ready := programme("pg_isready")):
        command = [str(ready), "--quiet", "--host", "127.0.0.1", "--port", str(cluster.ports[service])]
        return subprocess.run(command, check=False).returncode == 0
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", cluster.ports[service])) == 0


def _account() -> str | None:
    return DATABASE_ACCOUNT if os.geteuid() == 0 else None


def _make_database(cluster: Cluster) -> None:
    if (cluster.database / "PG_VERSION").exists():
        return
    account = _account()
    for leftover in (cluster.folder / ".postgres", cluster.database):  # of a first start that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    making = cluster.folder / ".postgres"
    making.mkdir(mode=0o700)
    password = making / "password"
    password.touch(mode=0o600)
    password.write_bytes((cluster.secrets / "postgres_password").read_bytes())
    if account:
        entry = pwd.getpwnam(account)
        for path in (making, password):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    command = [
        *(str(programme("initdb")), "-D", str(making / "data"), "-U", secret_files.DATABASE),
        *(f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, user=account, cwd="/", check=False)
    if done.returncode:
        raise ClusterProblem(
            f"{cluster.database}: initdb failed{f' as {account}' if account else ''}: {done.stderr[-500:]}\n"
            f"Every folder above it must let {account or 'you'} pass (chmod o+x); or use another HTX_HOME."
        )
    with (making / "data" / "postgresql.conf").open("a") as file:
        file.write("\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
    alone = [str(programme("postgres")), "--single", "-D", str(making / "data"), "postgres"]
    create = f"CREATE DATABASE {secret_files.DATABASE}\n"
    subprocess.run(alone, input=create, capture_output=True, text=True, user=account, cwd="/", check=True)
    (making / "data").rename(cluster.database)
    shutil.rmtree(making)


def _client_environment(cluster: Cluster) -> dict[str, str]:
    return {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.ports["postgres"]),
        "PGUSER": secret_files.DATABASE,
        "PGDATABASE": secret_files.DATABASE,
        "PGPASSWORD": (cluster.secrets / "postgres_password").read_text(),
    }


def _postgres(cluster: Cluster) -> list[str]:
    return [str(programme("postgres")), "-D", str(cluster.database), "-p", str(cluster.ports["postgres"])]


def _configuration(cluster: Cluster) -> str:
    airflow = [sys.executable, "-m", "airflow"]
    redis = [
        *(str(programme("redis-server")), "--bind", "127.0.0.1", "--port", str(cluster.ports["redis"])),
        *("--dir", str(cluster.folder / "redis"), "--aclfile", str(cluster.secrets / "redis.acl")),
        *("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"),
    ]
    account = _account()
    as_account = {"user": account} if account else {}
    always = {"autostart": "true"}
    commands = {
        "api-server": ["api-server", "--host", "127.0.0.1", "--port", str(cluster.ports["api-server"])],
        "scheduler": ["scheduler", "--skip-serve-logs"],
        "dag-processor": ["dag-processor"],
        "triggerer": ["triggerer", "--skip-serve-logs"],
    }
    # A worker that is told to end finishes what it has begun, within reason.
    patient = {"stopwaitsecs": "60", "stopasgroup": "false"}
    workers = [f"worker-{number}" for number in range(1, cluster.workers + 1)]
    work = ["celery", "worker", "--concurrency", "2", "--skip-serve-logs", "--celery-hostname"]
    control = {"file": str(cluster.control), "chmod": "0700"}
    supervisord = {
        "nodaemon": "true",
        "logfile": str(cluster.logs / "supervisord.log"),
        "pidfile": str(cluster.folder / "supervisord.pid"),
        "directory": str(cluster.folder),
        **({"user": "root"} if account else {}),
    }
    interface = {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}
    sections = [
        _section("unix_http_server", control),
        _section("supervisord", supervisord),
        _section("rpcinterface:supervisor", interface),
        _section("group:airflow", {"programs": ",".join([*commands, *workers])}),
        # Low numbers start first and end last.
        _programme(cluster, "postgres", _postgres(cluster), **always, priority="1", stopsignal="INT", **as_account),
        _programme(cluster, "redis", redis, **always, priority="2"),
        *(_programme(cluster, name, [*airflow, *words]) for name, words in commands.items()),
        *(_programme(cluster, name, [*airflow, *work, f"{name}@%h"], **patient) for name in workers),
    ]
    return "\n".join(sections)


def _programme(cluster: Cluster, name: str, command: Sequence[str], **special: str) -> str:
    settings = {
        "command": shlex.join(command),
        "directory": "/",
        "autostart": "false",
        "autorestart": "true",
        "startsecs": "2",
        "startretries": "1000000",  # like Docker's `restart: always`: a database that is away comes back
        "stopasgroup": "true",
        "killasgroup": "true",
        "stopwaitsecs": "30",
        "redirect_stderr": "true",
        "stdout_logfile": str(cluster.logs / f"{name}.log"),
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": "2",
        **special,
    }
    return _section(f"program:{name}", settings)


def _section(name: str, settings: Mapping[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{key}={value.replace('%', '%%')}\n" for key, value in settings.items())
