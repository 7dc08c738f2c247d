"""Comparing Vietnamese text whatever its spelling: composition, blanks, letter case and tone placement."""

from __future__ import annotations

import array
import dataclasses
import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# "hoà" and "hòa", "thuỷ" and "thủy": both placements of the tone mark are in use, official texts mix them.
_OLD_STYLE = re.compile(rf"(o|u)([{_TONES}]?)(a|e|y)([{_TONES}]?)(?![a-zđ\u0300-\u036f])")

# The same on composed text, two letters for two letters; "quý" keeps its tone: its u belongs to the q.
_OLD_PAIRS = dict(
    zip(
        ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"],
        ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"],
        strict=True,
    )
)
_OLD_PAIR = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?![^\W\d_])")

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LONG_FORMS = re.compile(rf"[^\u0300-\u036f][\u0300-\u036f]+|[{_INVISIBLE}]+")
_ONE_FOR_ONE = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
        **dict.fromkeys("\t\r\f\v\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        "\u00d0": "đ",  # the Icelandic letter that old keyboards gave for Đ
        "\u00f0": "đ",
        "\u0130": "i",
    }
)


def match_key(text: str) -> str:
    """Return `text` as a key for comparing labels and names: NFC, case-folded, single blanks, one tone placement.

    >>> match_key("Hoà  Bình") == match_key("HÒA BÌNH")
    True
    """
    folded = _BLANKS.sub(" ", unicodedata.normalize("NFD", text).casefold()).strip()
    folded = _OLD_STYLE.sub(lambda m: m[1] + (m[2] or m[4]) + m[3], folded)
    return unicodedata.normalize("NFC", folded)


@dataclasses.dataclass(frozen=True)
class Folded:
    """A text as patterns see it, and the way back: every place in ``text`` leads to its place in the original."""

    text: str
    cased: str  # the same with its capital letters: names are told from words by them
    _starts: array.array[int] | None = None  # place in the original of each folded character; None: the same

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the folded span [start, end) came from."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._starts[end]


def fold(text: str) -> Folded:
    """Return `text` composed (NFC), in lower case, with plain blanks, dashes and quotes and one tone placement.

    Line ends stay. Every composed character has one place, so a span found in the folded text can be cut out of the
    original. Time and memory are linear in the length of the text.

    >>> fold("Thuỷ sản\\u00a0– HTX").text
    'thủy sản - htx'
    """
    starts: array.array[int] | None = None
    if _LONG_FORMS.search(text):
        pieces: list[str] = []
        starts = array.array("q")
        at = 0
        for match in _LONG_FORMS.finditer(text):
            if match.start() > at:
                pieces.append(text[at : match.start()])
                starts.extend(range(at, match.start()))
            composed = "" if match[0][0] in _INVISIBLE else unicodedata.normalize("NFC", match[0])
            pieces.append(composed)
            starts.extend([match.start()] * len(composed))
            at = match.end()
        pieces.append(text[at:])
        starts.extend(range(at, len(text) + 1))
        text = "".join(pieces)
    text = text.translate(_ONE_FOR_ONE)
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return Folded(fold_tones(lower), text, starts)


def fold_tones(text: str) -> str:
    """Return lower-case composed `text` with the tone mark on the first vowel of oa, oe and uy; same length.

    >>> fold_tones("hoà, thuỷ, quý")
    'hòa, thủy, quý'
    """
    return _OLD_PAIR.sub(lambda match: _OLD_PAIRS[match[0]], text)
