"""How a command ends when a person can correct the cause: one message on standard error, exit code 1."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer


def fail(text: str) -> NoReturn:
    """Say `text` (file, place, expected, found, what to do next) and end with exit code 1."""
    typer.echo(f"htx: {text}", err=True)
    sys.exit(1)
