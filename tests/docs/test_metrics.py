"""``htx metrics`` on the sample release: MetricFlow and plain SQL say the same, and a sum that is none is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.refreshing import Refreshed, htx

HEADLINES = (
    "cooperatives",
    "cooperatives_rated_good_share",
    "training_learners",
    "loans_overdue_share",
    "support_granted",
)
# One row for each of today's provinces: the last reporting date that it has, of all provinces that it was made of.
LAST = """
    with last as (
        select *, max(period_end) over (partition by current_province_key) as last_end
        from marts.{table} where is_newest {only}
    )
    select current_province_key, {value} from last where period_end = last_end group by 1 having {value} is not null
"""
FLOW = "select current_province_key, sum({value}) from marts.{table} where is_newest group by 1"
_RATED = "count(*) filter (where rating in ('good', 'fair')) / nullif(count(*) filter (where rating <> 'unrated'), 0)"
EXPECTED = {
    "cooperatives": LAST.format(table="fct_cooperative_status", only="and kind = 'cooperative'", value="count(*)"),
    "cooperatives_rated_good_share": LAST.format(table="fct_cooperative_status", only="", value=_RATED),
    "training_learners": FLOW.format(table="fct_training_class", value="learners"),
    "loans_overdue_share": LAST.format(
        table="fct_finance_loan", only="", value="sum(overdue_vnd) / sum(outstanding_vnd)"
    ),
    "support_granted": FLOW.format(table="fct_finance_support", value="amount_vnd"),
}


def test_metricflow_answers_the_headline_metrics_on_the_release(sample: Refreshed, tmp_path: Path) -> None:
    out = tmp_path / "metrics.csv"
    by = "province__todays_province"
    htx("metrics", "query", *HEADLINES, "--by", by, "--out", out, "--home", sample.home)

    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for metric in HEADLINES:
        found = {row[by]: float(row[metric]) for row in rows if row[metric]}
        expected = {province: float(value) for province, value in sample.query(EXPECTED[metric])}
        assert found == pytest.approx(expected, rel=1e-9), metric
        assert any(found.values()), metric


def test_the_share_of_targets_achieved_of_each_programme(sample: Refreshed) -> None:
    said = htx(
        "metrics", "query", "targets_achieved_share", "--by", "programme", "--sum-over", "time",
        "--home", sample.home, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    asked = htx("metrics", "query", "targets_achieved", "--sum-over", "programme", "--home", sample.home)
    ((achieved,),) = sample.query("select count(*) from marts.fct_kpi_attainment where status = 'achieved'")
    assert str(achieved) in asked.stdout.split()


@pytest.mark.parametrize(
    ("metric", "dimension", "why"),
    [
        ("cooperatives_rated_good_share", "province", "is a share, and shares are never added"),
        ("loans_overdue_share", "time", "is a share, and shares are never added"),
        ("cooperatives", "time", "is a level: what stands on one day"),
        ("loans_outstanding", "programme", "is not added over programme; it may be added over: province"),
    ],
)
def test_a_sum_that_is_none_is_refused(sample: Refreshed, metric: str, dimension: str, why: str) -> None:
    said = htx("metrics", "query", metric, "--sum-over", dimension, "--home", sample.home, check=False)
    assert said.returncode == 1
    assert said.stderr.startswith(f"htx: {metric} {why}")
    assert "Leave --sum-over out" in said.stderr


def test_every_metric_says_what_it_may_be_added_over(sample: Refreshed) -> None:
    said = htx("metrics", "list", "--home", sample.home).stdout
    assert all(f"{metric}: " in said for metric in HEADLINES)
    assert "cooperatives_rated_good_share: Share rated fair or better · Tỷ lệ xếp loại khá trở lên [percent]" in said
    unknown = htx("metrics", "query", "cooperativs", "--home", sample.home, check=False)
    assert "expected a metric, found 'cooperativs'. There are: cooperative_members" in unknown.stderr
