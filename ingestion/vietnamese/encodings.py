"""Texts older than Unicode: TCVN3 (.VnTime), VNI and the bytes of Windows code page 1258.

Which encoding a sheet is in is decided over all its text (`decide`), because one short cell proves nothing:
"Bé" is a Unicode word and the TCVN3 spelling of "Bộ". Inside a legacy sheet, rows that were pasted in later
are often Unicode already; `decode_cell` leaves those as they are. Leading blanks are kept: they carry levels.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Encoding = Literal["unicode", "tcvn3", "vni"]

# TCVN 5712:1993 VN3, the ".Vn" fonts. U+00AD, elsewhere a soft hyphen, is the letter ư: decode before any clean-up.
_TCVN3 = {
    "µ": "à", "¶": "ả", "·": "ã", "¸": "á", "¹": "ạ",
    "¨": "ă", "»": "ằ", "¼": "ẳ", "½": "ẵ", "¾": "ắ", "Æ": "ặ",
    "©": "â", "Ç": "ầ", "È": "ẩ", "É": "ẫ", "Ê": "ấ", "Ë": "ậ",
    "®": "đ", "Ì": "è", "Î": "ẻ", "Ï": "ẽ", "Ð": "é", "Ñ": "ẹ",
    "ª": "ê", "Ò": "ề", "Ó": "ể", "Ô": "ễ", "Õ": "ế", "Ö": "ệ",
    "×": "ì", "Ø": "ỉ", "Ü": "ĩ", "Ý": "í", "Þ": "ị",
    "ß": "ò", "á": "ỏ", "â": "õ", "ã": "ó", "ä": "ọ",
    "«": "ô", "å": "ồ", "æ": "ổ", "ç": "ỗ", "è": "ố", "é": "ộ",
    "¬": "ơ", "ê": "ờ", "ë": "ở", "ì": "ỡ", "í": "ớ", "î": "ợ",
    "ï": "ù", "ñ": "ủ", "ò": "ũ", "ó": "ú", "ô": "ụ",
    "\u00ad": "ư", "õ": "ừ", "ö": "ử", "÷": "ữ", "ø": "ứ", "ù": "ự",
    "ú": "ỳ", "û": "ỷ", "ü": "ỹ", "ý": "ý", "þ": "ỵ",
    "¡": "Ă", "¢": "Â", "£": "Ê", "¤": "Ô", "¥": "Ơ", "¦": "Ư", "§": "Đ",
}  # fmt: skip

_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT, _HAT, _BREVE, _HORN = (
    "\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306", "\u031b",
)  # fmt: skip
# VNI writes a letter and then one sign that stands for all its marks.
_VNI_MARKS = {
    "ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT,
    "â": _HAT, "á": _HAT + _ACUTE, "à": _HAT + _GRAVE, "å": _HAT + _HOOK, "ã": _HAT + _TILDE, "ä": _HAT + _DOT,
    "ê": _BREVE, "é": _BREVE + _ACUTE, "è": _BREVE + _GRAVE,
    "ú": _BREVE + _HOOK, "ü": _BREVE + _TILDE, "ë": _BREVE + _DOT,
}  # fmt: skip
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_MARKS |= {sign.upper(): marks for sign, marks in _VNI_MARKS.items()}
_VNI_LETTERS |= {sign.upper(): letter.upper() for sign, letter in _VNI_LETTERS.items()}
_VNI_HATTED, _VNI_BREVED = "aeoAEO", "aA"
_VNI_TONED = "aeiouyAEIOUYôöÔÖ"

# Latin-1 signs that no Vietnamese word has in Unicode.
_SUSPECT = re.compile("[¡-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ]")
# Signs that legacy encodings use as letters, inside or at words; by themselves ("½", "±") they are signs.
_SIGNS_AS_LETTERS = re.compile(r"(?<=[^\W\d_])[µ-¾©®ª«¬\u00ad¡-§×÷¨]|[µ-¾©®ª«¬\u00ad¡-§×÷¨](?=[^\W\d_])")
_ENOUGH_TEXT = 60_000  # characters that settle an encoding

_WORDS = re.compile(r"[^\W\d_]+(?:[^\W\d_]|[\u0300-\u036f])*")
_CASED_WORDS = re.compile(r"[^\W\d_]{3,}")
_TONES = dict.fromkeys(map(ord, (_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT)))
_ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "p",
    "ph",
    "q",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
]
_NUCLEI = [
    "a",
    "ă",
    "â",
    "e",
    "ê",
    "i",
    "o",
    "ô",
    "ơ",
    "u",
    "ư",
    "y",
    "ai",
    "ao",
    "au",
    "ay",
    "âu",
    "ây",
    "eo",
    "êu",
    "ia",
    "iê",
    "iêu",
    "iu",
    "oa",
    "oai",
    "oao",
    "oay",
    "oă",
    "oe",
    "oeo",
    "oi",
    "oo",
    "ôi",
    "ơi",
    "ôô",
    "ua",
    "uâ",
    "uâya",
    "uây",
    "uê",
    "uêu",
    "ui",
    "uô",
    "uôi",
    "uơ",
    "uy",
    "uya",
    "uyê",
    "uyu",
    "ưa",
    "ưi",
    "ươ",
    "ươi",
    "ươu",
    "ưu",
    "uă",
    "yê",
    "yêu",
    "oă",
]
_CODAS = ["", *["c", "ch", "m", "n", "ng", "nh", "p", "t"]]


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@functools.cache
def _syllable_pattern() -> re.Pattern[str]:
    def one_of(parts: list[str]) -> str:
        return "|".join(sorted({_composed(part) for part in parts}, key=len, reverse=True))

    return re.compile(rf"(?:{one_of(_ONSETS)})?(?:{one_of(_NUCLEI)})(?:{one_of(_CODAS[1:])})?")


@functools.lru_cache(maxsize=65536)
def _is_syllable(word: str) -> bool:
    decomposed = unicodedata.normalize("NFD", word.lower())
    toneless = decomposed.translate(_TONES)
    if len(decomposed) - len(toneless) > 1:
        return False
    return _syllable_pattern().fullmatch(_composed(toneless)) is not None


def _score(text: str) -> int:
    """Count words with Vietnamese letters that are possible syllables, less three times those that are not."""
    score = 0
    for word in _WORDS.findall(text):
        if not word.isascii() and word.isalpha():
            mixed_case = word != word.lower() and word != word.upper() and word != word.capitalize()
            score += 1 if _is_syllable(word) and not mixed_case else -3
    score -= 3 * len(_SIGNS_AS_LETTERS.findall(text))
    return score


def from_tcvn3(text: str) -> str:
    """Decode TCVN3 text as spreadsheet readers return it (each byte a Latin-1 character)."""
    return _CASED_WORDS.sub(_in_one_case, "".join(_TCVN3.get(sign, sign) for sign in text))


def _in_one_case(word: re.Match[str]) -> str:
    """TCVN3 has no capitals with tones, fonts for capitals show small letters as such: "PHÇN" is meant as "PHẦN"."""
    plain = [letter for letter in word[0] if letter.isascii()]
    return word[0].upper() if len(plain) >= 2 and all(letter.isupper() for letter in plain) else word[0]


def from_vni(text: str) -> str:
    """Decode VNI text as spreadsheet readers return it (each byte a character of Windows code page 1252)."""
    decoded: list[str] = []
    previous = ""
    for sign in text:
        marks = _VNI_MARKS.get(sign)
        allowed = _VNI_TONED if marks is not None and len(marks) == 1 and marks not in (_HAT, _BREVE) else ""
        if marks and marks[0] == _HAT:
            allowed = _VNI_HATTED
        elif marks and marks[0] == _BREVE:
            allowed = _VNI_BREVED
        if marks and previous and previous in allowed:
            decoded[-1] += marks
            previous = ""
        else:
            decoded.append(_VNI_LETTERS.get(sign, sign))
            previous = sign
    return _composed("".join(decoded))


_DECODERS = {"tcvn3": from_tcvn3, "vni": from_vni}


def of_font(font: str) -> Encoding | None:
    """Return the encoding that a font's name gives away: ``.VnTime`` is TCVN3, ``VNI-Times`` is VNI."""
    name = font.strip().lower()
    if name.startswith(".vn"):
        return "tcvn3"
    return "vni" if name.startswith("vni") else None


