"""``htx metrics …``: the metrics of the semantic layer, answered on a release by MetricFlow.

MetricFlow takes a level at its last reporting date and makes a share out of its parts, so it adds nothing wrongly by
itself. Whoever asks for a sum says over what; what a metric may be added over is written at the metric
(``additive_over`` in ``dbt_project/models/marts/kpi/_semantics.yml``), and anything else is refused.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htx.failure import fail
from htx.home import Home

if TYPE_CHECKING:
    from publication.shelf import Release

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data is.", envvar="HTX_HOME", show_default="./var")
]
ReleaseOption = Annotated[str, typer.Option("--release", help="A release id instead of the current one.")]
DIMENSIONS = ("province", "programme", "time")
_SETTINGS = {
    "dbt_project.yml": "name: htx_warehouse\nversion: '1.0'\nconfig-version: 2\nprofile: htx_warehouse\n",
    # JSON is YAML; the path of a release may hold anything
    "profiles.yml": '{{"htx_warehouse": {{"target": "release", "outputs": {{"release": {profile}}}}}}}\n',
}


@dataclasses.dataclass(frozen=True)
class Metric:
    """A metric of the semantic layer; `kind` is ``simple`` or ``ratio``, `additive_over` names dimensions."""

    name: str
    label: str
    description: str
    kind: str
    unit: str
    additive_over: tuple[str, ...]

    def refusal(self, dimension: str) -> str | None:
        """Why the metric can't be added over `dimension`, and what to ask for instead; None when it can."""
        if dimension in self.additive_over:
            return None
        if self.kind == "ratio":
            return (
                f"{self.name} is a share, and shares are never added, over {dimension} or anything else: 40 % of ten "
                "and 60 % of a thousand are not 100 % of anything. Leave --sum-over out: the share of "
                "them all is then made of the sums of its parts."
            )
        if dimension == "time":
            return (
                f"{self.name} is a level: what stands on one day. The same {self.unit} stands there on the next day "
                "too, so adding over time counts it again. Leave --sum-over out for the last reporting date, or take "
                "--by metric_time__year to see it year by year."
            )
        where = ", ".join(self.additive_over)
        return (
            f"{self.name} is not added over {dimension}; it may be added over: {where}. "
            "Leave --sum-over out, or name one of these."
        )


@app.command("list")
def list_metrics(home: HomeOption = None) -> None:
    """List the metrics, their units and what each may be added over."""
    for metric in _metrics(_manifest(Home.resolve(home))).values():
        over = ", ".join(metric.additive_over) or "nothing"
        typer.echo(f"{metric.name}: {metric.label} [{metric.unit}], adds up over {over}")
        typer.echo(f"    {metric.description}")


@app.command("query")
def query(
    names: Annotated[
        list[str], typer.Argument(metavar="METRIC...", help="One metric or more, as in `htx metrics list`.")
    ],
    by: Annotated[
        list[str] | None, typer.Option(help="A dimension, e.g. province__todays_province or metric_time__year.")
    ] = None,
    where: Annotated[str | None, typer.Option(help="A filter in the words of MetricFlow.")] = None,
    sum_over: Annotated[
        list[str] | None, typer.Option(help=f"Say that you want a sum over one of: {', '.join(DIMENSIONS)}.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write CSV to this file instead of a table to the screen.")] = None,
    release: ReleaseOption = "current",
    home: HomeOption = None,
) -> None:
    """Ask for metrics. Shares are fractions: 0.61 is 61 %."""
    place = Home.resolve(home)
    manifest = _manifest(place)
    metrics = _metrics(manifest)
    for name in names:
        if name not in metrics:
            fail(f"expected a metric, found {name!r}. There are: {', '.join(metrics)}.")
    for dimension in sum_over or []:
        if dimension not in DIMENSIONS:
            fail(f"--sum-over {dimension}: expected one of {', '.join(DIMENSIONS)}.")
        if shown := [dimension_by for dimension_by in by or [] if _speaks_of(dimension_by, dimension)]:
            fail(f"--sum-over {dimension} and --by {shown[0]} exclude each other. Leave one of them out.")
        for name in names:
            if refusal := metrics[name].refusal(dimension):
                fail(refusal)
    words = ["query", "--metrics", ",".join(names)]
    words += ["--group-by", ",".join(by)] if by else []
    words += ["--where", where] if where else []
    words += ["--order", ",".join(by)] if by else []
    words += ["--csv", str(out.absolute())] if out else []
    typer.echo(_metricflow(_release(place, release), manifest, words))


