"""docs/operations.md speaks of what is there: commands, targets, alerts, links."""

import re

import typer.main

from htx.cli import app
from ingestion.alerts import ADVICE
from tests.refreshing import PROJECT

TEXT = (PROJECT / "docs" / "operations.md").read_text()


def test_every_alert_of_a_source_is_answered():
    assert [kind for kind in ADVICE if f"`{kind}`" not in TEXT] == []


def test_every_command_exists():
    root = typer.main.get_command(app)
    for line in re.findall(r"(?<![\w/.-])htx ((?:[a-z-]+ ?)+)", re.sub(r"\.venv/bin/htx", "htx", TEXT)):
        command = root
        for word in line.split():
            subcommands = getattr(command, "commands", {})
            if word not in subcommands:
                break
            command = subcommands[word]
        assert command is not root, f"htx {line}"


def test_every_make_target_exists():
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`(?:WORKERS=4 )?make ([a-z-]+)", TEXT)) <= targets


def test_every_link_leads_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (PROJECT / "docs" / link).exists(), link
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^## (.*)$", TEXT, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors
