"""How each source is doing: when it last worked, when it last brought something, whether it is late, what to do."""

from __future__ import annotations

import datetime as dt

import pydantic

from htx.home import Home
from ingestion.alerts import Alert
from ingestion.sources import readable_sources


class SourceHealth(pydantic.BaseModel):
    """The state of one source, from what its last nights left behind."""

    source: str  # its name, or the name of a file that can't be read
    kind: str | None = None
    owner: str | None = None
    province: str | None = None
    active: bool = True
    last_attempt: dt.datetime | None = None
    last_success: dt.datetime | None = None
    last_new: dt.datetime | None = None  # the last new document
    expected_days: int | None = None  # days within which something new is expected
    days_without_new: int | None = None
    late: bool = False
    waiting: int = 0  # documents that are known to be there and have not been taken yet
    problems: list[Alert] = []  # of the last night, without its news

    @property
    def ok(self) -> bool:
        """Whether nobody needs to do anything."""
        return not self.late and not any(problem.severity == "error" for problem in self.problems)

    @property
    def advice(self) -> str | None:
        """What to do next; None when there is nothing to do."""
        worst = sorted(self.problems, key=lambda p: ("error", "warning", "info").index(p.severity))
        if worst:
            return worst[0].advice
        return self.late_advice if self.late else None

    @property
    def late_advice(self) -> str:
        """What to do about a source that is late."""
        whom = self.owner or "the publisher"
        return f"nothing new for {self.days_without_new} days, expected within {self.expected_days}. Ask {whom}."


def source_health(home: Home, now: dt.datetime | None = None, *, inactive: bool = False) -> list[SourceHealth]:
    """Return the health of every source that is switched on (with `inactive` of all), by name.

    A source file that can't be read is a source with a problem. `now` is the moment to judge lateness at.
    """
    from ingestion.fetching.state import FetchState, States

    now = now or dt.datetime.now(dt.UTC)
    sources, errors = readable_sources()
    found = [
        SourceHealth(
            source=file,
            problems=[Alert(kind="wrong_definition", place=file, expected="a source file", found=error)],
        )
        for file, error in errors.items()
    ]
    states = States(home.fetch)
    for source in sources:
        if not (source.active or inactive):
            continue
        state = states.read(source.name) or FetchState(source=source.name)
        since = state.last_new or state.first_attempt  # a source that never brought anything can be late too
        days = (now - since).days if since else None
        expected = source.freshness_days
        found.append(
            SourceHealth(
                source=source.name,
                kind=source.kind,
                owner=source.owner,
                province=source.province,
                active=source.active,
                last_attempt=state.last_attempt,
                last_success=state.last_success,
                last_new=state.last_new,
                expected_days=expected,
                days_without_new=days,
                late=bool(source.active and expected and days is not None and days > expected),
                waiting=sum(item.waits for item in state.items.values()),
                problems=[alert for alert in state.alerts if not alert.is_news],
            )
        )
    return found
