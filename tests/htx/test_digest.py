"""What the digest of a night says, on the release of the sample."""

import datetime as dt

import pytest

from htx import digest, digest_pages, nightly, notify
from htx.home import Home
from ingestion.alerts import Alert

AS_OF = dt.date(2026, 6, 30)


@pytest.fixture
def home(sample, tmp_path):
    """A home with the release of the sample and no digests of its own."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.current.symlink_to(sample.release)
    home.archive.symlink_to(sample.home / "archive")
    return home


def night(**changes):
    fetched = nightly.Fetched(source="sample_ha_nam", delivered=5, new=2, known=3, problems=0)
    published = nightly.Published(release_id="R-1", new=True)
    report = {"as_of": AS_OF, "fetched": [fetched], "read": [], "gates": [], "published": published}
    return nightly.RunReport.model_validate({**report, **changes})


def sections(made):
    return {section.name: section for section in made.sections}


def test_the_night_of_the_sample_kept_a_digest_that_can_be_shown(sample):
    last = digest.last(Home(sample.home))
    assert last.state == "published"
    assert last.release_id == sample.manifest["release_id"]
    [held] = sample.query("select count(*) from publication.gate_verdict where effect like 'hold%'")
    assert sections(last)["held"].total > 0 and held
    assert "von-vay-quy-3-2025.xlsx" in digest_pages.text(last)


def test_each_line_has_both_languages_and_a_command(home):
    made = digest.compose(home, "r1", AS_OF, [], night())
    lines = [line for section in made.sections for line in section.lines]
    assert {section.name for section in made.sections if section.total} >= {"new", "held", "broken", "late"}
    assert all(line.vi and line.en and line.command.startswith("htx ") for line in lines)


def test_what_was_told_before_comes_last_and_is_marked(home):
    first = digest.compose(home, "r1", AS_OF, [], night())
    assert sections(first)["held"].unknown == sections(first)["held"].total > 0
    digest.keep(home, first)
    second = digest.compose(home, "r2", AS_OF, [], night())
    assert sections(second)["held"].unknown == 0
    assert all(line.known for line in sections(second)["held"].lines)
    other = nightly.Fetched(source="sample_dong_nai", delivered=4, new=1, known=3, problems=0)
    third = digest.compose(home, "r3", AS_OF, [], night(fetched=[*night().fetched, other]))
    assert [line.known for line in sections(third)["new"].lines] == [False, True]


def test_late_reports_and_deadlines_come_from_the_reporting_calendar(home, sample):
    made = sections(digest.compose(home, "r1", dt.date(2026, 7, 15), [], night()))
    due = sample.query(
        "select count(*) from marts.fct_reporting_coverage where status = 'not_due' and due_on <= date '2026-08-14'"
    )
    assert made["deadlines"].total == due[0][0] > 0
    assert "31/07/2026" in made["deadlines"].lines[0].vi
    assert "31 Jul 2026" in made["deadlines"].lines[0].en


def test_alerts_of_sources_are_told_and_their_news_is_not(home):
    alerts = [
        Alert(kind="login_page", place="https://a.example/x", expected="a bulletin", found="a log-in page"),
        Alert(kind="changed", place="https://a.example/y", expected="the same", found="another text"),
    ]
    fetched = nightly.Fetched(source="portal", delivered=1, new=0, known=1, problems=0, alerts=alerts)
    made = sections(digest.compose(home, "r1", AS_OF, [], night(fetched=[fetched])))
    assert made["alerts"].total == 1
    assert "log-in page" in made["alerts"].lines[0].en


def test_a_failed_night_names_the_step_the_reason_and_what_stays(home):
    digest.remember_failure(home, "r1", "release_gate", "the release gate stops\nrow 1\nrow 2\nmore than half is gone")
    made = digest.compose(home, "r1", AS_OF, ["release_gate"], night(published=None))
    assert made.state == "failed"
    [line] = sections(made)["alerts"].lines
    assert "release_gate" in line.en
    assert "the release gate stops … more than half is gone" in line.en
    assert line.command == "htx airflow logs r1 release_gate"


def test_a_lost_fetch_lane_is_told_and_the_night_has_not_failed(home):
    made = digest.compose(home, "r1", AS_OF, ["fetch_3"], night())
    assert made.state == "published"
    assert "its process was lost" in sections(made)["alerts"].lines[0].en


def test_a_digest_that_can_not_be_made_fails_nothing(home, sample):
    home.current.unlink()
    home.current.symlink_to(sample.home / "archive")  # no database there
    told = notify.tell(home, "r1", AS_OF, [], night())
    assert told.lines == 0
    assert "Error" in told.messages[0].error or "Exception" in told.messages[0].error
