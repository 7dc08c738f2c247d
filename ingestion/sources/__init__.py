"""Sources: where documents come from. One YAML file a source; adding one touches no code.

The folder is this one, or the one that ``HTX_SOURCES`` names.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path

import pydantic

from ingestion.definitions import DefinitionError, load
from ingestion.files import version_of
from ingestion.sources.model import DropFolder, Feed, Limits, Listing, Page, Source, WebSource, WorkbookLink

__all__ = [
    "DropFolder", "Feed", "Limits", "Listing", "Page", "Source", "WebSource", "WorkbookLink",
    "adhoc", "all_sources", "load_sources", "named", "readable_sources",
]  # fmt: skip

FOLDER = Path(__file__).parent
_ADAPTER: pydantic.TypeAdapter[Source] = pydantic.TypeAdapter(Source)


def load_sources(folder: Path | None = None) -> list[Source]:
    """Return the sources of `folder` that are switched on; a wrong file, or two of one name, are an error."""
    return [source for source in all_sources(folder) if source.active]


def all_sources(folder: Path | None = None) -> list[Source]:
    """Return every source of `folder`, by name, switched on or not; raise DefinitionError with all that is wrong."""
    sources, errors = readable_sources(folder)
    if errors:
        raise DefinitionError("\n".join(errors.values()))
    return sources


def readable_sources(folder: Path | None = None) -> tuple[list[Source], dict[str, str]]:
    """Return the sources that can be used, by name, and for each file that can't what is wrong with it.

    A night goes on with the former and tells the latter: one wrong file never costs the other sources.
    """
    folder = folder or Path(os.environ.get("HTX_SOURCES") or FOLDER)
    if not folder.is_dir():
        raise DefinitionError(f"{folder}: expected a folder of source files. Correct HTX_SOURCES.")
    sources: dict[str, Source] = {}
    errors: dict[str, str] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            source = _loaded(file, version_of(file))
        except DefinitionError as error:
            errors[file.name] = str(error)
            continue
        if source.name in sources:
            errors[file.name] = f"{file}: two sources are named {source.name!r}. Rename one of them."
        else:
            sources[source.name] = source
    return sorted(sources.values(), key=lambda s: s.name), errors


@functools.lru_cache(maxsize=4096)
def _loaded(file: Path, version: object) -> Source:
    """Load a source file, once for each version of it: the steps of a night in one process ask for it ten times."""
    return load(file, _ADAPTER)


def adhoc(path: Path) -> DropFolder:
    """Return a source for a folder that somebody names on the command line."""
    return DropFolder(name="inbox", kind="drop_folder", path=path, active=True)


def named(name: str, sources: Sequence[Source]) -> Source:
    """Return the source called `name`."""
    for source in sources:
        if source.name == name:
            return source
    raise DefinitionError(f"no source is named {name!r}; known: {', '.join(s.name for s in sources) or 'none'}.")
