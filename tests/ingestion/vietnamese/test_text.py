"""Folding keeps places: whatever the spelling, a span of the folded text leads back to the original."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.vietnamese.text import fold, match_key

WORDS = st.lists(
    st.sampled_from(["hoà", "hòa", "thuỷ", "quý", "Đồng", "hợp tác xã", "25", "\u00a0", "–", "\u00ad", "%", "ước đạt"])
)


@given(WORDS, st.sampled_from(["NFC", "NFD"]))
def test_folded_text_is_the_same_for_every_composition(words: list[str], form: str) -> None:
    text = " ".join(words)
    assert fold(unicodedata.normalize(form, text)).text == fold(text).text


@given(st.text())
def test_every_folded_span_is_cut_out_of_the_original(text: str) -> None:
    folded = fold(text)
    start, end = folded.original(0, len(folded.text))
    assert 0 <= start <= end == len(text)
    assert len(folded.cased) == len(folded.text)
    places = [folded.original(i, i + 1) for i in range(len(folded.text))]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(places))


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("THUỶ", "thủy"), ("HTX\u00a02", "htx 2"), ("Ð", "đ")])
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one).text == other


def test_a_key_ignores_blanks_and_tone_placement() -> None:
    assert match_key("  Hoà\u00a0Bình ") == match_key("HÒA BÌNH")
