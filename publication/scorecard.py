"""The scorecard: what each programme promised, what was reached, and why we know.

One static page; when there is more than an official's phone opens at ease, an overview and a page for each programme.
All numbers are in the HTML; the language switch, the filter and the proofs work without a script, so the page may
forbid every script (and does): no text from a document can run. Templates escape everything; nothing here builds
markup, and the pictures come from `charts`.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from publication import notes, ways, wording
from publication.published import (
    Attainment,
    Check,
    Claim,
    Discrepancy,
    Province,
    Published,
    QuarantineEntry,
    ReportDue,
    Result,
    Target,
    Verdict,
)
from publication.sources import MarkedSentence, Texts
from publication.wording import Text, fold, same

_HERE = Path(__file__).resolve().parent


@dataclasses.dataclass(frozen=True)
class Edition:
    """Which release a page belongs to."""

    release_id: str
    content_hash: str
    as_of: dt.date
    code_version: str
    previous: str | None
    attached: frozenset[str] = frozenset()  # folders of documentation beside the tables


@dataclasses.dataclass(frozen=True)
class Proof:
    """Where a number comes from: a marked sentence, or sheet and cells, or how it was computed from a register."""

    words: Text
    origin: Text
    document: str
    title: str
    artefact: str
    published: Text
    sheet: str
    cells: str
    marked: MarkedSentence | None
    computation: Text
    rows_counted: int | None
    exact: Text
    has_text: bool


@dataclasses.dataclass(frozen=True)
class Figure:
    """A number as it is read, the date or period it is of, and its proofs: several where it is a sum of results."""

    words: Text
    of: Text
    proofs: tuple[Proof, ...]


@dataclasses.dataclass(frozen=True)
class Bar:
    """The way to the target. Positions in percent of the bar's width, which is the target."""

    filled: str
    expected: str | None
    label: Text


@dataclasses.dataclass(frozen=True)
class Hold:
    """A number that is not published: what it is of, why, since when and where it stands."""

    what: Text
    reason: Text
    gate: str
    place: Text
    since: Text
    is_overdue: bool


@dataclasses.dataclass(frozen=True)
class ReleasedHold:
    """A number that failed a check and is published all the same: who signed for it, when and why."""

    what: Text
    reason: Text
    expectation: str
    decision: str
    signed_by: str
    signed_on: Text


@dataclasses.dataclass(frozen=True)
class KpiRow:
    """One target set against its result."""

    name: Text
    details: tuple[Text, ...]
    status: str
    target: Figure
    result: Figure | None
    bar: Bar | None
    picture: Markup | None
    discrepancies: int
    lower_is_better: bool
    stale: Text | None
    hold: Hold | None
    evidence: Text


@dataclasses.dataclass(frozen=True)
class ResultRow:
    """One result that no target is set against; `earlier` counts the older ones of the same thing."""

    name: Text
    details: tuple[Text, ...]
    figure: Figure
    held: Hold | None
    earlier: int


@dataclasses.dataclass(frozen=True)
class DiscrepancyRow:
    """Two claims that say different things of one KPI cell: which was taken, by which rule, and how far apart."""

    name: Text
    details: tuple[Text, ...]
    chosen: Figure
    other: Figure
    difference: Text
    rule: Text
    is_explained: bool  # "about 2,000" and 2,014 do not contradict each other


@dataclasses.dataclass(frozen=True)
class Subject:
    """The targets of one subject (cooperatives, training, finance) in one programme and province."""

    name: Text
    rows: tuple[KpiRow, ...]


@dataclasses.dataclass(frozen=True)
class Card:
    """One programme, or what a province reported outside of any."""

    anchor: str
    file: str  # of its own page, where it has one, without the extension
    is_programme: bool
    place: Text
    territory: str | None  # province key of the last form of its province
    name: Text
    facts: tuple[Text, ...]
    counts: tuple[tuple[str, int], ...]
    conflicts: tuple[Text, ...]
    discrepancies: tuple[DiscrepancyRow, ...]
    subjects: tuple[Subject, ...]
    results: tuple[ResultRow, ...]

    @property
    def rows(self) -> int:
        return self.targets + len(self.results) + len(self.discrepancies)

    @property
    def held(self) -> int:
        return sum(row.hold is not None for subject in self.subjects for row in subject.rows) + sum(
            row.held is not None for row in self.results
        )

    @property
    def targets(self) -> int:
        return sum(count for _, count in self.counts)


