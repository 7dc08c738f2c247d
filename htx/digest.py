"""The digest of a night: what is new, held, late, due soon and broken, each with the command that shows it.

Vietnamese and English. A line that stood in the digest before is marked as old, and old lines come last: what people
read first is what they do not know yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pydantic

from htx.home import Home
from ingestion.files import write_bytes
from ingestion.sources import adhoc

if TYPE_CHECKING:
    import duckdb

    from htx.nightly import Published, RunReport
    from htx.source_health import SourceHealth

State = Literal["published", "unchanged", "taken_back", "failed"]
SectionName = Literal["alerts", "new", "held", "broken", "late", "deadlines"]

KEPT = 100  # lines of a section that are kept in full; all are counted
REASON = 1000  # characters that are told of why a task failed
DEADLINE_DAYS = 30  # how far ahead the reporting calendar is told
LATE_DAYS = 400  # how long a missing report stays in the digest: until the next one of its year is due


class Line(pydantic.BaseModel):
    """One thing to know, and how to look at it."""

    vi: str
    en: str
    command: str
    known: bool = False  # it stood in the digest before this one

    @property
    def key(self) -> str:
        """What makes it the same line another night."""
        return hashlib.sha256(self.en.encode()).hexdigest()[:16]


class Section(pydantic.BaseModel):
    """The lines of one kind, unknown ones first, cut to `KEPT`; `total` and `unknown` count all of them."""

    name: SectionName
    total: int
    unknown: int
    lines: list[Line]


class Failure(pydantic.BaseModel):
    """A task of the night that failed, and why."""

    task: str
    reason: str


class Digest(pydantic.BaseModel):
    """What is told of one night."""

    run_id: str
    as_of: dt.date
    state: State
    release_id: str | None
    sections: list[Section]
    keys: dict[SectionName, list[str]] = {}  # of all lines, for the digest of the next night

    @property
    def lines(self) -> int:
        """How many things there are to know."""
        return sum(section.total for section in self.sections)


def compose(home: Home, run_id: str, as_of: dt.date, failed: Sequence[str], night: RunReport) -> Digest:
    """Make the digest of a night from its report, its failures and the release that stands after it."""
    before = last(home, but=run_id)
    failures = [Failure(task=task, reason=_reason(home, run_id, task)) for task in failed]
    stopped = [failure for failure in failures if not failure.task.startswith("fetch")]
    health = _health(home, night)
    found: dict[SectionName, list[Line]] = {
        "alerts": [*_failures(run_id, failures), *_not_served(night), *_alerts(night), *_wrong_definitions(health)],
        "new": list(_new(home, night)),
        "held": [],
        "broken": [],
        "late": [],
        "deadlines": [],
    }
    if home.current.exists():
        import duckdb

        with duckdb.connect(str(home.current.resolve() / "htx.duckdb"), read_only=True) as database:
            found["held"] = list(_held(database))
            found["broken"] = list(_broken(home, database))
            found["late"] = list(_owed(database, "missing", as_of - dt.timedelta(LATE_DAYS), as_of))
            found["deadlines"] = list(_owed(database, "not_due", as_of, as_of + dt.timedelta(DEADLINE_DAYS)))
    found["late"] += _late_sources(health)
    published = night.published
    return Digest(
        run_id=run_id,
        as_of=as_of,
        state=_state(stopped=bool(stopped), published=published),
        release_id=published.release_id if published else None,
        sections=[
            _section(name, lines, set(before.keys.get(name, ())) if before else set()) for name, lines in found.items()
        ],
        keys={name: [line.key for line in lines] for name, lines in found.items()},
    )


def _state(*, stopped: bool, published: Published | None) -> State:
    if stopped:
        return "failed"
    if published is None:
        return "unchanged"
    return "taken_back" if published.withdrawn else "published" if published.new else "unchanged"


def keep(home: Home, digest: Digest) -> Path:
    """Keep a digest, for `htx notify preview` and for what the next night calls known."""
    path = _folder(home) / f"{digest.run_id}.json"
    write_bytes(path, digest.model_dump_json(indent=1).encode())
    return path


def last(home: Home, but: str | None = None) -> Digest | None:
    """Return the newest digest that was kept, other than that of the run `but`."""
    kept = sorted((p.stat().st_mtime_ns, p) for p in _folder(home).glob("*.json") if p.stem != but)
    return Digest.model_validate_json(kept[-1][1].read_bytes()) if kept else None


def remember_failure(home: Home, run_id: str, task: str, reason: str) -> None:
    """Keep why a task failed until the digest tells it."""
    lines = [line.strip() for line in reason.splitlines() if line.strip()]
    shown = lines if len(lines) < 3 else [lines[0], "…", lines[-1]]  # of a long one: what failed, and the last word
    failure = Failure(task=task, reason=" ".join(shown)[:REASON])
    write_bytes(_failure(home, run_id, task), failure.model_dump_json().encode())


def _failure(home: Home, run_id: str, task: str) -> Path:
    return home.runs / "failures" / run_id / f"{task}.json"


def _folder(home: Home) -> Path:
    return home.runs / "digests"


def _reason(home: Home, run_id: str, task: str) -> str:
    path = _failure(home, run_id, task)
    # Without a note the process itself was lost (killed, out of memory): it could not say why.
    return Failure.model_validate_json(path.read_bytes()).reason if path.exists() else "its process was lost"


def _section(name: SectionName, lines: Sequence[Line], known: set[str]) -> Section:
    marked = [line.model_copy(update={"known": line.key in known}) for line in lines]
    ordered = sorted(marked, key=lambda line: line.known)
    return Section(name=name, total=len(lines), unknown=sum(not line.known for line in marked), lines=ordered[:KEPT])


def _failures(run_id: str, failures: Iterable[Failure]) -> Iterator[Line]:
    for failure in failures:
        lane = failure.task.startswith("fetch")
        yield Line(
            vi=f"Bước {failure.task} hỏng: {failure.reason}"
            + (" Các nguồn khác không bị ảnh hưởng." if lane else " Bản phát hành trước vẫn giữ nguyên."),
            en=f"Step {failure.task} failed: {failure.reason}"
            + (" The other sources are not affected." if lane else " The release before it stays."),
            command=shlex.join(["htx", "airflow", "logs", run_id, failure.task]),
        )


def _not_served(night: RunReport) -> Iterator[Line]:
    if night.served and night.served.problem:
        release, problem = night.served.release_id, night.served.problem[:REASON]
        yield Line(
            vi=f"PostgreSQL chưa phục vụ bản phát hành {release}; bản trước vẫn được đọc, đêm sau thử lại. {problem}",
            en=f"PostgreSQL does not serve release {release} yet; the one before is still read, the next night tries"
            f" again. {problem}",
            command="htx release serve",
        )


def _alerts(night: RunReport) -> Iterator[Line]:
    for one in night.fetched:
        for alert in one.alerts:
            if alert.severity != "info":
                yield Line(
                    vi=f"Nguồn {one.source}: {alert.vi}",
                    en=f"Source {one.source}: {alert}",
                    command=f"htx source check {one.source}",
                )


def _health(home: Home, night: RunReport) -> list[SourceHealth]:
    """The health of the registered sources; of none when somebody took in a folder instead of them."""
    from htx.source_health import source_health

    return [] if [one.source for one in night.fetched] == [adhoc(Path()).name] else source_health(home)


def _wrong_definitions(health: Iterable[SourceHealth]) -> Iterator[Line]:
    for source in health:
        for problem in source.problems:
            if problem.kind == "wrong_definition":
                text = f"{problem.found}. {problem.advice}"
                yield Line(
                    vi=f"Tệp nguồn {source.source}: {text}",
                    en=f"Source file {source.source}: {text}",
                    command="htx source list",
                )


def _late_sources(health: Iterable[SourceHealth]) -> Iterator[Line]:
    for source in health:
        if source.late:
            whom = source.owner or source.source
            # Without the count of days: it grows every night, and the line is the same.
            yield Line(
                vi=f"Nguồn {source.source}: quá {source.expected_days} ngày chưa có gì mới; hỏi {whom}",
                en=f"Source {source.source}: nothing new for more than {source.expected_days} days; ask {whom}",
                command=f"htx source check {source.source}",
            )


def _new(home: Home, night: RunReport) -> Iterator[Line]:
    for one in night.fetched:
        if one.new:
            yield Line(
                vi=f"Nguồn {one.source}: {one.new} tài liệu mới",
                en=f"Source {one.source}: {one.new} new {'document' if one.new == 1 else 'documents'}",
                command="htx release diff previous" if _has_previous(home) else "htx release show",
            )


def _has_previous(home: Home) -> bool:
    return len(list((home.path / "releases").glob("[!.]*"))) > 1


def _held(database: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    from publication import wording

    rows = _rows(
        database,
        """
        select
            cell.programme, cell.indicator, cell.scope, cell.period_start, cell.period_end, cell.file, cell.cells,
            coalesce(programme.name_vi, cell.programme), coalesce(programme.name_en, cell.programme),
            coalesce(indicator.name_vi, cell.indicator), coalesce(indicator.name_en, cell.indicator),
            min(cell.held_reason_vi), min(cell.held_reason_en)
        from (
            select programme, indicator, scope, period_start, period_end, file, cells, is_held,
                held_reason_vi, held_reason_en
            from marts.fct_kpi_result
            union all
            select programme, indicator, scope, period_start, period_end, file, cells, is_held,
                held_reason_vi, held_reason_en
            from marts.fct_kpi_target
        ) as cell
        left join marts.dim_programme as programme using (programme)
        left join marts.dim_indicator as indicator using (indicator)
        where cell.is_held
        group by all
        order by all
        """,
    )
    for programme, indicator, _, start, end, file, cells, name_vi, name_en, what_vi, what_en, why_vi, why_en in rows:
        period = wording.period(start, end)
        place = ", ".join(part for part in (file, cells) if part)
        yield Line(
            vi=f"{what_vi}, {period.vi} ({name_vi}): {why_vi} ({place})",
            en=f"{what_en}, {period.en} ({name_en}): {why_en} ({place})",
            command=shlex.join(["htx", "explain", programme or "", indicator or ""]),
        )


def _broken(home: Home, database: duckdb.DuckDBPyConnection) -> Iterator[Line]:
    files: dict[tuple[str | None, str], list[tuple[str, str, str]]] = defaultdict(list)
    for artefact, file, place, reason_vi, reason_en in _rows(
        database, "select artefact, file, place, reason_vi, reason_en from publication.quarantine order by all"
    ):
        files[artefact, file].append((place or "", reason_vi, reason_en))
    for (artefact, file), problems in files.items():
        (place, reason_vi, reason_en), more = problems[0], len(problems) - 1
        original = next(iter((home.archive / artefact[:2]).glob(f"{artefact}.[!j]*")), None) if artefact else None
        yield Line(
            vi=f"{file}, {place}: {reason_vi}" + (f" (và {more} chỗ khác)" if more else ""),
            en=f"{file}, {place}: {reason_en}" + (f" (and {more} more)" if more else ""),
            command=shlex.join(["htx", "workbook", "read", str(original)]) if original else "htx source health",
        )


def _owed(database: duckdb.DuckDBPyConnection, status: str, after: dt.date, until: dt.date) -> Iterator[Line]:
    from publication import wording

    rows = _rows(
        database,
        """
        select province.short_name, province.name_en, owed.reporter_vi, owed.reporter_en, owed.record_type,
            owed.period_start, owed.period_end, owed.due_on, owed.legal_basis
        from marts.fct_reporting_coverage as owed
        inner join marts.dim_province as province using (province_key)
        where owed.status = $status and owed.due_on >= $after and owed.due_on <= $until
        order by owed.due_on, province.short_name, owed.record_type
        """,
        status=status,
        after=after,
        until=until,
    )
    for name_vi, name_en, who_vi, who_en, record_type, start, end, due_on, basis in rows:
        period, day = wording.period(start, end), wording.day(due_on)
        what = _REPORTS.get(record_type, (record_type, record_type))
        yield Line(
            vi=f"{name_vi}: {what[0]} {period.vi}, hạn {day.vi} ({who_vi}, {basis})",
            en=f"{name_en}: {what[1]} {period.en}, due {day.en} ({who_en}, {basis})",
            command=shlex.join(["htx", "coverage", "--province", name_vi]),
        )


_REPORTS = {
    "cooperative_status": ("danh sách hợp tác xã", "list of cooperatives"),
    "training_class": ("danh sách lớp đào tạo", "list of classes"),
    "loan": ("danh sách vốn vay", "list of loans"),
    "support": ("danh sách hỗ trợ", "list of support"),
    "indicator_report": ("biểu chỉ tiêu", "table of indicators"),
}


def _rows(database: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> list[Any]:
    return list(database.execute(query, parameters).fetchall())


HEADINGS: dict[SectionName, tuple[str, str]] = {
    "alerts": ("Cần người xử lý", "Needs a hand"),
    "new": ("Mới", "New"),
    "held": ("Bị giữ lại", "Held"),
    "broken": ("Hỏng", "Broken"),
    "late": ("Trễ hạn", "Late"),
    "deadlines": ("Sắp đến hạn", "Due soon"),
}
