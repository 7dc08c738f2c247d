"""Superset over the current release: set up, import the dashboards, serve.

    python -m bi.server serve              # what `make bi` runs
    python -m bi.server import             # the dashboards alone, as often as you like

It runs in an environment of its own (`bi/requirements.lock`). Superset's folder is ``HTX_BI_FOLDER``, else ``bi``
in the home.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import secrets
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from htx.home import Home

ASSETS = Path(__file__).parent / "superset"
LOGIN = "htx"
READER = "htx_bi"  # the login that is made on a PostgreSQL server where no other is named


class CannotStart(Exception):
    """What is wrong, where, and what to do next."""


def main() -> None:
    """Read the command line; end with exit code 1 and a sentence where a person can correct the cause."""
    words = argparse.ArgumentParser(prog="python -m bi.server", description=(__doc__ or "").splitlines()[0])
    commands = words.add_subparsers(dest="command", required=True)
    commands.add_parser("import", help="set Superset's own database up and import the dashboards")
    serving = commands.add_parser("serve", help="import, then serve until Ctrl-C")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    serving.add_argument("--port", type=int, default=int(os.environ.get("HTX_BI_PORT") or 8088))
    asked = words.parse_args()
    # As a service is asked to stop: like Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        folder = _place()
        print("Setting Superset up (the first time takes a minute) ...", flush=True)
        # Superset, its migrations and SQLAlchemy have much to say that helps nobody who is not looking for a fault.
        with (folder / "superset.log").open("a", buffering=1) as log, contextlib.redirect_stderr(log):
            with contextlib.redirect_stdout(log):
                application = prepared()
            if asked.command == "serve":
                serve(application, asked.host, asked.port)
    except CannotStart as problem:
        _end(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def prepared() -> Any:
    """Superset's application with its database up to date and the dashboards of this project in it."""
    logging.basicConfig(level=logging.WARNING)
    from superset.app import create_app

    application = create_app()
    logging.getLogger().setLevel(logging.WARNING)
    with application.app_context():
        from flask_migrate import upgrade
        from superset.extensions import appbuilder, security_manager

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        import_assets()
    return application


def serve(application: Any, host: str, port: int) -> None:
    """Serve until somebody stops it; the password of the login is printed once and kept nowhere but hashed."""
    import waitress

    given = os.environ.get("HTX_BI_PASSWORD_FILE")
    password = Path(given).read_text().strip() if given else secrets.token_urlsafe(15)
    with application.app_context():
        _login(password)
    try:
        server = waitress.create_server(application, host=host, port=port, threads=8, ident=None)
    except OSError as problem:
        raise CannotStart(
            f"port {port} of {host}: expected to listen there, found: {problem}. Stop what listens there, or choose "
            "another port: HTX_BI_PORT=8089 make bi"
        ) from problem
    print(f"\nSuperset: http://{'localhost' if host == '127.0.0.1' else host}:{port}/dashboard/list/", flush=True)
    print(f"  reads    {'PostgreSQL' if 'HTX_BI_POSTGRES' in os.environ else os.environ['HTX_BI_RELEASE']}")
    print(f"  login    {LOGIN}")
    print(f"  password {'as in ' + given if given else password + '   (of this run; shown this once)'}")
    print("Ctrl-C ends it.", flush=True)
    server.run()
    print("\nSuperset has stopped.")


def import_assets() -> None:
    """Make Superset's dashboards what `bi/superset` says; a second time changes nothing.

    It is the command behind Superset's own ``/api/v1/assets/import/``. ``superset import-directory`` is for Superset's
    examples: it rewrites SQL and schemas for the database of examples.
    """
    from flask import g
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.extensions import security_manager
    from superset.utils.core import override_user

    contents = {
        path.relative_to(ASSETS).as_posix(): path.read_text(encoding="utf-8") for path in sorted(ASSETS.rglob("*.yaml"))
    }
    if address := os.environ.get("HTX_BI_POSTGRES"):
        from psycopg2.extensions import parse_dsn

        kind = f"postgresql+psycopg2:///{parse_dsn(address).get('dbname', '')}"
        contents["databases/htx.yaml"] = contents["databases/htx.yaml"].replace("duckdb:///:memory:", kind)
    owner = security_manager.find_user(LOGIN) or _login(secrets.token_urlsafe(15))
    with override_user(owner):
        g.user = owner
        ImportAssetsCommand(contents).run()


def _login(password: str) -> Any:
    """The administrator's login, with this password from now on."""
    from superset.extensions import security_manager

    user = security_manager.find_user(LOGIN)
    if user is None:
        administrator = security_manager.find_role("Admin")
        return security_manager.add_user(LOGIN, "HTX", "Warehouse", "htx@localhost", administrator, password)
    security_manager.reset_password(user.id, password)
    return user


def _place() -> Path:
    """Say in the environment where everything is; return Superset's folder, with a secret key in it.

    Raises `CannotStart`.
    """
    home = Home.resolve()
    folder = Path(os.environ.get("HTX_BI_FOLDER") or home.path / "bi")
    address = _reader()
    if not address and not (home.current / "htx.duckdb").is_file():
        raise CannotStart(
            f"{home.current}: expected a release, found none. Make one with `make refresh`, or set HTX_HOME to the "
            "folder of a warehouse that has one."
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    key = folder / "secret_key"
    if given := os.environ.get("HTX_BI_SECRET_KEY_FILE"):
        _keep(key, Path(given).read_text())
    elif not key.exists():
        _keep(key, secrets.token_urlsafe(48))
    os.environ |= {
        "HTX_BI_FOLDER": str(folder),
        "HTX_BI_RELEASE": str(home.current),
        "SUPERSET_CONFIG_PATH": str(Path(__file__).parent / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "SCARF_ANALYTICS": "false",
    }
    if address:
        os.environ["HTX_BI_POSTGRES"] = address
    return folder


def _keep(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(0o600, exist_ok=False)
    path.write_text(text)


def _reader() -> str | None:
    """How to reach the served release, as a login that reads `published` alone; None where nothing is served.

    Where only the loader's address is known (``HTX_POSTGRES``), a login of our own is made in the reader's role; its
    password is a new one for each run and is kept nowhere.
    """
    if given := os.environ.get("HTX_BI_POSTGRES"):
        return given
    loader = os.environ.get("HTX_POSTGRES")
    if not loader:
        return None
    import psycopg2
    from psycopg2 import sql
    from psycopg2.extensions import make_dsn

    password, role = secrets.token_urlsafe(24), os.environ.get("HTX_POSTGRES_READER") or "htx_reader"
    try:
        with psycopg2.connect(loader) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,))
            verb = sql.SQL("ALTER ROLE {} LOGIN" if cursor.fetchone() else "CREATE ROLE {} LOGIN")
            cursor.execute(verb.format(sql.Identifier(READER)) + sql.SQL(" PASSWORD {}").format(sql.Literal(password)))
            cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(READER)))
            cursor.execute("SELECT has_schema_privilege(%s, 'published', 'USAGE')", (READER,))
    except psycopg2.Error as problem:
        raise CannotStart(
            f"HTX_POSTGRES: expected to make the login {READER} in the role {role}, found: "
            f"{' '.join(str(problem).split())}. Serve a release first (`htx release serve`), or name a login that "
            "reads: HTX_BI_POSTGRES=postgresql://…"
        ) from problem
    return make_dsn(loader, user=READER, password=password)


def _end(text: str) -> NoReturn:
    print(f"bi: {text}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
