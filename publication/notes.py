"""What changed between two releases: which KPI cells, from what to what, and because of which document.

Shipped with each release as its notes (``notes.vi.md``, ``notes.en.md``), shown on the scorecard and printed by
`htx release diff`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from publication import wording
from publication.published import Artefact, Attainment, Claim, Published, Result, Target, UnexpectedTable
from publication.wording import Text, same

if TYPE_CHECKING:
    from publication.scorecard import Edition

_Cell = tuple[str, str, str, str, str, dt.date, dt.date]
_NO_DATE = dt.date.min


@dataclasses.dataclass(frozen=True)
class Change:
    """One KPI cell that says something else than before. `before` or `after` is None when it is new or gone.

    `kind` is ``target`` (a target set against its result) or ``result`` (what was reported for the cell).
    """

    kind: str
    programme: Text
    indicator: Text
    scope: Text
    province: Text
    period: Text
    before: Text | None
    after: Text | None
    because: Text


@dataclasses.dataclass(frozen=True)
class Changes:
    """All that differs. `since` is None for a first release, `comparable` False when the tables have another shape."""

    since: str | None
    until: str | None
    comparable: bool
    changes: tuple[Change, ...] = ()
    new_documents: tuple[Artefact, ...] = ()
    gone_documents: tuple[Artefact, ...] = ()

    def of_kind(self, kind: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind == kind)


def changes_since(published: Published, previous: Path | None) -> Changes:
    """What `published` says differently from the release directory `previous` (None: there is none)."""
    if previous is None:
        return Changes(since=None, until=None, comparable=True)
    with Published.open(previous) as before:
        return compare(before, published, since=previous.name)


def compare(before: Published, after: Published, *, since: str, until: str | None = None) -> Changes:
    """The changes from the release `before` to the release `after`, sorted by programme, indicator and period."""
    try:
        changes = [*_target_changes(before, after), *_result_changes(before, after)]
    except UnexpectedTable:
        return Changes(since=since, until=until, comparable=False)
    changes.sort(
        key=lambda c: (c.kind != "target", c.programme.vi, c.indicator.vi, c.scope.vi, c.province.vi, c.period.vi)
    )
    return Changes(
        since=since,
        until=until,
        comparable=True,
        changes=tuple(changes),
        new_documents=tuple(row for key, row in after.artefacts.items() if key not in before.artefacts),
        gone_documents=tuple(row for key, row in before.artefacts.items() if key not in after.artefacts),
    )


# Targets set against results


def _target_changes(before: Published, after: Published) -> Iterable[Change]:
    old, new = _by_cell(before.attainments), _by_cell(after.attainments)
    for cell in sorted(old.keys() | new.keys()):
        for was, now in _paired(old.get(cell, []), new.get(cell, [])):
            said_before = _said(before, was) if was else None
            said_now = _said(after, now) if now else None
            if said_before == said_now:
                continue
            row = now or was
            assert row is not None  # a pair has at least one side
            yield Change(
                kind="target",
                programme=programme_name(after if now else before, row.programme),
                indicator=indicator_name(after if now else before, row.indicator),
                scope=wording.scope(row.scope),
                province=province_name(after if now else before, row.province_key),
                period=wording.period(row.period_start, row.period_end),
                before=said_before,
                after=said_now,
                because=_because_of_target(before, after, was, now),
            )


def _by_cell(rows: Iterable[Attainment]) -> dict[_Cell, list[Attainment]]:
    cells: dict[_Cell, list[Attainment]] = defaultdict(list)
    for row in rows:
        cell = (
            row.programme or "",
            row.indicator,
            row.scope or "",
            row.province_key or "",
            row.basis,
            row.period_start or _NO_DATE,
            row.period_end or _NO_DATE,
        )
        cells[cell].append(row)
    return cells


def _paired(old: Sequence[Attainment], new: Sequence[Attainment]) -> list[tuple[Attainment | None, Attainment | None]]:
    """Pair rows of one cell: the same promise first, then what is left in the order of its value."""
    old_by_key = {row.target_key: row for row in old}
    new_by_key = {row.target_key: row for row in new}
    shared = sorted(old_by_key.keys() & new_by_key.keys())
    pairs: list[tuple[Attainment | None, Attainment | None]] = [(old_by_key[key], new_by_key[key]) for key in shared]
    old_left = sorted((row for key, row in old_by_key.items() if key not in new_by_key), key=_promise)
    new_left = sorted((row for key, row in new_by_key.items() if key not in old_by_key), key=_promise)
    pairs += zip(old_left, new_left, strict=False)
    both = min(len(old_left), len(new_left))
    pairs += [(row, None) for row in old_left[both:]]
    pairs += [(None, row) for row in new_left[both:]]
    return pairs


def _promise(row: Attainment) -> tuple[Decimal, str]:
    return (row.target_value if row.target_value is not None else Decimal(-1), row.target_key)


def _said(published: Published, row: Attainment) -> Text:
    """What a reader sees of a target: promise, result, status, and what is held and why."""
    promise = published.targets.get(row.target_key)
    target = wording.quantity(row.target_value, row.unit, high=row.target_value_high, qualifier=row.qualifier) or Text(
        "không có số", "no number"
    )
    if promise and promise.is_held:
        target = _held(promise)
    result = published.results.get(row.result_key or "")
    reached = wording.quantity(
        row.result_value,
        row.unit,
        high=result.value_high if result else None,
        qualifier=result.qualifier if result else None,
    ) or Text("chưa có", "none")
    said = Text("chỉ tiêu ", "target ") + target + Text("; kết quả ", "; result ") + reached
    said = said + same("; ") + wording.status(row.status)
    if row.is_stale:
        said = said + same("; ") + wording.STALE
    if newer := published.results.get(row.held_result_key or ""):
        said = said + Text("; số mới: ", "; newer number: ") + _held(newer)
    if (later := published.targets.get(row.held_target_key or "")) and later is not promise:
        said = said + Text("; chỉ tiêu công bố sau: ", "; later target: ") + _held(later)
    return said


def _held(claim: Claim) -> Text:
    """That a claim is held, by which expectation and why."""
    reason = wording.either(claim.held_reason_vi, claim.held_reason_en)
    why = same(": ") + reason if reason else Text("", "")
    return wording.HELD + why + (same(f" [{claim.held_by}]") if claim.held_by else Text("", ""))


def _because_of_target(before: Published, after: Published, was: Attainment | None, now: Attainment | None) -> Text:
    """The document behind a change: the one that brought the new target, result or hold, or that is gone; else what
    else moved."""
    if now is None:
        assert was is not None  # a pair has at least one side
        return _gone(before, after, before.targets.get(was.target_key)) or Text(
            "chỉ tiêu không còn trong các văn bản", "the target is no longer in the documents"
        )
    target = after.targets.get(now.target_key)
    if was is None and target:
        return document_name(after, target)
    held: Claim | None = after.results.get(now.held_result_key or "")
    if held and (was is None or was.held_result_key != now.held_result_key):
        return document_name(after, held)
    held = after.targets.get(now.held_target_key or "")
    if held and (was is None or was.held_target_key != now.held_target_key):
        return document_name(after, held)
    gone = _gone(before, after, before.results.get(was.result_key or "")) if was else Text("", "")
    result = after.results.get(now.result_key or "")
    if result and (was is None or was.result_key != now.result_key or was.result_value != now.result_value):
        cause = document_name(after, result) + _freed(before, after, result)
        return cause + same("; ") + gone if gone else cause
    if gone:
        return gone
    if target and was is not None and (was.target_key != now.target_key or was.target_value != now.target_value):
        return document_name(after, target) + _freed(before, after, target)
    if was is not None:
        for freed in (before.results.get(was.held_result_key or ""), before.targets.get(was.held_target_key or "")):
            if freed and _key(freed) not in (now.held_result_key, now.held_target_key):
                return _no_longer_held(before, after, freed) or _evidence(now)
    if was is not None and was.evaluated_on != now.evaluated_on:
        return Text("ngày đánh giá chuyển đến ", "the evaluation date moved to ") + wording.day(now.evaluated_on)
    return _evidence(now)


def _no_longer_held(before: Published, after: Published, freed: Result | Target) -> Text:
    """What became of a claim that was held: let through, or gone with its document."""
    claims: Mapping[str, Result | Target] = after.results if isinstance(freed, Result) else after.targets
    now = claims.get(_key(freed))
    return document_name(after, now) + _freed(before, after, now) if now else _gone(before, after, freed)


def _gone(before: Published, after: Published, claim: Claim | None) -> Text:
    """That the document of a claim is no longer there, when that is so."""
    if claim is None or claim.artefact is None or claim.artefact in after.artefacts:
        return Text("", "")
    return Text("văn bản không còn: ", "the document is gone: ") + document_name(before, claim)


def _freed(before: Published, after: Published, claim: Result | Target) -> Text:
    """That a claim was held and is not any more: released by a person, who gave a reason, or no longer found wrong."""
    claims: Mapping[str, Result | Target] = before.results if isinstance(claim, Result) else before.targets
    was = claims.get(_key(claim))
    if claim.is_held or (was is not None and not was.is_held):
        return Text("", "")
    for verdict in after.verdicts:
        if verdict.effect == "hold released" and verdict.subject_key == _key(claim):
            day = wording.day(verdict.reviewed_on) if verdict.reviewed_on else same("–")
            said = Text(" (bỏ giữ lại sau khi xem lại ngày ", " (hold released on review of ") + day
            return said + same(f": {verdict.review_reason or '–'} [{verdict.expectation}])")
    if was is None:
        return Text("", "")
    return Text(" (không còn bị giữ lại: đã đạt ", " (no longer held: passes ") + same(f"{was.held_by or '–'})")


def _key(claim: Result | Target) -> str:
    return claim.result_key if isinstance(claim, Result) else claim.target_key


def _evidence(row: Attainment) -> Text:
    return wording.either(row.evidence_vi, row.evidence_en) or Text("cách tính thay đổi", "the rule changed")


# Results


def _result_changes(before: Published, after: Published) -> Iterable[Change]:
    old, new = _results_by_cell(before.results.values()), _results_by_cell(after.results.values())
    for cell in sorted(old.keys() | new.keys()):
        was, now = old.get(cell, []), new.get(cell, [])
        said_before, said_now = _said_results(was), _said_results(now)
        if said_before == said_now:
            continue
        known = {(row.result_key, row.is_held) for row in was}
        causes = [row for row in now if (row.result_key, row.is_held) not in known] or now
        published = after if now else before
        row = (now or was)[0]
        yield Change(
            kind="result",
            programme=programme_name(published, row.programme),
            indicator=indicator_name(published, row.indicator),
            scope=wording.scope(row.scope),
            province=province_name(published, row.province_key),
            period=wording.period(row.period_start, row.period_end),
            before=said_before,
            after=said_now,
            because=_joined(document_name(after, cause) + _freed(before, after, cause) for cause in causes)
            if now
            else _joined(gone for row in was if (gone := _gone(before, after, row)))
            or Text("kết quả không còn trong các văn bản", "the result is no longer in the documents"),
        )


def _results_by_cell(rows: Iterable[Result]) -> dict[tuple[str, str, str], list[Result]]:
    cells: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for row in rows:
        cells[row.kpi_cell, row.origin or "", row.source_system or ""].append(row)
    return cells


def _said_results(rows: Sequence[Result]) -> Text | None:
    if not rows:
        return None
    return _joined(
        _held(row)
        if row.is_held
        else wording.quantity(row.value, row.unit, high=row.value_high, qualifier=row.qualifier)
        for row in rows
    )


def _joined(texts: Iterable[Text]) -> Text:
    unique = sorted(set(texts), key=lambda text: text.vi)
    return Text(", ".join(text.vi for text in unique), ", ".join(text.en for text in unique))


# Names


def programme_name(published: Published, code: str | None) -> Text:
    """A programme's name in both languages; what belongs to none is said to."""
    if code is None:
        return Text("Ngoài chương trình", "Outside programmes")
    row = published.programmes.get(code)
    return wording.either(row.name_vi, row.name_en) if row and (row.name_vi or row.name_en) else same(code)


