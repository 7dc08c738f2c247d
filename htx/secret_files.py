"""The secrets of an installation: generated, each in a file of its own, never a default.

They are read where they lie (Airflow's ``…_CMD`` settings, Docker's secrets), so that no environment, command line or
configuration file holds one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
import stat
from pathlib import Path

from cryptography.fernet import Fernet

from ingestion.files import write_bytes

LOGIN = "htx"  # the one login of Airflow's pages that is made; others are added to the file of logins
DATABASE = "airflow"
# Which file answers which of Airflow's settings.
AIRFLOW_SETTINGS = {
    "AIRFLOW__CORE__FERNET_KEY": "fernet_key",
    "AIRFLOW__API__SECRET_KEY": "api_secret_key",
    "AIRFLOW__API_AUTH__JWT_SECRET": "jwt_secret",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "metadata_address",
    "AIRFLOW__CELERY__BROKER_URL": "broker_address",
}


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Where PostgreSQL and Redis listen, as ``host:port``."""

    postgres: str
    redis: str


COMPOSE = Addresses(postgres="postgres:5432", redis="redis:6379")


def create(folder: Path, addresses: Addresses, *, file_mode: int = 0o600) -> list[str]:
    """Write the secrets that `folder` lacks and bring what follows from them up to date; return the names written.

    The folder is its owner's alone. For containers the files are made readable to everybody (`file_mode` 0o444):
    each is mounted by itself into the few services that need it, and on the host the folder keeps others out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    written: list[str] = []

    def keep(name: str, text: str) -> str:
        path = folder / name
        if path.exists() and path.read_text() == text:
            return text
        write_bytes(path, text.encode())
        path.chmod(file_mode)
        written.append(name)
        return text

    def once(name: str, text: str) -> str:
        path = folder / name
        return path.read_text() if path.exists() else keep(name, text)

    once("fernet_key", Fernet.generate_key().decode())
    once("api_secret_key", secrets.token_urlsafe(48))
    once("jwt_secret", secrets.token_urlsafe(64))
    # Airflow reads the logins as one line of JSON and would print a password that it makes itself.
    once("logins.json", json.dumps({LOGIN: secrets.token_urlsafe(18)}))
    once("bi_secret_key", secrets.token_urlsafe(48))
    once("bi_password", secrets.token_urlsafe(18))
    postgres = once("postgres_password", secrets.token_urlsafe(32))
    redis = once("redis_password", secrets.token_urlsafe(32))
    keep("metadata_address", f"postgresql://{DATABASE}:{postgres}@{addresses.postgres}/{DATABASE}")
    keep("broker_address", f"redis://:{redis}@{addresses.redis}/0")
    keep("redis.acl", f"user default on #{hashlib.sha256(redis.encode()).hexdigest()} ~* &* +@all\n")
    return written


def exposed(folder: Path) -> bool:
    """Say whether others than the owner can look into `folder`."""
    return bool(folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def airflow_settings(folder: Path) -> dict[str, str]:
    """Return the environment that tells Airflow where its secrets lie."""
    return {f"{setting}_CMD": f"cat '{folder / name}'" for setting, name in AIRFLOW_SETTINGS.items()}


def password(folder: Path, login: str = LOGIN) -> str:
    """Return the password of a login of Airflow's pages."""
    return str(json.loads((folder / "logins.json").read_bytes())[login])
