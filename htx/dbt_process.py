"""One dbt command in a process of its own, without what a night has no use for.

    python -m htx.dbt_process RESULTS WORD...

Runs ``dbt WORD...``, prints warnings and errors only, and writes to the file RESULTS what became of each node. Half of
what a plain ``dbt`` costs a night goes into log lines, artefacts that nobody reads, and a garbage collector that looks
through the whole project again and again (docs/decisions.md).
"""

from __future__ import annotations

import functools
import gc
import sys
from pathlib import Path
from typing import Any

import pydantic

_WORDS = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors")
_TOLD = ("warn", "error")


class Result(pydantic.BaseModel):
    """What became of one node: `status` and `message` are dbt's words.

    `after` names the nodes that it is made of, `statements` are what the database was told for it, in their order, and
    `sql` is what a data test asks.
    """

    unique_id: str
    status: str
    message: str | None = None
    after: list[str] = []
    statements: list[str] = []
    sql: str | None = None

    @property
    def kind(self) -> str:
        """What the node is: model, seed, test, …"""
        return self.unique_id.split(".", 1)[0]


Results = pydantic.RootModel[list[Result]]


def main(results: Path, words: list[str]) -> int:
    """Run dbt; return 0 when it succeeded."""
    gc.disable()  # a night's dbt lives for seconds
    from dbt.cli.main import dbtRunner

    told: dict[str, list[str]] = {}
    outcome = dbtRunner(callbacks=[_tell, functools.partial(_write_down, told)]).invoke([*words, *_WORDS])
    if outcome.exception is not None:
        print(outcome.exception)
    found = [_result(result, told) for result in getattr(outcome.result, "results", [])]
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(Results(found).model_dump_json(exclude_none=True), encoding="utf-8")
    for result in found:
        if result.status in ("error", "fail", "runtime error"):
            print(f"{result.unique_id}: {result.message}")
    return 0 if outcome.success else 1


def _tell(event: Any) -> None:
    if event.info.level in _TOLD:
        print(f"dbt {event.info.level}: {event.info.msg}")


def _write_down(told: dict[str, list[str]], event: Any) -> None:
    if event.info.name == "SQLQuery":
        told.setdefault(event.data.node_info.unique_id, []).append(event.data.sql)


def _result(result: Any, told: dict[str, list[str]]) -> Result:
    is_test = result.node.resource_type == "test"
    return Result(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=result.message,
        after=[key for key in result.node.depends_on_nodes if key != result.node.unique_id],
        statements=told.get(result.node.unique_id, []) if result.node.resource_type == "model" else [],
        sql=result.node.compiled_code if is_test else None,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
