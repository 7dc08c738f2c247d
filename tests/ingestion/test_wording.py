"""Whatever a reader can say when it refuses something has its Vietnamese in the catalogue."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import ingestion
from ingestion import alerts, wording
from ingestion.documents import Quarantined
from ingestion.fetching import quarantined

ROOM = Path(ingestion.__file__).parent
# Calls that say why something is refused, and where in them reason, expectation and what was found stand.
SAYING = {
    "Broken": ("expected", "reasons"),
    "UnreadableDocument": (None,),
    "_refuse": (None, "found", "reasons"),
    "_refusal": (None, "found", "reasons"),
    "self._refuse": ("found",),
    "self._refusal": ("found",),
    "_wrong": (None, None, "expected", "found", "reasons"),
    "wide_sheet": (None, None, "found"),
    "NotAsExpected": (None, None, "found"),
}
KEYWORDS = {"reason": "reasons", "expected": "expected", "found": "found", "advice": "advice"}


def texts(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression can be, with an example for what differs each time."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "12" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (left + right for left in texts(node.left) for right in texts(node.right))


def said() -> Iterator[tuple[str, str, str]]:
    for path in sorted(ROOM.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                stand = SAYING.get(name) or SAYING.get(name.rsplit(".", 1)[-1])
                if stand is None:
                    continue
                stands = [*zip(stand, node.args, strict=False)]
                stands += [(KEYWORDS.get(keyword.arg or ""), keyword.value) for keyword in node.keywords]
                yield from ((path.name, str(part), text) for part, value in stands if part for text in texts(value))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_ADVICE":
                assert isinstance(node.value, ast.Dict)
                yield from ((path.name, "advice", text) for value in node.value.values for text in texts(value))
            elif isinstance(node, ast.Assign) and path.name in ("values.py", "tables.py"):
                # a reader that says one expectation in several places keeps it in a variable of that name
                name = ast.unparse(node.targets[0])
                if part := {"expected": "expected", "_EXPECTED_DATE": "expected", "reason": "reasons"}.get(name):
                    yield from ((path.name, part, text) for text in texts(node.value))


@pytest.mark.parametrize("part", ["reasons", "expected", "found", "advice"])
def test_every_sentence_of_the_readers_has_its_vietnamese(part: str) -> None:
    sentences = {(place, text) for place, of, text in said() if of == part}
    assert len(sentences) > 20
    missing = sorted(f"{place}: {text}" for place, text in sentences if wording.in_vietnamese(part, text) is None)
    assert not missing


def test_every_alert_that_can_enter_the_quarantine_has_its_vietnamese() -> None:
    kinds = {kind for kind in get_args(alerts.Kind) if kind not in alerts._TRANSIENT | alerts._NEWS}
    rows = {
        kind: wording.worded(quarantined(alerts.Alert(kind=kind, place="a", expected="a document", found="none")))
        for kind in kinds
    }
    assert not {kind for kind, row in rows.items() if not (row["reason_vi"] and row["expected_vi"])}
    assert {kind: (row["advice"], row["advice_vi"]) for kind, row in rows.items()} == {
        kind: (alerts.ADVICE[kind], alerts.VIETNAMESE[kind][1]) for kind in kinds
    }


def test_what_differs_each_time_is_taken_over() -> None:
    row = wording.worded(Quarantined("records", "A1", "one of: active, dissolved", "x", "there is no day 31/02/2023"))
    assert row["reason_vi"] == "không có ngày 31/02/2023"
    assert row["expected_vi"] == "một trong: active, dissolved"
    assert row["found_vi"] is None  # the document's own text is shown as it is
    assert row["reason"] == "there is no day 31/02/2023"


def test_what_a_library_says_of_a_damaged_file_stays_english() -> None:
    damaged = "a zip that ends early or is damaged (File is not a zip file)"
    row = wording.worded(Quarantined("landing", "file", "a workbook", damaged, "the file is truncated or damaged"))
    assert (row["found"], row["found_vi"]) == (damaged, "tệp zip bị cắt cụt hoặc bị hỏng")


def test_advice_after_a_reason_is_told_apart_from_it() -> None:
    row = wording.worded(
        Quarantined("landing", "file", "a file name", "", "the file is too large. Ask the sender to split it.")
    )
    assert (row["reason"], row["reason_vi"]) == ("the file is too large", "tệp quá lớn")
    assert (row["advice"], row["advice_vi"]) == ("Ask the sender to split it.", "Đề nghị nơi gửi tách nhỏ tệp.")
    assert wording.in_vietnamese("reasons", "nobody says this") is None