def indicator_name(published: Published, code: str) -> Text:
    row = published.indicators.get(code)
    return Text(row.name_vi, row.name_en) if row else same(code.removeprefix("other:"))


def province_name(published: Published, key: str | None) -> Text:
    """A province as it was named in its time."""
    row = published.provinces.get(key or "")
    return Text(row.name_vi, row.name_en) if row else same(key or "")


def document_name(published: Published, claim: Claim) -> Text:
    """A claim's document with its place: "so-lieu.xlsx, sheet Biểu 1, D7"."""
    artefact = published.artefacts.get(claim.artefact or "")
    file = claim.file or (artefact.file if artefact else None) or claim.artefact
    if file is None:
        return wording.ORIGINS.get(claim.origin or "", same(claim.origin or ""))
    name = same(file)
    if claim.sheet:
        name = name + Text(", trang ", ", sheet ") + same(claim.sheet)
    if claim.cells:
        name = name + same(f", {claim.cells}")
    return name


# The notes as files


def render(changes: Changes, edition: Edition) -> dict[str, str]:
    """The release notes as Markdown, one file a language."""
    return {
        "notes.vi.md": _page(changes, edition, "vi"),
        "notes.en.md": _page(changes, edition, "en"),
    }


_WORDS = {
    "title": Text("Bản công bố", "Release"),
    "first": Text("Đây là bản công bố đầu tiên.", "This is the first release."),
    "other_shape": Text(
        "Các bảng của bản trước có cấu trúc khác nên không so sánh được.",
        "The tables of the release before have another shape and can't be compared.",
    ),
    "since": Text("So với bản", "Compared with release"),
    "target": Text("Chỉ tiêu thay đổi", "Targets that changed"),
    "result": Text("Kết quả thay đổi", "Results that changed"),
    "new": Text("Văn bản mới", "New documents"),
    "gone": Text("Văn bản không còn", "Documents no longer there"),
    "nothing": Text("Không có", "None"),
    "before": Text("trước", "before"),
    "after": Text("nay", "now"),
    "absent": Text("chưa có", "absent"),
    "because": Text("do", "because of"),
    "as_of": Text("Số liệu đến ngày", "As of"),
}


