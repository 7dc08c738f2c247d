"""Bulletins as web pages: an article of our own writing set into a portal with everything a portal has around it.

``articles/<name>.html`` is the article's body and ``articles/pages.yml`` what its portal prints beside it;
``portals/<name>.html`` are the skeletons, with ``$names`` to fill in.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import string
import unicodedata
from pathlib import Path
from typing import Literal

import yaml

_FOLDER = Path(__file__).parent
# Windows-1258 has marks for five tones of its own and no letters that carry them with a hat or a horn.
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def page(
    article: str,
    *,
    portal: str,
    form: Literal["NFC", "NFD"] = "NFC",
    encoding: Literal["utf-8", "windows-1258"] = "utf-8",
    no_break_spaces: bool = False,
) -> bytes:
    """The page of an article: its bytes in the encoding that its meta tag names.

    ``no_break_spaces`` puts U+00A0 between numbers and the word after them, as some editors do.
    """
    about = _about()[article]
    body = (_FOLDER / "articles" / f"{article}.html").read_text(encoding="utf-8").rstrip("\n")
    if no_break_spaces:
        body = _with_no_break_spaces(body)
    published = dt.date.fromisoformat(str(about["published"]))
    skeleton = string.Template((_FOLDER / "portals" / f"{portal}.html").read_text(encoding="utf-8"))
    text = skeleton.substitute(
        {key: html.escape(str(value)) for key, value in about.items() if key != "related"},
        charset=encoding,
        body=body,
        published_iso=published.isoformat(),
        published_day=f"{published:%d/%m/%Y}",
        related="\n".join(f'<li><a href="#">{html.escape(title)}</a></li>' for title in about["related"]),
    )
    if encoding == "windows-1258":
        return _with_tones_apart(text).encode("cp1258")
    return unicodedata.normalize(form, text).encode("utf-8")


@functools.cache
def _about() -> dict[str, dict[str, str | list[str]]]:
    about: dict[str, dict[str, str | list[str]]] = yaml.safe_load(
        (_FOLDER / "articles" / "pages.yml").read_text(encoding="utf-8")
    )
    return about


def _with_no_break_spaces(text: str) -> str:
    """U+00A0 after each number and after each comma that follows one."""
    joined = []
    for index, character in enumerate(text):
        after_number = character == " " and index and text[index - 1].isdigit()
        joined.append("\u00a0" if after_number else character)
    return "".join(joined)


def _with_tones_apart(text: str) -> str:
    """Letters with hat, horn and stroke in one piece, the tone as a mark behind: what windows-1258 can write."""
    pieces: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        decomposed = unicodedata.normalize("NFD", character)
        tones = "".join(mark for mark in decomposed if mark in _TONES)
        rest = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
        pieces.append(rest + tones)
    return "".join(pieces)
