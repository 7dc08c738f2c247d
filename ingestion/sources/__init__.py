"""Sources: where documents come from. One YAML file a source; adding one touches no code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pydantic

from ingestion.definitions import Definition, DefinitionError, load_all

FOLDER = Path(__file__).parent


class Source(Definition):
    """A drop folder whose files are taken in every night."""

    name: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["drop_folder"]
    path: Path  # absolute, or relative to the root of the project
    province: str | None = None  # of every document that neither the index nor the document itself places
    programme: str | None = None
    cadence: Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular"] = "irregular"
    owner: str | None = None  # the office that answers for it
    enabled: bool = True


def load_sources(folder: Path = FOLDER) -> list[Source]:
    """Return the sources of `folder` that are switched on; two of one name are an error."""
    sources = load_all(folder, Source)
    for first, second in zip(ordered := sorted(sources, key=lambda s: s.name), ordered[1:], strict=False):
        if first.name == second.name:
            raise DefinitionError(f"{folder}: two sources are named {first.name!r}. Rename one of them.")
    return [source for source in sources if source.enabled]


def adhoc(path: Path) -> Source:
    """Return a source for a folder that somebody names on the command line."""
    return Source(name="inbox", kind="drop_folder", path=path)


def named(name: str, sources: Sequence[Source]) -> Source:
    """Return the source called `name`."""
    for source in sources:
        if source.name == name:
            return source
    raise DefinitionError(f"no source is named {name!r}; known: {', '.join(s.name for s in sources) or 'none'}.")
