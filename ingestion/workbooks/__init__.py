"""Workbooks as provincial offices send them → typed records, each tied to its cells.

Grid → layout → records: `formats` turns bytes into grids whatever the format, `headers` finds tables and what
their columns mean (layouts are YAML), `tables` and `indicators` turn rows into records, quarantine or ignore.
"""

from pathlib import Path

from ingestion.workbooks.reader import examine, read
from ingestion.workbooks.results import Record, Sheet, Workbook

_HERE = Path(__file__).parent
_SEEDS = _HERE.parents[1] / "dbt_project" / "seeds"

# What a reading depends on: when one of these changes, workbooks are read again.
READER_DATA: tuple[Path, ...] = (
    _HERE,
    _HERE.parent / "vietnamese" / "encodings.py",
    _HERE.parent / "vietnamese" / "text.py",
    _SEEDS / "indicators.csv",
    _SEEDS / "province_succession.csv",
)

__all__ = ["READER_DATA", "Record", "Sheet", "Workbook", "examine", "read"]