def lines(changes: Changes, language: str) -> list[str]:
    """The changes as lines for a terminal."""
    return _lines(changes, lambda text: _in(language, text))


def as_json(changes: Changes) -> dict[str, object]:
    """The changes as plain data, with both languages."""
    return {
        "since": changes.since,
        "until": changes.until,
        "comparable": changes.comparable,
        "changes": [dataclasses.asdict(change) for change in changes.changes],
        "new_documents": [_document(row) for row in changes.new_documents],
        "gone_documents": [_document(row) for row in changes.gone_documents],
    }


def _document(row: Artefact) -> dict[str, str | None]:
    return {"artefact": row.artefact, "file": row.file}


def _in(language: str, text: Text | str) -> str:
    chosen = _WORDS[text] if isinstance(text, str) else text
    return " ".join((chosen.vi if language == "vi" else chosen.en).split())


def _page(changes: Changes, edition: Edition, language: str) -> str:
    def say(text: Text | str) -> str:
        return plain(_in(language, text))

    title = f"# {say('title')} {edition.release_id}"
    return "\n".join([title, "", f"{say('as_of')}: {say(wording.day(edition.as_of))}", "", *_lines(changes, say), ""])


def _lines(changes: Changes, say: Callable[[Text | str], str]) -> list[str]:
    if changes.since is None:
        return [say("first")]
    said = [f"{say('since')} {changes.since}.", ""]
    if not changes.comparable:
        return [*said, say("other_shape")]
    for kind in ("target", "result"):
        found = changes.of_kind(kind)
        said += [f"## {say(kind)} ({len(found)})", ""]
        said += [_line(change, say) for change in found] or [say("nothing")]
        said.append("")
    for heading, documents in (("new", changes.new_documents), ("gone", changes.gone_documents)):
        said += [f"## {say(heading)} ({len(documents)})", ""]
        said += [f"- {say(same(row.file or row.artefact))}" for row in documents] or [say("nothing")]
        said.append("")
    return said[:-1]


def _line(change: Change, say: Callable[[Text | str], str]) -> str:
    about = " · ".join(
        say(part) for part in (change.programme, change.indicator, change.scope, change.province, change.period) if part
    )
    was = say(change.before) if change.before else say("absent")
    now = say(change.after) if change.after else say("absent")
    return f"- **{about}**: {say('before')}: {was} → {say('after')}: {now} ({say('because')}: {say(change.because)})"


_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def plain(text: str) -> str:
    """A text from a document as Markdown that shows it and does nothing else: on one line, every sign escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