@dataclasses.dataclass(frozen=True)
class Tile:
    """One of today's provinces on the tile map, with the statuses of all targets on its territory."""

    name: str
    column: int
    row: int
    counts: tuple[tuple[str, int], ...]
    card: Card | None

    @property
    def targets(self) -> int:
        return sum(count for _, count in self.counts)

    @property
    def met(self) -> int:
        return sum(count for status, count in self.counts if status in ("achieved", "on_track"))


@dataclasses.dataclass(frozen=True)
class CoverageRow:
    """What came in from one province: for each kind of document how many, and how many could not be read."""

    province: Text
    cells: tuple[tuple[int, Text], ...]  # documents, newest reporting or publication date
    quarantined: int


@dataclasses.dataclass(frozen=True)
class DutyRow:
    """What one province has to report, year by year: status, its words, date received or due; None: nothing is due."""

    province: Text
    duty: Text
    legal_basis: str
    years: tuple[tuple[str, Text, Text] | None, ...]


@dataclasses.dataclass(frozen=True)
class CheckRow:
    """What was checked before publication: what it protects, how often, and how often it failed."""

    protects: Text
    effect: Text
    checked: Text
    failed: int


@dataclasses.dataclass(frozen=True)
class WarningRow:
    """What is worth a look and holds nothing back: what it is about, what was found there, why, and in which place."""

    what: Text
    found: Text
    reason: Text
    place: Text


@dataclasses.dataclass(frozen=True)
class Page:
    """Everything the page shows."""

    edition: Edition
    as_of: Text
    counts: tuple[tuple[str, int], ...]
    stale: int
    discrepancies: int
    reports_missing: int
    cards: tuple[Card, ...]
    tiles: tuple[Tile, ...]
    holds: tuple[Hold, ...]
    released: tuple[ReleasedHold, ...]
    quarantine: tuple[QuarantineEntry, ...]
    warnings: tuple[WarningRow, ...]
    checks: tuple[CheckRow, ...]
    coverage: tuple[CoverageRow, ...]
    duty_years: tuple[int, ...]
    duties: tuple[DutyRow, ...]
    documents: Counter[str]
    changes: notes.Changes

    @property
    def is_split(self) -> bool:
        """Whether each card has a page of its own."""
        return sum(card.rows for card in self.cards) > _MAX_ROWS

    @property
    def overdue_holds(self) -> int:
        return sum(hold.is_overdue for hold in self.holds)

    @property
    def conflicts(self) -> int:
        return sum(len(card.conflicts) for card in self.cards)


def render(published: Published, edition: Edition, changes: notes.Changes, texts: Path) -> dict[str, str]:
    """The scorecard as HTML, by file name in the release.

    ``scorecard.html`` opens in Vietnamese, ``scorecard.en.html`` is the same in English. With more than `_MAX_ROWS`
    targets and results, these hold the overview, each programme and province has its page in ``scorecard/``, and a
    page has one language.

    `texts` holds the quoted bulletins' texts (``<artefact>.txt``), which decide where in a sentence a quote stands.
    """
    page = _Composer(published, edition, changes, Texts(texts)).page()
    words: dict[str, Any] = {
        "page": page,
        "is_split": page.is_split,
        "STATUSES": wording.STATUSES,
        "MEANINGS": wording.STATUS_MEANINGS,
        "STALE": wording.STALE,
        "STALE_MEANING": wording.STALE_MEANING,
        "HELD": wording.HELD,
        "HELD_MEANING": wording.HELD_MEANING,
        "limit": _MAX_LISTED,
        "COVERAGE": [name for name, _ in _COVERAGE],
    }
    pages = {}
    for language, ending in (("vi", ".html"), ("en", ".en.html")):
        words |= {"language": language, "ending": ending, "languages": (language,) if page.is_split else ("vi", "en")}
        template = _environment().get_template("scorecard.html.j2")
        pages[f"scorecard{ending}"] = template.render(root="", here="scorecard", **words)
        for card in page.cards if page.is_split else ():
            template = _environment().get_template("programme.html.j2")
            pages[f"scorecard/{card.file}{ending}"] = template.render(root="../", here=card.file, card=card, **words)
    return pages


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda count: wording.plain_number(Decimal(count))
    return environment


