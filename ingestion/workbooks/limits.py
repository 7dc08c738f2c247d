"""How much of one file is read before it is called a danger: bounds that keep a verdict under 10 s and 1 GB."""

from ingestion.documents import UnreadableDocument

MOST_CELLS = 8_000_000  # of one sheet's used range; 20 times the largest register seen
MOST_UNPACKED = 400 * 2**20  # bytes of all parts of a zipped workbook together
MOST_RATIO = 400  # unpacked bytes a packed byte; a real sheet of equal rows reaches about 100
RATIO_MATTERS_FROM = 30 * 2**20  # smaller parts may be as repetitive as they like
MOST_PARTS = 5_000
MOST_FILE = 200 * 2**20
MOST_TEXT = 100 * 2**20  # of a delimited or HTML file
MOST_SHEETS = 500
MOST_REPEATED_TEXT = 300_000_000  # characters of all text cells of a sheet together


def wide_sheet(name: str, place: str, found: str) -> UnreadableDocument:
    """The refusal of a sheet that uses more than `MOST_CELLS` cells, as `found` says."""
    return UnreadableDocument(
        name,
        place=place,
        expected=f"at most {MOST_CELLS:,} cells in the used range of a sheet",
        found=found,
        reason="the used range of the sheet is absurdly large",
        advice="Delete the stray cells behind the table, save, and deliver the file again.",
    )