def _speaks_of(by: str, dimension: str) -> bool:
    """Whether a ``--by`` splits what ``--sum-over`` would add up."""
    return (
        by.split("__")[0]
        in {
            "time": {"metric_time"},
            "province": {"province", "current_province"},
            "programme": {"programme"},
        }[dimension]
    )


def _metricflow(release: Release, manifest: dict[str, Any], words: list[str]) -> str:
    """Run ``mf`` in a folder of its own, with a profile that opens the release, and nothing else, read-only."""
    program = Path(sys.executable).with_name("mf")
    if not program.exists():
        fail(f"{program}: expected MetricFlow, found nothing. Install it: pip install dbt-metricflow (or `make test`).")
    profile = {
        "type": "duckdb",
        "path": str(release.database.resolve()),
        "schema": "marts",
        "config_options": {"access_mode": "read_only"},
    }
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for name, text in _SETTINGS.items():
            (project / name).write_text(text.format(profile=json.dumps(profile)), encoding="utf-8")
        (project / "target").mkdir()
        # The manifest names the private database that dbt builds; a release has the same tables under its own name.
        (project / "target" / "semantic_manifest.json").write_text(
            json.dumps(_on(manifest, release.database.stem)), encoding="utf-8"
        )
        environment = {**os.environ, "DBT_PROFILES_DIR": folder, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        done = subprocess.run(
            [str(program), *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    lines = [line for line in done.stdout.splitlines() if "Initiating query…" not in line]  # a spinner
    output = "\n".join(lines).strip()
    if done.returncode or "ERROR" in output:
        fail(f"MetricFlow on {release.release_id}: {output}\n{done.stderr.strip()}".strip())
    return output


def _on(manifest: dict[str, Any], database: str) -> dict[str, Any]:
    """The manifest with every table in `database`."""
    text = json.dumps(manifest)
    built = {model["node_relation"]["database"] for model in manifest["semantic_models"]}
    for name in built:
        text = text.replace(f'\\"{name}\\".', f'\\"{database}\\".').replace(
            f'"database": "{name}"', f'"database": "{database}"'
        )
    moved: dict[str, Any] = json.loads(text)
    return moved


def _manifest(home: Home) -> dict[str, Any]:
    """What dbt made of the semantic layer when it last built this home."""
    from htx import building

    path = building.target(home) / "semantic_manifest.json"
    if not path.is_file():
        fail(f"{path}: expected the semantic layer as dbt last read it, found nothing. Run `htx refresh` in this home.")
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    return manifest


def _metrics(manifest: dict[str, Any]) -> dict[str, Metric]:
    found = {}
    for metric in sorted(manifest["metrics"], key=lambda metric: str(metric["name"])):
        meta = (metric.get("config") or {}).get("meta") or {}
        found[metric["name"]] = Metric(
            name=metric["name"],
            label=metric["label"] or metric["name"],
            description=metric["description"] or "",
            kind=metric["type"],
            unit=meta["unit"],
            additive_over=tuple(meta["additive_over"]),
        )
    return found


def _release(home: Home, name: str) -> Release:
    from publication.shelf import Shelf, ShelfProblem

    try:
        return Shelf(home.path).find(name)
    except ShelfProblem as problem:
        fail(str(problem))
