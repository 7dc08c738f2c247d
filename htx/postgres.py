"""Serving the current release from PostgreSQL, when ``HTX_POSTGRES`` names a database (a URL as libpq takes it)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publication.serving import Served, Server
    from publication.shelf import Release

SETTING = "HTX_POSTGRES"


def configured() -> Server | None:
    """Return the server to serve from; None where the setting is absent, which is the default."""
    conninfo = os.environ.get(SETTING)
    if not conninfo:
        return None
    from publication.serving import READER, Server

    return Server(conninfo, reader=os.environ.get("HTX_POSTGRES_READER") or READER)


def serve(release: Release) -> Served | None:
    """Load and switch to `release` where a server is configured. Raises `publication.serving.ServingFailed`."""
    server = configured()
    if server is None:
        return None
    from publication import serving

    return serving.serve(release, server)
