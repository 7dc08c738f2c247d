"""The candidate of a night where several machines share a home in a bucket: made again on the machine that has none.

The private database that dbt builds stays on the machine that built it, and the scheduler may give the next step to
another one. What a candidate is depends on nothing but inputs and date, so that machine makes what the steps before
made; the same happens where documents arrived in between.
"""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pydantic

from htx import building, nightly
from htx.home import Home
from ingestion.files import write_bytes

STAGES = ("records_gate", "build_candidate", "kpi_gate", "build_marts", "release_gate", "document")

log = logging.getLogger(__name__)


class _Reached(pydantic.BaseModel):
    """How far the candidate on this machine is, and of what it is."""

    made_of: str
    stage: str


def catch_up(home: Home, as_of: dt.date, step: str) -> None:
    """Make what the steps of a night before `step` make, unless it is on this machine and of the same inputs.

    Raises what those steps raise.
    """
    before = STAGES[: STAGES.index(step)] if step in STAGES else STAGES if step == "publish" else ()
    if before and not _is_here(home, as_of, before[-1]):
        log.info("%s: the candidate was made elsewhere or of other documents, so it is made again", home.path)
        for stage in before:
            _make(home, as_of, stage)
        reached(home, as_of, before[-1])


def reached(home: Home, as_of: dt.date, step: str) -> None:
    """Note that this machine has done `step`."""
    if step in STAGES:
        note = _Reached(made_of=nightly.inputs_hash(home, as_of), stage=step)
        write_bytes(_note(home), note.model_dump_json().encode())


def _is_here(home: Home, as_of: dt.date, stage: str) -> bool:
    if not _note(home).exists() or (stage != STAGES[0] and not home.build.exists()):
        return False
    found = _Reached.model_validate_json(_note(home).read_bytes())
    return STAGES.index(found.stage) >= STAGES.index(stage) and found.made_of == nightly.inputs_hash(home, as_of)


def _make(home: Home, as_of: dt.date, stage: str) -> None:
    from htx import documentation

    match stage:
        case "records_gate":
            nightly.records_gate(home)
        case "build_candidate":
            building.build_candidate(home, as_of)
        case "build_marts":
            building.build_marts(home, as_of)
        case "document":
            documentation.document(home, as_of)
        case _:
            nightly.gate(home, stage.removesuffix("_gate"), as_of)


def _note(home: Home) -> Path:
    return home.path / "warehouse" / "candidate.json"
