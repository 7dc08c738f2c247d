"""Definitions as data: one YAML file a thing, read into a strict model, with errors that name file and key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml


class DefinitionError(ValueError):
    """A definition file that can't be used: which file, which key, what is wrong, what to do."""


class Definition(pydantic.BaseModel):
    """A strict, frozen model: an unknown key is an error, never ignored."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


M = TypeVar("M", bound=Definition)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast, where it was built


def load(file: Path, model: type[M] | pydantic.TypeAdapter[M]) -> M:
    """Return `file` as a `model`; raise `DefinitionError` that names the file and every wrong key."""
    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(f"{file}: not readable as YAML: {error}. Correct the file.") from error
    if not isinstance(raw, dict):
        raise DefinitionError(f"{file}: expected a mapping of keys to values, found {type(raw).__name__}.")
    try:
        return model.validate_python(raw) if isinstance(model, pydantic.TypeAdapter) else model.model_validate(raw)
    except pydantic.ValidationError as error:
        raise DefinitionError("\n".join(_problems(file, raw, error))) from error


def load_all(folder: Path, model: type[M]) -> list[M]:
    """Return every ``*.yml`` of `folder` as a `model`, in the order of the file names."""
    return [load(file, model) for file in sorted(folder.glob("*.yml"))]


def _problems(file: Path, raw: dict[str, Any], error: pydantic.ValidationError) -> Iterator[str]:
    for problem in error.errors():
        place = [str(part) for part in problem["loc"]]
        if problem["type"].startswith("union_tag"):  # of several kinds of definition, this names none
            tag = problem["ctx"]["discriminator"].strip("'")
            found, place = raw.get(tag), [tag]
        else:
            found = problem["input"]
            place = place[1:] if place[:1] == [str(raw.get("kind"))] else place  # pydantic puts the kind in front
        key = ".".join(place) or "(whole file)"
        yield f"{file}: key {key}: {problem['msg']}, found {found!r}. Correct this key."
