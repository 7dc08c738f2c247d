"""The documentation that a release carries: dbt docs of its tables, Data Docs of what the gates found.

Both open from the disk and from any web server, and neither asks anything of anybody.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pydantic

from htx import building
from htx.home import Home
from ingestion.files import write_bytes

DBT_DOCS = "docs/dbt"
DATA_DOCS = "docs/data_docs"

# dbt docs are a program in a page, with a tracker in it: its own script runs, and whatever would leave the page is
# refused. (Data Docs are pages without any script, which say so themselves.)
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_META = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><meta name="referrer" content="no-referrer">'


class Documented(pydantic.BaseModel):
    """What was written anew: dbt docs only when the project has changed, Data Docs with every candidate."""

    dbt_docs_made: bool
    data_docs_pages: int


def document(home: Home, as_of: dt.date) -> Documented:
    """Make the documentation of the candidate that the gates have let through."""
    from expectations import data_docs  # here: it brings Great Expectations, which takes seconds to import

    made = _make_dbt_docs(home, as_of)
    folder = _data_docs(home)
    data_docs.build(home.gates, folder)
    return Documented(dbt_docs_made=made, data_docs_pages=sum(1 for _ in folder.rglob("*.html")))


def attachments(home: Home) -> Mapping[str, Path]:
    """What `publication.release.publish` copies into the release, by its folder there."""
    there = {DBT_DOCS: _dbt_docs(home), DATA_DOCS: _data_docs(home)}
    return {name: folder for name, folder in there.items() if (folder / "index.html").is_file()}


def sealed(page: str) -> str:
    """An HTML page with a policy, before anything else in its head, that lets it ask nothing of anybody."""
    before, head, rest = page.partition("<head>")
    if not head:
        raise ValueError(f"expected an HTML page with a head, found {page[:80]!r}; did dbt change its documentation?")
    return before + head + _META + rest


def _make_dbt_docs(home: Home, as_of: dt.date) -> bool:
    """Make dbt docs unless those of the same project are there; say whether they were made."""
    folder = _dbt_docs(home)
    digest = hashlib.sha256(f"{building.fingerprint()} {_POLICY}".encode()).hexdigest()
    made_of = folder.parent / f"{folder.name}.made_of"
    if (folder / "index.html").is_file() and made_of.is_file() and made_of.read_text() == digest:
        return False
    building.dbt(home, as_of, "docs", "generate", "--static", "--no-compile")
    page = (building.target(home) / "static_index.html").read_text(encoding="utf-8")
    # Where things lie on this machine is nobody's business.
    page = page.replace(str(building.DBT_PROJECT), ".").replace(str(home.path), "$HTX_HOME")
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(folder / "index.html", sealed(page).encode())
    write_bytes(made_of, digest.encode())
    return True


def _dbt_docs(home: Home) -> Path:
    return home.path / "warehouse" / "docs" / "dbt"


def _data_docs(home: Home) -> Path:
    return home.path / "warehouse" / "docs" / "data_docs"