_OVERDUE = "hold_answered_in_time"  # the expectation about holds that nobody has answered for too long
_RELEASED = "hold released"
_MAX_ROWS = 800  # targets and results of one page: about 2.5 MB
_MAX_LISTED = 200  # entries of one list; a page that an official opens on a phone stays small, the tables hold all

_COVERAGE: tuple[tuple[Text, str], ...] = (
    (
        Text("Bản tin", "Bulletins"),
        "SELECT province_key, artefact, published_on AS day FROM marts.dim_artefact"
        " WHERE kind = 'bulletin' AND status = 'read'",
    ),
    (
        Text("Sổ theo dõi HTX", "Cooperative registers"),
        "SELECT province_key, artefact, period_end AS day FROM marts.fct_cooperative_status",
    ),
    (
        Text("Lớp đào tạo", "Training classes"),
        "SELECT province_key, artefact, period_end AS day FROM marts.fct_training_class",
    ),
    (
        Text("Khoản vay", "Loans"),
        "SELECT province_key, artefact, period_end AS day FROM marts.fct_finance_loan",
    ),
    (
        Text("Khoản hỗ trợ", "Support"),
        "SELECT province_key, artefact, period_end AS day FROM marts.fct_finance_support",
    ),
    (
        Text("Biểu chỉ tiêu", "Indicator tables"),
        "SELECT province_key, artefact, period_end AS day FROM marts.fct_kpi_result WHERE origin = 'report'",
    ),
)


class _CardKey(NamedTuple):
    """What a card is about: a programme, or (without one) a province."""

    programme: str | None
    province_key: str | None


class _Composer:
    """Turns the published tables into what the page shows."""

    def __init__(self, published: Published, edition: Edition, changes: notes.Changes, texts: Texts) -> None:
        self.published = published
        self.edition = edition
        self.changes = changes
        self.texts = texts
        self.order = {code: number for number, code in enumerate(published.indicators)}
        self.overdue = {row.subject_key for row in published.verdicts if row.expectation == _OVERDUE}
        self.pictures: dict[str, Markup] = {}
        self.discrepancies: dict[_CardKey, list[Discrepancy]] = defaultdict(list)
        self.disputed: Counter[str] = Counter()  # by result: how many others say something else
        for row in published.discrepancies:
            self.discrepancies[self._card_key(row.programme, row.province_key)].append(row)
            if not row.is_explained_by_wording:
                self.disputed.update((row.chosen_result_key, row.other_result_key))

    def page(self) -> Page:
        attainments = self._latest_evaluations()
        self.pictures = ways.pictures(self.published, attainments)
        cards = self._cards(attainments)
        # One cell can give two claims (a year, and the day it ends on): what reads the same is said once.
        holds = tuple(
            dict.fromkeys(
                self._hold(claim)
                for claim in [*self.published.targets.values(), *self.published.results.values()]
                if claim.is_held
            )
        )
        return Page(
            edition=self.edition,
            as_of=wording.day(self.edition.as_of),
            counts=_counts(attainments),
            stale=sum(row.is_stale for row in attainments),
            discrepancies=sum(not row.is_explained_by_wording for row in self.published.discrepancies),
            reports_missing=sum(row.status == "missing" for row in self.published.reports_due),
            cards=cards,
            tiles=self._tiles(attainments, cards),
            holds=holds,
            released=self._released(),
            quarantine=tuple(self.published.quarantine),
            warnings=tuple(self._warning(verdict) for verdict in self.published.verdicts if verdict.effect == "warn"),
            checks=self._checks(),
            coverage=self._coverage(),
            duty_years=tuple(sorted({row.year for row in self.published.reports_due})),
            duties=self._duties(),
            documents=Counter(row.status for row in self.published.artefacts.values()),
            changes=self.changes,
        )

    def _latest_evaluations(self) -> list[Attainment]:
        """Each target's newest evaluation: the table keeps one row for every evaluation date."""
        latest: dict[tuple[str, dt.date | None, dt.date | None], Attainment] = {}
        for row in self.published.attainments:
            key = (row.target_key, row.period_start, row.period_end)
            if key not in latest or latest[key].evaluated_on < row.evaluated_on:
                latest[key] = row
        return sorted(latest.values(), key=self._attainment_order)

    def _attainment_order(self, row: Attainment) -> tuple[Any, ...]:
        return (
            row.programme or "",
            self.order.get(row.indicator, len(self.order)),
            row.indicator,
            row.scope or "",
            row.province_key or "",
            row.basis,
            row.period_start or dt.date.min,
            row.period_end or dt.date.min,
            row.target_key,
        )

    # Programmes

    def _cards(self, attainments: Sequence[Attainment]) -> tuple[Card, ...]:
        """One card a programme; then, province by province, what belongs to no programme."""
        rows: dict[_CardKey, list[Attainment]] = defaultdict(list)
        for row in attainments:
            rows[self._card_key(row.programme, row.province_key)].append(row)
        shown = {
            key
            for row in attainments
            for key in (row.result_key, row.held_result_key, *(row.result_keys or "").split())
        }
        results: dict[_CardKey, list[Result]] = defaultdict(list)
        for result in self.published.results.values():
            if result.result_key not in shown:
                results[self._card_key(result.programme, result.province_key)].append(result)
        programmes = {_CardKey(code, None) for code in self.published.programmes}
        keys = programmes | rows.keys() | results.keys() | self.discrepancies.keys()
        ordered = sorted(keys, key=self._card_order)
        return tuple(
            self._card(f"p{number}", key, rows.get(key, []), results.get(key, []))
            for number, key in enumerate(ordered, start=1)
        )

    def _card_order(self, key: _CardKey) -> tuple[Any, ...]:
        """Programmes first, then provinces outside of them, both by the names of the provinces."""
        programme = self.published.programmes.get(key.programme or "")
        province = self.published.provinces.get((programme.province_key if programme else key.province_key) or "")
        name = fold(province.short_name) if province else "~"
        return (key.programme is None, name, key.programme or "", key.province_key or "")

    def _card_key(self, programme: str | None, province_key: str | None) -> _CardKey:
        return _CardKey(programme, None if programme else province_key)

    def _card(self, anchor: str, key: _CardKey, rows: Sequence[Attainment], results: Sequence[Result]) -> Card:
        subjects: dict[str, list[KpiRow]] = defaultdict(list)
        programme = self.published.programmes.get(key.programme or "")
        home = programme.province_key if programme else key.province_key
        for row in rows:
            indicator = self.published.indicators.get(row.indicator)
            subjects[indicator.domain if indicator else ""].append(self._kpi_row(row, home))
        place = self._place(home) or Text("Không rõ tỉnh", "Province unknown")
        if key.programme is None:
            name = place + Text(": ngoài các chương trình", ": outside programmes")
        else:
            name = notes.programme_name(self.published, key.programme)
        return Card(
            place=place,
            anchor=anchor,
            # A link that people pass on should outlive a new programme in between; a code of strange signs can't.
            file=code if re.fullmatch(r"[a-z0-9_]{1,80}", code := key.programme or "") else anchor,
            is_programme=key.programme is not None,
            territory=self._last_form(home),
            name=name,
            facts=self._facts(key.programme),
            counts=_counts(rows),
            conflicts=self._conflicts(key.programme),
            discrepancies=self._discrepancy_rows(self.discrepancies.get(key, []), home),
            subjects=tuple(
                Subject(wording.DOMAINS.get(domain, Text("Khác", "Other")), tuple(found))
                for domain, found in sorted(subjects.items(), key=lambda item: _domain_order(item[0]))
            ),
            results=self._result_rows(results, home),
        )

    def _conflicts(self, programme: str | None) -> tuple[Text, ...]:
        """Promises of one programme that contradict each other: both are shown, neither is corrected."""
        return tuple(
            notes.indicator_name(self.published, row.indicator)
            + same(": ")
            + wording.either(row.conflict_vi, row.conflict_en)
            for row in self.published.target_conflicts
            if programme is not None and row.programme == programme
        )

    def _facts(self, code: str | None) -> tuple[Text, ...]:
        programme = self.published.programmes.get(code or "")
        if programme is None:
            return ()
        facts = [self._place(programme.province_key), wording.period(programme.starts_on, programme.ends_on)]
        facts += [same(text) for text in (programme.legal_basis, programme.publisher) if text]
        return tuple(fact for fact in facts if fact)

    def _place(self, province_key: str | None) -> Text:
        """A province as named in its time, with today's name where it is another."""
        name = notes.province_name(self.published, province_key)
        today = self._today(province_key)
        if today is None or today.province_key == province_key:
            return name
        then = self.published.provinces[province_key or ""]
        if today.short_name == then.short_name:
            if today.territory_key == then.territory_key or then.valid_to is None:
                return name
            # The same name on another territory: Đồng Nai before and after it took in Bình Phước.
            until = wording.day(then.valid_to)
            return name + Text(f" (đến {until.vi})", f" (until {until.en})")
        return name + Text(f" (nay thuộc {today.name_vi})", f" (now part of {today.name_en})")

    def _today(self, province_key: str | None) -> Province | None:
        then = self.published.provinces.get(province_key or "")
        return self.published.provinces.get(then.current_province_key) if then else None

    # Targets

    def _kpi_row(self, row: Attainment, home: str | None) -> KpiRow:
        target = self.published.targets.get(row.target_key)
        result = self.published.results.get(row.result_key or "")
        held: Claim | None = self.published.results.get(row.held_result_key or "")
        held = held or self.published.targets.get(row.held_target_key or "")
        hold = self._hold(held) if held else None
        indicator = self.published.indicators.get(row.indicator)
        details = (
            wording.period(row.period_start, row.period_end),
            wording.scope(row.scope),
            wording.scope_note(row.scope_note),
            self._place(row.province_key) if row.province_key != home else Text("", ""),
            wording.BASES.get(row.basis, same(row.basis)),
        )
        return KpiRow(
            name=notes.indicator_name(self.published, row.indicator),
            details=tuple(detail for detail in details if detail),
            status=row.status if row.status in wording.STATUSES else "no_data",
            target=self._target_figure(row, target),
            result=self._result_figure(row, result),
            bar=_bar(row),
            picture=self.pictures.get(row.attainment_key),
            discrepancies=sum(self.disputed[key] for key in {row.result_key, *(row.result_keys or "").split()} if key),
            lower_is_better=bool(indicator and indicator.direction == "down"),
            stale=self._stale(row),
            hold=hold,
            evidence=wording.either(row.evidence_vi, row.evidence_en),
        )

    def _target_figure(self, row: Attainment, target: Target | None) -> Figure:
        words = wording.quantity(row.target_value, row.unit, high=row.target_value_high, qualifier=row.qualifier)
        exact = wording.exact(row.target_value, row.unit, row.target_value_high)
        return Figure(
            words=words or Text("không có số", "no number"),
            of=Text("", ""),
            proofs=(self._proof(target, exact),) if target else (),
        )

    def _result_figure(self, row: Attainment, result: Result | None) -> Figure | None:
        if row.result_value is None:
            return None
        high = result.value_high if result and result.value == row.result_value else None
        parts = [
            self.published.results[key] for key in (row.result_keys or "").split() if key in self.published.results
        ]
        if not parts and result:
            parts = [result]
        return Figure(
            words=wording.quantity(row.result_value, row.unit, high=high, qualifier=row.result_qualifier),
            of=wording.period(row.result_period_start, row.result_period_end),
            proofs=tuple(self._proof(part, wording.exact(part.value, part.unit, part.value_high)) for part in parts),
        )

    def _stale(self, row: Attainment) -> Text | None:
        if not row.is_stale:
            return None
        said = wording.STALE
        if row.stale_since:
            days = row.stale_days if row.stale_days is not None else (self.edition.as_of - row.stale_since).days
            said = said + same(" ") + self._since(row.stale_since, days)
        reason = wording.either(row.stale_reason_vi, row.stale_reason_en)
        document = self.published.artefacts.get(row.stale_artefact or "")
        return (
            said
            + (same(": ") + reason if reason else reason)
            + same(f" · {document.file}" if document and document.file else "")
            + same(f" [{row.stale_expectation}]" if row.stale_expectation else "")
        )

    # Claims that differ

    def _discrepancy_rows(self, rows: Iterable[Discrepancy], home: str | None) -> tuple[DiscrepancyRow, ...]:
        """Those that the wording explains stand last; the widest gap comes first."""
        ordered = sorted(
            rows,
            key=lambda row: (row.is_explained_by_wording, -abs(row.difference_pct or Decimal(0)), row.discrepancy_key),
        )
        return tuple(row for found in ordered if (row := self._discrepancy_row(found, home)))

    def _discrepancy_row(self, row: Discrepancy, home: str | None) -> DiscrepancyRow | None:
        chosen = self.published.results.get(row.chosen_result_key)
        other = self.published.results.get(row.other_result_key)
        if chosen is None or other is None:
            return None
        details = (
            wording.period(row.period_start, row.period_end),
            wording.scope(row.scope),
            wording.scope_note(row.scope_note),
            self._place(row.province_key) if row.province_key != home else Text("", ""),
        )
        difference = wording.quantity(row.difference, row.unit)
        if row.difference_pct is not None and row.unit != "percent":
            difference = difference + same(" (") + wording.plain_number(row.difference_pct, 1) + same("%)")
        return DiscrepancyRow(
            name=notes.indicator_name(self.published, row.indicator),
            details=tuple(detail for detail in details if detail),
            chosen=self._claim_figure(chosen),
            other=self._claim_figure(other),
            difference=difference,
            rule=wording.CHOICES.get(row.chosen_by, same(row.chosen_by)),
            is_explained=row.is_explained_by_wording,
        )

    def _claim_figure(self, result: Result) -> Figure:
        return Figure(
            words=wording.quantity(result.value, result.unit, high=result.value_high, qualifier=result.qualifier),
            of=wording.ORIGINS.get(result.origin or "", same(result.origin or "")),
            proofs=(self._proof(result, wording.exact(result.value, result.unit, result.value_high)),),
        )

    # Results without a target

    def _result_rows(self, results: Iterable[Result], home: str | None) -> tuple[ResultRow, ...]:
        """The newest result of each thing reported; older ones are counted, and are in the tables."""
        series: dict[tuple[Any, ...], list[Result]] = defaultdict(list)
        for result in results:
            key = (
                self.order.get(result.indicator, len(self.order)),
                result.indicator,
                result.scope or "",
                result.scope_note or "",
                result.province_key or "",
                result.origin or "",
                result.source_system or "",
            )
            series[key].append(result)
        rows = []
        for _, found in sorted(series.items(), key=lambda item: item[0]):
            shown = _newest(found)
            rows += [self._result_row(result, len(found) - len(shown), home) for result in shown]
        return tuple(rows)

    def _result_row(self, result: Result, earlier: int, home: str | None) -> ResultRow:
        words = wording.quantity(result.value, result.unit, high=result.value_high, qualifier=result.qualifier)
        details = (
            wording.period(result.period_start, result.period_end),
            wording.scope(result.scope),
            wording.scope_note(result.scope_note),
            self._place(result.province_key) if result.province_key != home else Text("", ""),
            wording.ORIGINS.get(result.origin or "", same(result.origin or "")),
        )
        held = self._hold(result) if result.is_held else None
        return ResultRow(
            name=notes.indicator_name(self.published, result.indicator),
            details=tuple(detail for detail in details if detail),
            figure=Figure(
                words=words,
                of=Text("", ""),
                proofs=()
                if held
                else (self._proof(result, wording.exact(result.value, result.unit, result.value_high)),),
            ),
            held=held,
            earlier=earlier,
        )

    # Proof and holds

    def _proof(self, claim: Claim, exact: Text) -> Proof:
        artefact = self.published.artefacts.get(claim.artefact or "")
        rows_counted = None
        if isinstance(claim, Result):
            computation = wording.either(claim.computation_vi, claim.computation_en)
            rows_counted = claim.rows_counted
        elif isinstance(claim, Target):
            computation = wording.either(claim.derivation_vi, claim.derivation_en)
        else:
            computation = Text("", "")
        published_on = claim.published_on or (artefact.published_on if artefact else None)
        file = claim.file or (artefact.file if artefact else None) or ""
        words = wording.quantity(claim.value, claim.unit, high=claim.value_high, qualifier=claim.qualifier)
        period = wording.period(claim.period_start, claim.period_end)
        return Proof(
            words=words + same(" · ") + period if words and period else words,
            origin=wording.ORIGINS.get(claim.origin or "", same(claim.origin or "")),
            document=file,
            title=artefact.title if artefact and artefact.title and artefact.title != file else "",
            artefact=claim.artefact or "",
            published=wording.day(published_on),
            sheet=claim.sheet or "",
            cells=claim.cells or "",
            marked=self.texts.mark(claim),
            computation=computation,
            rows_counted=rows_counted,
            # Only an amount of money is ever shown rounded.
            exact=exact if (claim.unit or "").startswith("VND") else Text("", ""),
            has_text=self.texts.get(claim.artefact) is not None,
        )

    def _what(self, claim: Claim) -> Text:
        """What a claim is about: indicator, scope, province, period."""
        what = notes.indicator_name(self.published, claim.indicator)
        for part in (
            wording.scope(claim.scope),
            notes.province_name(self.published, claim.province_key),
            wording.period(claim.period_start, claim.period_end),
        ):
            if part:
                what = what + same(" · ") + part
        return what

    def _warning(self, verdict: Verdict) -> WarningRow:
        key = verdict.subject_key or ""
        claim: Claim | None = self.published.results.get(key) or self.published.targets.get(key)
        column, _, value = (verdict.found or "").partition(" = ")
        found = same(value or column)
        if claim is not None and column in ("value", "value_high") and not claim.is_held:
            found = wording.quantity(claim.value, claim.unit, high=claim.value_high, qualifier=claim.qualifier)
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            found = wording.day(dt.date.fromisoformat(value))
        artefact = self.published.artefacts.get(key)
        if claim is not None:
            what = self._what(claim)
        elif key in self.published.provinces:
            what = notes.province_name(self.published, key)
        else:
            what = same((artefact.file or key) if artefact else key)
        return WarningRow(
            what=what,
            found=found,
            reason=wording.either(verdict.reason_vi, verdict.reason_en) or same(verdict.expectation),
            place=notes.document_name(self.published, claim) if claim else Text("", ""),
        )

    def _hold(self, claim: Claim) -> Hold:
        artefact = self.published.artefacts.get(claim.artefact or "")
        since = claim.published_on or (artefact.published_on if artefact else None)
        key = claim.result_key if isinstance(claim, Result) else claim.target_key if isinstance(claim, Target) else ""
        return Hold(
            what=self._what(claim),
            reason=wording.either(claim.held_reason_vi, claim.held_reason_en),
            gate=claim.held_by or "",
            place=notes.document_name(self.published, claim),
            since=self._since(since, (self.edition.as_of - since).days) if since else Text("", ""),
            is_overdue=key in self.overdue,
        )

    def _released(self) -> tuple[ReleasedHold, ...]:
        claims: dict[str, Claim] = {**self.published.results, **self.published.targets}
        return tuple(
            ReleasedHold(
                what=self._what(claim)
                + same(": ")
                + wording.quantity(claim.value, claim.unit, high=claim.value_high, qualifier=claim.qualifier),
                reason=wording.either(row.reason_vi, row.reason_en),
                expectation=row.expectation,
                decision=row.review_reason or "",
                signed_by=row.reviewed_by or "",
                signed_on=wording.day(row.reviewed_on),
            )
            for row in self.published.verdicts
            if row.effect == _RELEASED and (claim := claims.get(row.subject_key or ""))
        )

    @staticmethod
    def _since(day: dt.date, days: int) -> Text:
        return Text("từ ", "since ") + wording.day(day) + Text(f" ({days} ngày)", f" ({days} day{_s(days)})")

    def _checks(self) -> tuple[CheckRow, ...]:
        """The checks by what they protect and do: two expectations for one promise (a band's two ends) are one line."""
        lines: dict[tuple[Text, Text], list[Check]] = defaultdict(list)
        for check in self.published.checks:
            protects = wording.either(check.protects_vi, check.protects_en) or same(check.expectation)
            lines[protects, wording.EFFECTS.get(check.effect or "", same(check.effect or ""))].append(check)
        rows = [
            CheckRow(
                protects=protects,
                effect=effect,
                checked=wording.plain_number(Decimal(sum(check.checked or 0 for check in checks))),
                failed=sum(check.failed or 0 for check in checks),
            )
            for (protects, effect), checks in lines.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.failed, row.protects.vi, row.effect.vi)))

    # Map and coverage

    def _last_form(self, province_key: str | None) -> str | None:
        """The province key of what a province has become by now, whatever the date of the release."""
        provinces = self.published.provinces
        seen: set[str] = set()
        while province_key in provinces and province_key not in seen:
            seen.add(province_key)
            successor = provinces[province_key].successor_key
            if successor is None:
                return province_key
            province_key = successor
        return province_key

    def _tiles(self, attainments: Sequence[Attainment], cards: Sequence[Card]) -> tuple[Tile, ...]:
        places = _tile_places()
        on_territory: dict[str | None, list[Attainment]] = defaultdict(list)
        for row in attainments:
            on_territory[self._last_form(row.province_key)].append(row)
        of_territory: dict[str | None, Card] = {}
        for card in sorted(cards, key=lambda card: (not card.counts, not card.is_programme)):
            of_territory.setdefault(card.territory, card)
        lasting = [row for key, row in self.published.provinces.items() if self._last_form(key) == key]
        return tuple(
            Tile(
                name=row.short_name,
                column=places[row.code][0],
                row=places[row.code][1],
                counts=_counts(on_territory[row.province_key]),
                card=of_territory.get(row.province_key),
            )
            for row in sorted(lasting, key=lambda row: places.get(row.code, (0, 0))[::-1])
            if row.code in places
        )

    def _duties(self) -> tuple[DutyRow, ...]:
        """Who had to report what by when, and what has come of it."""
        years = sorted({row.year for row in self.published.reports_due})
        due: dict[tuple[str, str], dict[int, ReportDue]] = defaultdict(dict)
        for report in self.published.reports_due:
            due[report.province_key, report.duty][report.year] = report
        known = list(wording.DUTIES)
        rows = []
        for (province_key, duty), found in due.items():
            cells = [
                (
                    row.status,
                    wording.RECEIPTS.get(row.status, same(row.status)),
                    wording.day(row.received_on or row.due_on),
                )
                if (row := found.get(year))
                else None
                for year in years
            ]
            basis = next((row.legal_basis for row in found.values() if row.legal_basis), "")
            order = (self._place(province_key).vi, known.index(duty) if duty in known else len(known), duty)
            name = wording.DUTIES.get(duty, same(duty))
            rows.append((order, DutyRow(self._place(province_key), name, basis, tuple(cells))))
        return tuple(row for _, row in sorted(rows, key=lambda item: item[0]))

    def _coverage(self) -> tuple[CoverageRow, ...]:
        cells: dict[str | None, dict[int, tuple[int, Text]]] = defaultdict(dict)
        for number, (_, query) in enumerate(_COVERAGE):
            for province_key, documents, newest in self.published.connection.execute(
                f"SELECT province_key, count(DISTINCT artefact), max(day) FROM ({query}) GROUP BY 1"
            ).fetchall():
                cells[province_key][number] = (documents, wording.day(newest))
        unread = Counter(row.province_key for row in self.published.artefacts.values() if row.status == "quarantined")
        keys = sorted(cells.keys() | unread.keys(), key=lambda key: (key is None, self._place(key).vi, key or ""))
        nothing = (0, Text("", ""))
        return tuple(
            CoverageRow(
                province=self._place(key) or Text("Không rõ tỉnh", "Province unknown"),
                cells=tuple(cells[key].get(number, nothing) for number in range(len(_COVERAGE))),
                quarantined=unread[key],
            )
            for key in keys
        )


