"""Every step from the original to a published number: document, place, claim, gate, choice, attainment.

Only the published release is read. What is found comes as data (`Explanation`) and is said by `lines`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from publication import notes, wording
from publication.counted import CountedRows, counted_rows
from publication.published import (
    Attainment,
    Claim,
    Discrepancy,
    Published,
    RestatedPoint,
    Result,
    Target,
    Verdict,
)
from publication.sources import Texts
from publication.wording import Text, fold, same


class NotPublished(Exception):
    """What was asked for is not in the release; the message suggests what is."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of the way, with what there is to say at it."""

    name: Text
    says: tuple[Text, ...]


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One published number: what it is of, what it says, and the steps that led to it."""

    of: Text
    value: Text
    steps: tuple[Step, ...]


def explain(
    release: Path,
    programme: str,
    indicator: str,
    *,
    scope: str | None = None,
    period: str | None = None,
) -> list[Explanation]:
    """Explain what `release` (a release directory) publishes of an indicator in a programme.

    `programme` and `indicator` are codes or names in either language; in place of a programme stands a province for
    what it reported outside of any. `scope` is a scope code (``all`` for the whole); `period` a year, or two with a
    dash (2021-2025), or an ISO date in the period. Targets come first, then the results no target was set against:
    those of the programme, and of its province outside of programmes; then the series restated to today's province.

    Raises `NotPublished` when a name is unknown or nothing is published for the combination.
    """
    with Published.open(release) as published:
        explainer = _Explainer(published, Texts(release / "texts"))
        return explainer.explain(programme, indicator, scope, _bounds(period) if period else None)


@dataclasses.dataclass(frozen=True)
class _Subject:
    """Whose numbers are asked for: a programme, or a province outside of programmes (in each of its forms)."""

    code: str
    programme: str | None
    provinces: frozenset[str]

    def is_of(self, row: Attainment | Claim) -> bool:
        return self.programme is not None and row.programme == self.programme

    def is_outside(self, row: Attainment | Claim) -> bool:
        return row.programme is None and row.province_key in self.provinces


class _Explainer:
    def __init__(self, published: Published, texts: Texts) -> None:
        self.published = published
        self.texts = texts
        self.differing = {row.other_result_key: row for row in published.discrepancies}

    def explain(
        self, programme: str, indicator: str, scope: str | None, bounds: tuple[dt.date, dt.date] | None
    ) -> list[Explanation]:
        subject = self._subject(programme)
        indicator_code = self._indicator(indicator)
        everything = [item for item in self.published.attainments if subject.is_of(item)]
        attainments = [item for item in everything if item.indicator == indicator_code]
        used = {
            key
            for item in attainments
            for key in [item.result_key, item.held_result_key, *(item.result_keys or "").split()]
        }
        reported = [item for item in self.published.results.values() if subject.is_of(item) or subject.is_outside(item)]
        results = [item for item in reported if item.indicator == indicator_code and item.result_key not in used]
        today = {
            self.published.provinces[key].current_province_key
            for key in subject.provinces
            if key in self.published.provinces
        }
        restated = [
            item for item in self.published.restated if item.indicator == indicator_code and item.province_key in today
        ]
        found = [self._attainment(item) for item in attainments if _is_asked(item, scope, bounds)]
        found += [self._result(item) for item in results if _is_asked(item, scope, bounds)]
        found += [self._restated(item) for item in restated if _is_asked(item, scope, bounds)]
        if not found:
            raise NotPublished(
                self._nothing(subject.code, indicator_code, [*attainments, *results], [*everything, *reported])
            )
        return found

    # Names

    def _subject(self, name: str) -> _Subject:
        """What a person names first: a programme; or a province, in all its forms of that name."""
        names = {
            row.programme: [text for text in (row.programme, row.name_vi, row.name_en) if text]
            for row in self.published.programmes.values()
        }
        wanted = fold(name)
        forms = frozenset(
            row.province_key
            for row in self.published.provinces.values()
            if wanted in (fold(text) for text in (row.short_name, row.name_vi, row.name_en, row.province_key))
        )
        try:
            code = _look_up(name, names, "programme")
        except NotPublished:
            if not forms:
                raise
            return _Subject(code=name, programme=None, provinces=forms)
        home = self.published.programmes[code].province_key
        return _Subject(code=code, programme=code, provinces=frozenset({home} if home else ()))

    def _indicator(self, name: str) -> str:
        names = {row.indicator: [row.indicator, row.name_vi, row.name_en] for row in self.published.indicators.values()}
        for claim in [*self.published.targets.values(), *self.published.results.values()]:
            names.setdefault(claim.indicator, [claim.indicator])
        return _look_up(name, names, "indicator")

    def _nothing(
        self,
        programme: str,
        indicator: str,
        narrowed_away: Sequence[Attainment | Claim],
        of_programme: Sequence[Attainment | Claim],
    ) -> str:
        if narrowed_away:
            there = sorted({f"--scope {row.scope or 'all'} --period {_period_option(row)}" for row in narrowed_away})
            return (
                f"{programme}, {indicator}: expected a number for that scope and period, found none. "
                f"There is: {'; '.join(there)}."
            )
        there = sorted({row.indicator for row in of_programme})
        return (
            f"{programme}: expected a target or result of {indicator}, found none. "
            f"This programme has: {', '.join(there) or 'nothing'}."
        )

    # What is explained

    def _attainment(self, row: Attainment) -> Explanation:
        target = self.published.targets.get(row.target_key)
        keys = (row.result_keys or row.result_key or "").split()
        results = [self.published.results[key] for key in keys if key in self.published.results]
        held = self.published.results.get(row.held_result_key or "")
        steps: list[Step] = []
        if target:
            steps += self._claim_steps(target, Text("Chỉ tiêu", "Target"))
        for number, result in enumerate(results, start=1):
            part = same(f" {number}/{len(results)}") if len(results) > 1 else Text("", "")
            steps += self._claim_steps(result, Text("Kết quả", "Result") + part)
        if held:
            steps += self._claim_steps(held, Text("Kết quả đang giữ lại", "Held result"))
        steps.append(self._choice(row, results))
        steps.append(self._comparison(row))
        return Explanation(of=self._of(row), value=self._attained(row), steps=tuple(steps))

    def _result(self, result: Result) -> Explanation:
        value = (
            wording.HELD
            if result.is_held
            else wording.quantity(result.value, result.unit, high=result.value_high, qualifier=result.qualifier)
        )
        note = Text("Chưa có chỉ tiêu nào được so với kết quả này.", "No target is set against this result.")
        steps = self._claim_steps(result, Text("Kết quả", "Result"))
        return Explanation(
            of=self._of(result),
            value=Text("kết quả ", "result ") + value,
            steps=(*steps, Step(Text("Đối chiếu", "Comparison"), (note,))),
        )

    def _restated(self, row: RestatedPoint) -> Explanation:
        """A number of a series in the borders of today: the results of the former provinces it was made of."""
        keys = (row.result_keys or "").split()
        results = [self.published.results[key] for key in keys if key in self.published.results]
        value = wording.quantity(row.value, row.unit, qualifier=row.qualifier) or Text("không có số", "no number")
        says = [
            wording.RESTATEMENTS.get(row.restatement or "", same(row.restatement or "–")),
            Text(
                f"{row.parts_reported or 0} trên {row.parts_expected or 0} tỉnh cũ có số liệu",
                f"{row.parts_reported or 0} of {row.parts_expected or 0} former provinces reported",
            ),
        ]
        if row.numerator is not None and row.denominator is not None:
            says.append(
                Text("tử số và mẫu số: ", "numerator and denominator: ")
                + wording.plain_number(row.numerator)
                + same(" / ")
                + wording.plain_number(row.denominator)
            )
        if row.is_stale:
            says.append(wording.STALE + same(": ") + wording.either(row.stale_reason_vi, row.stale_reason_en))
        steps: list[Step] = []
        for number, result in enumerate(results, start=1):
            part = same(f" {number}/{len(results)}") if len(results) > 1 else Text("", "")
            steps += self._claim_steps(result, Text("Số liệu gốc", "Reported number") + part)
        steps.append(Step(Text("Quy về tỉnh hiện nay", "Restated to today's province"), tuple(says)))
        return Explanation(
            of=Text("Chuỗi quy về tỉnh hiện nay", "Series restated to today's province") + same(" · ") + self._of(row),
            value=Text("kết quả ", "result ") + value,
            steps=tuple(steps),
        )

    def _of(self, row: Attainment | Claim | RestatedPoint) -> Text:
        parts = (
            Text("", "") if isinstance(row, RestatedPoint) else notes.programme_name(self.published, row.programme),
            notes.indicator_name(self.published, row.indicator) + same(f" ({row.indicator})"),
            wording.scope(row.scope),
            notes.province_name(self.published, row.province_key),
            wording.period(row.period_start, row.period_end),
        )
        said = [part for part in parts if part]
        return Text(" · ".join(part.vi for part in said), " · ".join(part.en for part in said))

    def _attained(self, row: Attainment) -> Text:
        target = wording.quantity(row.target_value, row.unit, high=row.target_value_high, qualifier=row.qualifier)
        result = wording.quantity(row.result_value, row.unit, qualifier=row.result_qualifier)
        said = Text("chỉ tiêu ", "target ") + (target or Text("không có số", "without a number"))
        said = said + Text("; kết quả ", "; result ") + (result or Text("chưa có", "none"))
        said = said + same("; ") + wording.status(row.status)
        return said + same("; ") + wording.STALE if row.is_stale else said

    # The steps

    def _claim_steps(self, claim: Claim, side: Text) -> list[Step]:
        steps = [self._original(claim, side), self._place(claim, side), self._said(claim, side)]
        if isinstance(claim, Result):
            counted = counted_rows(self.published, claim)
            if counted:
                steps.append(_counted_step(claim, counted, side))
        if isinstance(claim, Target | Result) and claim.input_keys:
            steps.append(self._inputs(claim.input_keys.split(), side))
        steps.append(self._gate(claim, side))
        return steps

    def _original(self, claim: Claim, side: Text) -> Step:
        artefact = self.published.artefacts.get(claim.artefact or "")
        says = [
            _fact("tệp", "file", claim.file or (artefact.file if artefact else None)),
            _fact("sha256", "sha256", claim.artefact),
        ]
        if artefact:
            says += [
                _fact("tiêu đề", "title", artefact.title),
                _fact("cơ quan công bố", "publisher", artefact.publisher),
                _fact("nguồn", "source", artefact.source),
            ]
        published_on = claim.published_on or (artefact.published_on if artefact else None)
        if published_on:
            says.append(Text("ngày công bố: ", "published: ") + wording.day(published_on))
        return Step(side + Text(": bản gốc", ": original"), tuple(line for line in says if line))

    def _place(self, claim: Claim, side: Text) -> Step:
        says: list[Text] = []
        marked = self.texts.mark(claim)
        if claim.sheet or claim.cells:
            says.append(
                Text("trang ", "sheet ")
                + same(claim.sheet or "–")
                + Text(", ô ", ", cells ")
                + same(claim.cells or "–")
            )
        if marked:
            says.append(Text("ký tự ", "characters ") + same(f"{claim.span_start}–{claim.span_end}: «{marked.quote}»"))
            says.append(Text("câu: ", "sentence: ") + same(_one_line(f"{marked.before}«{marked.quote}»{marked.after}")))
        return Step(side + Text(": chỗ ghi", ": place"), tuple(says or [Text("không ghi", "not recorded")]))

    def _said(self, claim: Claim, side: Text) -> Step:
        value = (
            wording.HELD + Text(" (không công bố số)", " (no number is published)")
            if claim.is_held
            else wording.quantity(claim.value, claim.unit, high=claim.value_high, qualifier=claim.qualifier)
        )
        says = [Text("giá trị: ", "value: ") + value]
        exact = wording.exact(claim.value, claim.unit, claim.value_high)
        if exact and exact.vi not in value.vi:
            says.append(Text("số đầy đủ: ", "exactly: ") + exact)
        says.append(Text("kỳ: ", "period: ") + wording.period(claim.period_start, claim.period_end))
        says.append(
            Text("loại nguồn: ", "origin: ") + wording.ORIGINS.get(claim.origin or "", same(claim.origin or "–"))
        )
        if claim.scope_note:
            says.append(Text("phần: ", "part: ") + same(claim.scope_note))
        if isinstance(claim, Target):
            says.append(Text("cách đo: ", "basis: ") + wording.BASES.get(claim.basis, same(claim.basis)))
            derivation = wording.either(claim.derivation_vi, claim.derivation_en)
            says += [derivation] if derivation else []
            key = claim.target_key
        elif isinstance(claim, Result):
            computation = wording.either(claim.computation_vi, claim.computation_en)
            says += [computation] if computation else []
            key = claim.result_key
        else:
            key = claim.kpi_cell
        says.append(Text("mã: ", "key: ") + same(key))
        return Step(side + Text(": số liệu", ": claim"), tuple(says))

    def _inputs(self, keys: Sequence[str], side: Text) -> Step:
        """The results that a number was derived from: growth from two levels, a plan from a result and its share."""
        says = []
        for key in keys:
            result = self.published.results.get(key)
            if result is None:
                says.append(Text(f"kết quả {key} không có trong bản này", f"result {key} is not in this release"))
                continue
            value = (
                wording.HELD
                if result.is_held
                else wording.quantity(result.value, result.unit, high=result.value_high, qualifier=result.qualifier)
            )
            parts = (
                notes.indicator_name(self.published, result.indicator),
                value,
                wording.period(result.period_start, result.period_end),
                notes.document_name(self.published, result),
            )
            said = [part for part in parts if part]
            says.append(Text(", ".join(part.vi for part in said), ", ".join(part.en for part in said)))
        return Step(side + Text(": tính từ", ": derived from"), tuple(says))

    def _gate(self, claim: Claim, side: Text) -> Step:
        key = claim.target_key if isinstance(claim, Target) else claim.result_key if isinstance(claim, Result) else ""
        verdicts = [verdict for verdict in self.published.verdicts if _concerns(verdict, key, claim.kpi_cell)]
        says = [_verdict(verdict) for verdict in verdicts]
        if claim.is_held:
            reason = wording.either(claim.held_reason_vi, claim.held_reason_en)
            says.insert(0, Text("giữ lại: ", "held: ") + reason + same(f" [{claim.held_by}]"))
        elif not verdicts:
            says = [Text("đạt mọi kiểm tra", "passed every check")]
        return Step(side + Text(": kiểm tra", ": gate"), tuple(says))

    def _choice(self, row: Attainment, chosen: Sequence[Result]) -> Step:
        """Which of the results reported for the target was taken, and which were there besides."""
        keys = {result.result_key for result in chosen}
        others = [
            result
            for result in self.published.results.values()
            if result.indicator == row.indicator
            and result.scope == row.scope
            and result.province_key == row.province_key
            and result.result_key not in keys
        ]
        says = [
            Text(f"chọn {len(chosen)} kết quả", f"{len(chosen)} result{'' if len(chosen) == 1 else 's'} taken")
            if chosen
            else Text("không có kết quả nào dùng được", "no result that could be used")
        ]
        for result in others:
            value = (
                wording.HELD
                if result.is_held
                else wording.quantity(result.value, result.unit, qualifier=result.qualifier)
            )
            differs = self.differing.get(result.result_key)
            says.append(
                Text("không dùng: ", "not taken: ")
                + value
                + same(", ")
                + wording.period(result.period_start, result.period_end)
                + same(", ")
                + notes.document_name(self.published, result)
                + (_difference(differs) if differs else Text("", ""))
            )
        return Step(Text("Chọn kết quả", "Choice"), tuple(says))

    def _comparison(self, row: Attainment) -> Step:
        says = []
        if row.ratio is not None:
            says.append(Text("tỷ lệ đạt: ", "way to the target: ") + wording.percent(row.ratio))
        if row.gap is not None:
            says.append(Text("chênh lệch: ", "gap: ") + wording.quantity(row.gap, row.unit))
        if row.expected_value is not None:
            says.append(
                Text("mức phải có đến nay: ", "expected by now: ") + wording.quantity(row.expected_value, row.unit)
            )
        if row.baseline_value is not None:
            says.append(Text("mức gốc: ", "baseline: ") + wording.quantity(row.baseline_value, row.unit))
        says.append(Text("trạng thái: ", "status: ") + wording.status(row.status))
        meaning = wording.STATUS_MEANINGS.get(row.status)
        says += [meaning] if meaning else []
        if row.is_stale or row.held_result_key:
            reason = wording.either(row.stale_reason_vi, row.stale_reason_en)
            since = Text(" từ ", " since ") + wording.day(row.stale_since) if row.stale_since else Text("", "")
            head = wording.STALE if row.is_stale else wording.HELD
            says.append(head + since + same(": ") + reason)
        evidence = wording.either(row.evidence_vi, row.evidence_en)
        says += [evidence] if evidence else []
        says.append(Text("đánh giá ngày ", "evaluated on ") + wording.day(row.evaluated_on))
        return Step(Text("Đối chiếu", "Comparison"), tuple(says))


def _counted_step(result: Result, counted: CountedRows, side: Text) -> Step:
    rows = len(counted.rows)
    says = [Text(f"{rows} dòng", f"{rows} row{'' if rows == 1 else 's'}")]
    if counted.among is not None:
        says = [says[0] + Text(f" trên {counted.among}", f" of {counted.among}")]
    if not counted.agrees:
        found = wording.quantity(counted.found, result.unit) or same("–")
        says.append(
            Text("các dòng này cho ", "these rows give ")
            + found
            + Text(
                ", khác số công bố: xem cách tính ở trên", ", not the published number: the computation above decides"
            )
        )
    for row in counted.rows:
        place = same(f"{row.sheet} {row.cells}: ".lstrip())
        amount = same("")
        if row.value is not None:
            amount = same(" = ") + wording.plain_number(row.value)
        says.append(place + same(_one_line(row.label)) + amount)
    return Step(side + Text(": các dòng được tính", ": rows counted"), tuple(says))


def _concerns(verdict: Verdict, key: str, kpi_cell: str) -> bool:
    """A verdict names the claim, or (older suites) only its KPI cell."""
    return verdict.subject_key == key or (not verdict.subject_key and verdict.kpi_cell == kpi_cell)


def _verdict(verdict: Verdict) -> Text:
    reason = wording.either(verdict.reason_vi, verdict.reason_en)
    effect = f" [{verdict.effect}]" if verdict.effect else ""
    return same(f"{verdict.expectation}{effect}: ") + reason


def _fact(vi: str, en: str, value: str | None) -> Text:
    return Text(f"{vi}: {value}", f"{en}: {value}") if value else Text("", "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


# Names that people type


def _look_up(name: str, names: dict[str, list[str]], kind: str) -> str:
    """The code whose code or name is `name`; accents, letter case and blanks don't matter, beginnings and parts do."""
    wanted = fold(name)
    folded = {code: [fold(text) for text in texts] for code, texts in names.items()}
    for matches in (
        [code for code, texts in folded.items() if wanted in texts],
        [code for code, texts in folded.items() if wanted and any(wanted in text for text in texts)],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            there = "; ".join(f"{code} ({names[code][-1]})" for code in sorted(matches)[:8])
            raise NotPublished(f"{name!r}: expected one {kind}, found {len(matches)}: {there}. Give its code.")
    every = {text: code for code, texts in folded.items() for text in texts}
    close = list(dict.fromkeys(every[text] for text in difflib.get_close_matches(wanted, every, n=5, cutoff=0.5)))
    there = "; ".join(f"{code} ({names[code][-1]})" for code in close or sorted(names)[:8])
    raise NotPublished(
        f"{name!r}: expected the code or name of one {kind} of this release, found none like it. "
        f"{'Close to it' if close else 'There is'}: {there or 'nothing'}."
    )


def _difference(row: Discrepancy) -> Text:
    """By how much a claim differs from the chosen one, and why the other was chosen."""
    said = Text("; chênh lệch ", "; differs by ") + wording.quantity(row.difference, row.unit)
    return (
        said
        + Text(", số kia được chọn vì ", ", the other was taken because ")
        + wording.CHOICES.get(row.chosen_by, same(row.chosen_by))
    )


def _bounds(period: str) -> tuple[dt.date, dt.date]:
    """The first and last day of "2023", "2021-2025" or "2023-06-30"."""
    try:
        if len(period) == 10:
            day = dt.date.fromisoformat(period)
            return day, day
        first, _, last = period.replace("–", "-").partition("-")
        return dt.date(int(first), 1, 1), dt.date(int(last or first), 12, 31)
    except ValueError:
        raise NotPublished(
            f"--period {period!r}: expected a year (2023), two years (2021-2025) or a date (2023-06-30). Write it so."
        ) from None


def _is_asked(
    row: Attainment | Claim | RestatedPoint, scope: str | None, bounds: tuple[dt.date, dt.date] | None
) -> bool:
    if scope is not None and (row.scope or "all") != scope:
        return False
    if bounds is None:
        return True
    start, end = row.period_start or row.period_end, row.period_end or row.period_start
    if start is None or end is None:
        return False
    first, last = bounds
    if first == last:  # a day: the periods it falls in
        return start <= first <= end
    return first <= start and end <= last


def _period_option(row: Attainment | Claim) -> str:
    end = row.period_end
    start = row.period_start or end
    if start is None or end is None:
        return "–"
    return f"{start.year}" if start.year == end.year else f"{start.year}-{end.year}"


# As text


def lines(explanations: Iterable[Explanation], language: str) -> list[str]:
    """The explanations as lines for a terminal, in ``vi`` or ``en``."""

    def say(text: Text) -> str:
        return text.vi if language == "vi" else text.en

    said: list[str] = []
    for explanation in explanations:
        said += [say(explanation.of), "  " + say(explanation.value)]
        for number, step in enumerate(explanation.steps, start=1):
            said.append(f"  {number:>2}. {say(step.name)}")
            said += ["        " + say(line) for line in step.says]
        said.append("")
    return said


def as_json(explanations: Iterable[Explanation]) -> list[dict[str, object]]:
    """The explanations as plain data, with both languages."""
    return [dataclasses.asdict(explanation) for explanation in explanations]