def decide(texts: Iterable[str], fonts: Iterable[str] = ()) -> Encoding:
    """Decide the encoding of a sheet from all its text; font names settle what the text leaves open.

    >>> decide(["Hîp t¸c x·", "Sè thµnh viªn"])
    'tcvn3'
    """
    joined = "\n".join(text for text in texts if not text.isascii())
    if not _SUSPECT.search(joined):
        return "unicode"  # none of the signs that legacy text is full of and Unicode Vietnamese lacks
    sample = joined[:_ENOUGH_TEXT]
    scores: dict[Encoding, int] = {
        "unicode": _score(_composed(sample)),
        "tcvn3": _score(from_tcvn3(sample)),
        "vni": _score(from_vni(sample)),
    }
    named = {encoding for font in fonts if (encoding := of_font(font))}
    best = max(scores["tcvn3"], scores["vni"])
    # Stray signs such as ½ can look like a word or two; real legacy text makes nonsense of every second word.
    if best <= scores["unicode"] + (0 if named else 2 + len(_WORDS.findall(sample)) // 20):
        return "unicode"
    for encoding in (*sorted(named), "tcvn3", "vni"):
        if scores[encoding] == best:
            return encoding
    return "unicode"


def from_legacy(text: str) -> str:
    """Return a whole text that is in TCVN3 or VNI as Unicode, any other text as it is."""
    encoding = decide([text])
    return text if encoding == "unicode" else _DECODERS[encoding](text)


def decode_cell(text: str, encoding: Encoding, font: str | None = None) -> str:
    """Return one cell of a sheet in `encoding` as Unicode; text that already is Unicode Vietnamese stays.

    `font`, where the file tells it, decides; without it the reading with more possible syllables does.
    """
    if encoding == "unicode" or text.isascii():
        return text
    if any(ord(sign) > 0xFF and (sign.isalpha() or unicodedata.combining(sign)) for sign in text):
        return _decoded_words(_composed(text), encoding)  # it has letters that no legacy font has
    decoded = _DECODERS[encoding](text)
    if font is not None:
        told = of_font(font)
        if told is not None:
            return _DECODERS[told](text)
    raw_score, decoded_score = _score(_composed(text)), _score(decoded)
    doubtful = raw_score == decoded_score
    return text if raw_score > decoded_score or (doubtful and font is not None) else decoded


def _decoded_words(text: str, encoding: Encoding) -> str:
    """Decode the words of a cell that is partly Unicode: those that only make sense decoded."""

    def word(found: re.Match[str]) -> str:
        raw = found[0]
        if any(ord(sign) > 0xFF for sign in raw) or not _SUSPECT.search(raw):
            return raw
        decoded = _DECODERS[encoding](raw)
        return decoded if _score(decoded) > max(_score(raw), 0) else raw

    return re.sub(r"[^\s]+", word, text)


def decode_bytes(content: bytes) -> tuple[str, str]:
    """Decode a text file: byte-order marks, then UTF-8, UTF-16 without a mark, and code page 1258.

    Returns the text in NFC and the name of the encoding. Never raises: cp1258 leaves unknown bytes as U+FFFD.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return _composed(content[len(mark) :].decode(name, errors="replace")), name
    head = content[:4096]
    if len(head) >= 4 and head.count(0) * 5 > len(head):
        name = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        return _composed(content.decode(name, errors="replace")), name
    try:
        return _composed(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    as_1258 = _composed(content.decode("cp1258", errors="replace"))
    as_1252 = content.decode("latin-1")
    legacy = decide([as_1252])
    if legacy != "unicode" and _score(_DECODERS[legacy](as_1252)) > _score(as_1258):
        return as_1252, "latin-1"  # TCVN3 or VNI bytes: decided and decoded per sheet
    return as_1258, "cp1258"