def _newest(results: Sequence[Result]) -> list[Result]:
    """The accepted results of the last period there is one for, and the held ones of that period and after."""

    def end(result: Result) -> dt.date:
        return result.period_end or dt.date.min

    accepted = [end(result) for result in results if not result.is_held]
    newest = max(accepted) if accepted else max(end(result) for result in results)
    return sorted(
        (result for result in results if end(result) >= newest), key=lambda result: (end(result), result.result_key)
    )


def _counts(rows: Iterable[Attainment]) -> tuple[tuple[str, int], ...]:
    """How many rows have each status, in the order of the legend, without the statuses nobody has."""
    found = Counter(row.status if row.status in wording.STATUSES else "no_data" for row in rows)
    return tuple((status, found[status]) for status in wording.STATUSES if found[status])


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _domain_order(domain: str) -> tuple[int, str]:
    known = list(wording.DOMAINS)
    return (known.index(domain) if domain in known else len(known), domain)


def _bar(row: Attainment) -> Bar | None:
    """The way to the target; none where there is no ratio to show."""
    if row.ratio is None:
        return None
    filled = min(max(row.ratio, Decimal(0)), Decimal(1)) * 100
    expected = None
    if row.expected_value is not None and row.target_value and row.status in ("on_track", "behind"):
        expected = min(max(row.expected_value / row.target_value, Decimal(0)), Decimal(1)) * 100
    return Bar(
        filled=f"{filled:.1f}",
        expected=None if expected is None else f"{expected:.1f}",
        label=wording.percent(row.ratio),
    )


@functools.cache
def _tile_places() -> dict[str, tuple[int, int]]:
    """Column and row of each of today's provinces (by official code) on the tile map; north is up, the sea right."""
    with (_HERE / "tiles.csv").open(encoding="utf-8", newline="") as stream:
        return {line["code"]: (int(line["column"]), int(line["row"])) for line in csv.DictReader(stream)}
